"""Propose a mapping for a file of a shape nobody has met: by names, by pattern and by content."""
