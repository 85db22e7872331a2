"""Packaged public cohorts: one folder a source, with its data, its manifest and the script that made them."""
