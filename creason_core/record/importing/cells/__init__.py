"""One cell: a text becomes a number, a level or a time, and its value is checked."""
