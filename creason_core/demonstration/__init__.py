"""What a demonstration is made of: its questions, what answers them, and the votes of those who watch."""
