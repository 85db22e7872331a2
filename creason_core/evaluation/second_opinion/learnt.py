"""What the training patients teach about one feature, given which values are shown: classes, shares and trees.

It is what the baselines "neighbours" and "boosting" learn for a question file whose classes are as they come: the
same patients, columns, seed and settings, so that both give the same probabilities.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from creason_core.cohort.boosting import fit_classes, fitted_as
from creason_core.cohort.cohort import Cohort
from creason_core.cohort.option_models import option_model
from creason_core.cohort.options import OptionModel
from creason_core.errors import EvaluationError
from creason_core.evaluation.baselines.compute import matrix
from creason_core.evaluation.second_opinion import kept
from creason_core.evaluation.second_opinion.trees import Trees, taken_from
from creason_core.question.masked_value import SHOWN_ROLES
from creason_core.question.vectorised.coded import code
from creason_core.question.vectorised.options import chooser
from creason_core.record.codebook import Feature
from creason_core.record.hours import parted

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SEED = 0  # of the boosting, as ``creason baselines`` has it


@dataclass(frozen=True, eq=False)
class Learnt:
    """What is known of ``feature`` from the training patients in whom it was measured.

    ``columns`` are the features that may be shown, ``rows`` (n) the patients' places in the training table and
    ``classes`` (n) their bin or level, ``shares`` how frequent each class is. ``key`` names the fit
    where it is kept.
    """

    cohort: Cohort
    feature: Feature
    model: OptionModel
    columns: tuple[Feature, ...]
    rows: Ints
    classes: Ints
    shares: Floats
    trees: Trees
    key: str

    @property
    def values(self) -> Floats:
        """The training patients' shown values (n × columns), NaN where not measured."""
        return _training(self.cohort)[np.ix_(self.rows, _places(self.cohort, self.columns))]


def learnt(
    cohort: Cohort, feature: str, hidden: frozenset[str], *, without: str = "", folder: Path | None = None
) -> Learnt:
    """Fits ``feature`` on every shown feature outside ``hidden``, or takes up what was fitted before.

    ``without`` is a training patient who is left out: the one on the screen. ``folder`` is where fits are kept over
    restarts; what lies there and is not such a fit is made anew.

    Raises:
        EvaluationError: No training patient has the feature, or scikit-learn is not installed or another release.
    """
    without = without if without in cohort.training.index else ""
    return _learnt(cohort, feature, hidden & {one.name for one in _shown(cohort)}, without, folder)


@lru_cache(maxsize=256)  # some hundred kB each
def _learnt(cohort: Cohort, feature: str, hidden: frozenset[str], without: str, folder: Path | None) -> Learnt:
    described = cohort.codebook.feature(feature)
    model = option_model(cohort, feature)
    measured = cohort.measured(described, cohort.training[feature]) & (cohort.training.index != without)
    if not model.usable or not measured.any():
        raise EvaluationError(
            f"No training patient of {cohort.title} says what {described.label} depends on: it has no, or one, "
            "value among them."
        )
    rows = np.flatnonzero(measured)
    columns = tuple(
        one for one in _shown(cohort) if feature not in (one.name, parted(one.name)[0]) and one.name not in hidden
    )
    column = code(cohort.training.iloc[rows], described)
    classes = chooser(model, "stratified").classes(column.values)[column.codes]
    count = len(model.bins) if described.numeric else len(described.levels)
    shares = np.bincount(classes, minlength=count) / len(classes)
    values = _training(cohort)[np.ix_(rows, _places(cohort, columns))]

    def fit() -> Trees:
        codes = [not one.ordered for one in columns]
        return taken_from(fit_classes(values, classes, count=count, categorical=codes, seed=SEED), values)

    names = (f"{one.name}{one.ordered:d}" for one in columns)
    made_of = "|".join((fitted_as(), str(SEED), cohort.split_hash, feature, *names, str(count)))
    key = hashlib.sha256(made_of.encode() + values.tobytes() + classes.tobytes()).hexdigest()
    trees = kept.trees(folder, key, len(columns), fit)
    return Learnt(cohort, described, model, columns, rows, classes, shares, trees, key)


@lru_cache(maxsize=8)
def _shown(cohort: Cohort) -> tuple[Feature, ...]:
    """What any prompt can show: of a feature over time its values at each time."""
    return tuple(feature for feature in cohort.codebook.columns if feature.role in SHOWN_ROLES)


@lru_cache(maxsize=8)
def _training(cohort: Cohort) -> Floats:
    """The training patients' values of all that prompts can show."""
    return matrix(cohort.training, _shown(cohort))


def _places(cohort: Cohort, columns: tuple[Feature, ...]) -> Ints:
    places = {feature.name: place for place, feature in enumerate(_shown(cohort))}
    return np.array([places[feature.name] for feature in columns], dtype=np.int64)
