"""Do answers hang on what they cite? Over held-out questions: how many move without a cited value, and without another.

A measure of behaviour over many answers; ``question.probing`` is the test of one.
"""

from creason_core.evaluation.faithfulness.measuring import Measured, Wanted, measure
from creason_core.evaluation.faithfulness.saved import Faithfulness, Plan, faithfulness_of, save

__all__ = ["Faithfulness", "Measured", "Plan", "Wanted", "faithfulness_of", "measure", "save"]
