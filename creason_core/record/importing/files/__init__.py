"""What lies in a file: its format judged, its cells read in a process of its own, a table of text with row numbers."""
