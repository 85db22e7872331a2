"""Patients: cases, their versions, and the codebook that each was made with."""
