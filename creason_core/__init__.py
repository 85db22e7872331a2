"""C-Reason: masked-value questions over structured patients, and language models that reason about them.

The layers, lowest first (``tests/test_architecture.py`` holds them): errors and settings; codebook;
case, options; leakage, registry; question; prompts, answer; reasoning; runs, store; pages and cli.
"""

__version__ = "0.1.0"
