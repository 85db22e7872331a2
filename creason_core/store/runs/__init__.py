"""Questions that were asked: groups and runs, series of them, what each was sent, and what was shown beside it."""
