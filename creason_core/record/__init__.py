"""What is known of a patient, and how it gets in: codebook, case, units, identifiers, imports."""
