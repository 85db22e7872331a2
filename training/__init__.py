"""Training C-Reason: rationales for a warm start, then reinforcement on verifiable answers."""
