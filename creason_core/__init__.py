"""C-Reason: masked-value questions over structured patients, and language models that reason about them.

The wings, lowest first (``tests/test_architecture.py`` holds the order): errors, logs, files, numbers and who acts;
settings and record; cohort; model; question; store; guideline and demonstration; runs; evaluation; commands.
"""

__version__ = "0.1.0"
