"""Runs as files to take away: Markdown to read, JSON for programs, CSV for spreadsheets.

Every file carries what is needed to ask the same again, and none carries what its reader has not been shown: the
recorded value of a question stays out until it was revealed. Text of models and people is quoted, never markup.
"""
