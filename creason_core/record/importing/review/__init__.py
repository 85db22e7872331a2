"""The last step: what is asked of a person, what becomes of each value, and the cases when all is decided."""
