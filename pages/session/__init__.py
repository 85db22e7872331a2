"""What a reader has before them: the place in the address, the open case, and what buttons change of it."""
