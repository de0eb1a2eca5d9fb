"""The shapes of markers as functions over tables: rows that reach children in, rows that support a marker out."""
