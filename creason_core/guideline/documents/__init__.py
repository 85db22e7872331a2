"""The hospital's own documents: read in a process of their own, told about by a person, cut into passages, found again.

Nothing of a document is run, fetched or believed: it is text, whatever it says.
"""
