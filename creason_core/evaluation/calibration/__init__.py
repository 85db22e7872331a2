"""How often an agreement of this size was right: measured on validation patients, read by the confidence chip.

The winner's share of the samples is turned into a probability by isotonic regression: per feature where at
least 100 answers were seen, else per section, else over the rest. Each curve is fitted on the questions that it
speaks of and no others: one over all questions would promise the hard features what the easy ones earned. A
calibration belongs to its ``Conditions``, which are all that makes questions and answers alike, and says when and on
what it was made; without one, confidence is uncalibrated.
"""

from creason_core.evaluation.calibration.conditions import Conditions
from creason_core.evaluation.calibration.curves import CalibrationPoint
from creason_core.evaluation.calibration.files import FOLDER, install, load, nearest, read, write
from creason_core.evaluation.calibration.fitted import Calibration, Grade, Graded, Level, fit

__all__ = [
    "FOLDER",
    "Calibration",
    "CalibrationPoint",
    "Conditions",
    "Grade",
    "Graded",
    "Level",
    "fit",
    "install",
    "load",
    "nearest",
    "read",
    "write",
]
