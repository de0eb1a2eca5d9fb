"""Kinfold joins what a council knows about children and puts it in the hands of the person who can act."""
