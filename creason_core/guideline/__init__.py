"""Guidelines as records: a dated library of recommendations, and which of them are about a patient and a question.

What applies is found by the words of the question and by the patient's values, and by vectors where an embedding model
was brought; what a model makes of it is in ``reasoned``. The library is data (``starter.yaml``, ``facts.yaml``,
``words.yaml``); nothing clinical is written in code.
"""
