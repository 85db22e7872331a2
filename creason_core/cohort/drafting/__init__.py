"""Drafts of codebooks, for a person to edit: from a table, or from a REDCap data dictionary.

A draft is YAML whose comments say what was guessed and why. It is valid as it stands, and right only where
somebody who knows the table has read it.
"""
