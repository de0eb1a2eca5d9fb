"""The built-in formats, as mapping files of the same language as an area's own."""
