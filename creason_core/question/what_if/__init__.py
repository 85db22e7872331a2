"""What if a value were another one? A copy of a record, the two questions, and what their answers say of the change.

Nothing here asks a model or writes a row. It shows how an answer changes, not what would happen to a patient.
"""
