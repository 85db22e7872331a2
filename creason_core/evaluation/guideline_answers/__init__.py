"""What an answer about guidelines is worth: retrieval, citations, refusals and repeats, beside floors, and consults.

Questions are asked as Ask asks them: the same recommendations, passages, marks, prompt and support check. Nothing here
judges whether an answer is good medicine: ``docs/guidelines.md`` says what the figures do and do not tell.
"""
