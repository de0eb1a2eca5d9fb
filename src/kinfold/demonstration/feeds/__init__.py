"""One file per agency: what its system holds about the made-up people, in its own shape."""
