"""Antibiotic consults: what is looked at first, the local antibiogram, and the options with what a person decided."""
