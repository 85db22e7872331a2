"""The baselines beside a run: no accuracy without what earns as much, or more, without a language model."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from creason_core.arrays import Floats
from creason_core.cohort.cohort import Cohort
from creason_core.errors import EvaluationError
from creason_core.evaluation.baselines.compute import compute
from creason_core.evaluation.plan import Scoring
from creason_core.evaluation.summary import SEED, Floor
from creason_core.metrics.comparison import by_family, headroom
from creason_core.metrics.intervals import Estimate, mean
from creason_core.question.vectorised.table import QuestionTable

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Earned:
    """Every baseline's expected score on each question of a file, by name; ``note`` says why there are none."""

    scores: Mapping[str, Floats]
    note: str = ""

    def of(self, rows: list[int]) -> "Earned":
        """The same for some of the file's rows, in their order."""
        return Earned({name: scores[rows] for name, scores in self.scores.items()}, self.note)


def earned(table: QuestionTable, cohort: Cohort, progress: Callable[[int], object]) -> Earned:
    """Plays the baselines, or takes up what is kept beside the file; ``progress`` is told after every feature."""
    try:
        return Earned(compute(table, cohort, progress=progress).scores)
    except EvaluationError as error:  # scikit-learn is not installed, or the folder cannot be written
        return Earned({}, str(error))


def floors(answers: "pd.DataFrame", found: Earned) -> tuple[Floor, ...]:
    """The accuracy of every baseline on the questions of ``answers``, whose order ``found`` has."""
    patients = answers["patient"]
    return tuple(
        Floor(
            name=name,
            everything=mean(scores, patients),
            sections=by_family(scores, answers["section"], patients),
            features=by_family(scores, answers["label"], patients),
            groups=by_family(scores, answers["group"], patients),
        )
        for name, scores in found.scores.items()
    )


def covered(answers: "pd.DataFrame", scoring: Scoring, found: Earned) -> Estimate | None:
    """The share of the way from the prior to boosting that a scoring covers; None where the two are as good."""
    if not found.scores:
        return None
    scores = answers[f"{scoring}_score"]
    room = headroom(scores, found.scores["prior"], found.scores["boosting"], answers["patient"], seed=SEED)
    return None if math.isnan(room.value) else room
