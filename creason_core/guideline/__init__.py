"""Guidelines as records: a dated library of recommendations, and which of them are about a patient and a question.

What applies is found by the words of the question and by the patient's values, by no model; what a model makes of it is
in ``reasoned``. The library is data (``starter.yaml``, ``facts.yaml``, ``words.yaml``); nothing clinical is written in
code.
"""
