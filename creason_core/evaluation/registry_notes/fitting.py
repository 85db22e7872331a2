"""The points of a masked feature, fitted on training patients and never on the one who is asked about.

Patients outside training are spoken of by all training patients; a training patient by those of the other folds, so
that nobody's own value is known to what is said about them. Fits are kept in memory: one takes a fraction of a second.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from creason_core.arrays import Floats, Ints
from creason_core.cohort.cohort import Cohort
from creason_core.cohort.option_models import option_model
from creason_core.cohort.options import Design
from creason_core.cohort.stateless_random import key_of
from creason_core.evaluation.baselines.compute import matrix
from creason_core.evaluation.registry_notes.scorecard import Scorecard
from creason_core.question.masked_value import SHOWN_ROLES
from creason_core.question.vectorised.coded import code
from creason_core.question.vectorised.options import Chooser, chooser
from creason_core.record.codebook import Feature
from creason_core.record.hours import parted

# Many, so that a fold's points are nearly those of every other: with 5, what was told of a value differed from fold to
# fold in 23 of 100 cases and the features or their order in 9 of 10, and nobody can learn what contradicts itself.
FOLDS = 50
NO_FOLD = -1  # of patients who are not in training: about them every training patient may speak
LEAST = 30  # patients; points from fewer would be noise told as knowledge
_CHECK = 2  # halves of the training patients: fitted on one, looked at in the other
_SURE = 0.01  # p below which the points of one half are taken to say something about the other


def fold_of(patient: str) -> int:
    """The fold of a training patient, 0 to ``FOLDS`` − 1: from the patient's key alone."""
    return key_of(patient) % FOLDS


def speaks_without(patient: str, cohort: Cohort) -> int:
    """The fold that must not speak about ``patient``: their own, or ``NO_FOLD`` outside training."""
    return fold_of(patient) if patient in cohort.training.index else NO_FOLD


@dataclass(frozen=True, eq=False)
class MeasuredPatients:
    """The training patients in whom ``feature`` was measured: n of them.

    ``columns`` are the features that may be shown beside it, ``values`` (n × columns) theirs, ``classes`` (n) the bin
    or level of the feature, of ``count``, ``folds`` (n) theirs.
    """

    feature: Feature
    columns: tuple[Feature, ...]
    values: Floats
    classes: Ints
    count: int
    folds: Ints
    chooser: Chooser

    def without(self, fold: int) -> Scorecard:
        """The points fitted on the patients of all other folds."""
        return self._fitted(self.folds != fold)

    def _fitted(self, rows: Ints) -> Scorecard:
        ordered = self.feature.numeric
        return Scorecard(self.values[rows], self.classes[rows], self.columns, self.count, ordered=ordered)

    def says_something(self, fold: int) -> bool:
        """Whether points fitted on one half of the patients outside ``fold`` fit the other half better than chance."""
        from scipy.stats import chi2_contingency, spearmanr

        one, other = ((self.folds != fold) & (self.folds % _CHECK == half) for half in range(_CHECK))
        if not self.columns or min(len(np.unique(self.classes[part])) for part in (one, other)) < 2:
            return False
        fitted = self._fitted(one)
        found = fitted.preferences(fitted.points(self.values[other])).argmax(axis=1)
        true = self.classes[other]
        if len(np.unique(found)) < 2:
            return False
        if self.feature.numeric:
            kept = spearmanr(found, true)
            return bool(kept.statistic > 0 and kept.pvalue < _SURE)
        both = np.zeros((self.count, self.count))
        np.add.at(both, (found, true), 1)
        both = both[both.sum(axis=1) > 0][:, both.sum(axis=0) > 0]
        return bool(chi2_contingency(both).pvalue < _SURE)


def measured(
    cohort: Cohort, feature: Feature, hidden: frozenset[str], design: Design = "stratified"
) -> MeasuredPatients:
    """The training patients who can say something about ``feature``, by what is shown outside ``hidden``."""
    model = option_model(cohort, feature.name)
    make = chooser(model, design)
    known = cohort.training.loc[cohort.measured_training(feature).index]
    column = code(known, feature)
    columns = tuple(
        one
        for one in cohort.codebook.columns
        if one.role in SHOWN_ROLES and one.name not in hidden and feature.name not in (one.name, parted(one.name)[0])
    )
    return MeasuredPatients(
        feature=feature,
        columns=columns,
        values=matrix(known, columns),
        classes=make.classes(column.values)[column.codes],
        count=len(model.bins) if feature.numeric else len(feature.levels),
        folds=np.array([fold_of(patient) for patient in known.index]),
        chooser=make,
    )


@dataclass(frozen=True, eq=False)
class Fit:
    """Points ready to be told: ``points`` is None where nothing can be said, for the reason ``why_none``.

    ``shares`` is how common each class is. ``lead`` is of levels: how many points more than the commonest another must
    come to before it is the better answer to questions about patients as they come; None where no lead suffices.
    """

    columns: tuple[Feature, ...]
    points: Scorecard | None
    patients: int
    shares: tuple[float, ...]
    lead: int | None = None
    why_none: str = ""


@lru_cache(maxsize=512)
def fit(cohort: Cohort, feature: str, hidden: frozenset[str], fold: int) -> Fit:
    """The points of ``feature`` from all training patients but those of ``fold``."""
    described = cohort.codebook.feature(feature)
    known = measured(cohort, described, hidden)
    rows = known.folds != fold
    patients = int(rows.sum())
    shares = tuple((np.bincount(known.classes[rows], minlength=known.count) / max(patients, 1)).tolist())
    if why := _why_none(known, fold):
        return Fit(known.columns, None, patients, shares, why_none=why)
    points = known.without(fold)
    lead = None if described.numeric else _lead(points, known.values[rows], known.classes[rows], known.count)
    return Fit(known.columns, points, patients, shares, lead)


def _lead(points: Scorecard, values: Floats, classes: Ints, count: int) -> int | None:
    """The lead over the commonest class with which naming the other is right most often; the larger of equals."""
    told = points.points(values)
    come = np.zeros((len(values), count))
    for place in range(told.count.shape[1]):
        np.add.at(come, (np.arange(len(values)), told.toward[:, place]), told.count[:, place])
    usual = int(np.bincount(classes, minlength=count).argmax())
    ahead = come - come[:, [usual]]
    ahead[:, usual] = -np.inf
    other = ahead.argmax(axis=1)
    ahead = ahead.max(axis=1)
    most = int(ahead.max())
    right = {lead: int((np.where(ahead >= lead, other, usual) == classes).sum()) for lead in range(1, most + 2)}
    best = max(right, key=lambda lead: (right[lead], lead), default=1)
    return None if best > most else best


def _why_none(known: MeasuredPatients, fold: int) -> str:
    rows = known.folds != fold
    if rows.sum() < LEAST:
        return f"They are too few to say what goes with it; {LEAST} are needed."
    if len(np.unique(known.classes[rows])) < 2:
        return "All of them have the same value."
    return "" if known.says_something(fold) else "No value shown here goes with it clearly enough to be told."
