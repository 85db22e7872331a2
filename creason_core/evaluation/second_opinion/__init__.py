"""A second opinion on a question, from the registry: what similar patients had, and what boosting makes of the values.

It sees exactly the values that the model is shown, and learns from the cohort's training patients, never from the
patient who is asked about.
"""

from creason_core.evaluation.second_opinion.ahead import fit_ahead
from creason_core.evaluation.second_opinion.ahead_desk import AheadDesk
from creason_core.evaluation.second_opinion.desk import Desk, Failed, Pending, State
from creason_core.evaluation.second_opinion.kept import FOLDER
from creason_core.evaluation.second_opinion.opinion import SecondOpinion, Similar
from creason_core.evaluation.second_opinion.scan_desk import Going, ScanDesk, ScanState
from creason_core.evaluation.second_opinion.similar import Likeness
from creason_core.evaluation.second_opinion.surprise import Scan, Surprise

__all__ = [
    "FOLDER",
    "AheadDesk",
    "Desk",
    "Failed",
    "Going",
    "Likeness",
    "Pending",
    "Scan",
    "ScanDesk",
    "ScanState",
    "SecondOpinion",
    "Similar",
    "State",
    "Surprise",
    "fit_ahead",
]
