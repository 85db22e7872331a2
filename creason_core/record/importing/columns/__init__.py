"""Which column is what, by its name and its cells: a feature, the patient, a test's name, a value, a unit, a time."""
