"""A question to the guidelines: what was typed, what was asked, and what of the record may be shown with it."""
