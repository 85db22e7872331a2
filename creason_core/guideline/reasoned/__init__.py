"""What a model writes about passages: which it is given, what its marks mean, and what of it a passage supports."""
