"""Many patients: the table, its split and what is fitted on it. Packaged public tables: one folder a source."""
