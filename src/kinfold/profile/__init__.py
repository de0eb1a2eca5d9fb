"""What a child lives with, what is going well, and what is not known, each with its evidence."""
