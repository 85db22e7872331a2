"""Do answers hang on what they cite? Over held-out questions: how many move without a cited value, and without another.

A measure of behaviour over many answers; ``question.probing`` is the test of one.
"""

from creason_core.evaluation.faithfulness.measuring import MeasuredQuestion, MeasuringWanted, measure
from creason_core.evaluation.faithfulness.saved import Faithfulness, FaithfulnessPlan, faithfulness_of, save

__all__ = [
    "Faithfulness",
    "FaithfulnessPlan",
    "MeasuredQuestion",
    "MeasuringWanted",
    "faithfulness_of",
    "measure",
    "save",
]
