"""`python -m kinfold.cli` is `kinfold`."""

from kinfold.cli import main

# Processes that share the work of a load import the main module again.
if __name__ == "__main__":
    main()
