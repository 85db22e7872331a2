"""A second opinion on a question, from the registry: what similar patients had, and what boosting makes of the values.

It sees exactly the values that the model is shown, and learns from the cohort's training patients, never from the
patient who is asked about.
"""

from creason_core.evaluation.second_opinion.desk import Desk, Failed, Pending, State
from creason_core.evaluation.second_opinion.kept import FOLDER
from creason_core.evaluation.second_opinion.opinion import SecondOpinion, Similar
from creason_core.evaluation.second_opinion.similar import Likeness

__all__ = ["FOLDER", "Desk", "Failed", "Likeness", "Pending", "SecondOpinion", "Similar", "State"]
