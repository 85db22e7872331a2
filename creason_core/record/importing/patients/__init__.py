"""Rows become patients: whose each row is, when each value was taken, and which of several counts."""
