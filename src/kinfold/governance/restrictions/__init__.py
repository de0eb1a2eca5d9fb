"""Records shut to all but named people: who answers for each, who is named, and opening it again."""
