"""What a registry's training patients say about a masked value, out of fold: nobody's own value is known to it.

The training patients are split into folds. What is said about a patient comes from points fitted on the other folds
(``training.teacher.scorecard``): which few visible features are told, what each value speaks for, and what they come
to.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.option_models import option_model
from creason_core.cohort.stateless_random import key_of
from creason_core.evaluation.baselines.compute import classes_of, matrix, visible_features
from creason_core.question.vectorised.coded import code
from creason_core.question.vectorised.options import Chooser, chooser
from creason_core.question.vectorised.shortcuts import offered
from creason_core.question.vectorised.table import QuestionTable
from creason_core.record.codebook import Feature
from training.teacher.scorecard import Scorecard, beside_modal

# Many, so that a fold's points are nearly those of every other: with 5, what was told of a value differed from fold to
# fold in 23 of 100 cases and the features or their order in 9 of 10, and nobody can learn what contradicts itself.
FOLDS = 50
_NONE = -1  # the fold of patients who are not in training: about them every training patient may speak


@dataclass(frozen=True, slots=True)
class Contribution:
    """A visible feature and what its value in this patient speaks for.

    For a masked number ``points`` are −2 to 2, towards higher options; for a level 0 to 2, for the option ``toward``
    (canonical index), or for a level that is not offered (−1).
    """

    feature: Feature
    points: int
    toward: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is said about question ``row`` of a file, and the option ``chosen`` by it (canonical index).

    ``contributions`` has the values that were measured in this patient, of the features that say most of the masked
    one, in the order of the record. ``chances`` is how likely each option is by every visible value (canonical order,
    adding up to 1). ``modal_option`` is set for the numbers of the published design (``paper``), which are no bins and
    mostly lie far apart: the option with the highest prior, from which the points move the conclusion.
    """

    row: int
    chosen: int
    chances: tuple[float, ...]
    contributions: tuple[Contribution, ...]
    modal_option: int | None = None


def fold_of(patient: str) -> int:
    """The fold of a patient, 0 to ``FOLDS`` − 1: from the patient's key alone."""
    return key_of(patient) % FOLDS


def evidence(table: QuestionTable, cohort: Cohort, feature: str) -> Iterator[Evidence]:
    """The evidence for every question of ``table`` about ``feature``, fold by fold."""
    data = _FeatureData(cohort, cohort.codebook.feature(feature), table)
    asked = table.frame[table.frame["masked_feature"] == feature]
    training = set(cohort.split["train"])
    folds = np.array([fold_of(patient) if patient in training else _NONE for patient in asked["patient"]])
    for fold in np.unique(folds):
        yield from data.about(asked[folds == fold], data.without(int(fold)))


class _FeatureData:
    """The training patients in whom one feature was measured."""

    def __init__(self, cohort: Cohort, feature: Feature, table: QuestionTable) -> None:
        self._cohort, self._feature = cohort, feature
        model = option_model(cohort, feature.name)
        self._chooser: Chooser = chooser(model, table.meta.design)
        self._visible = visible_features(cohort, feature)
        self._starts_modal = table.meta.design == "paper" and feature.numeric
        known = cohort.training.loc[cohort.measured_training(feature).index]
        column = code(known, feature)
        self._classes = self._chooser.classes(column.values)[column.codes]
        self._count = len(model.bins) if feature.numeric else len(feature.levels)
        self._folds = np.array([fold_of(patient) for patient in known.index])
        self._values = matrix(known, self._visible)

    def without(self, fold: int) -> Scorecard:
        """The points fitted on the patients of all other folds."""
        kept = self._folds != fold
        ordered = self._feature.numeric
        return Scorecard(self._values[kept], self._classes[kept], self._visible, self._count, ordered=ordered)

    def about(self, asked: pd.DataFrame, fitted: Scorecard) -> Iterator[Evidence]:
        """What ``fitted`` says about the questions in ``asked`` (rows of ``QuestionTable.frame``)."""
        values = matrix(self._cohort.table.loc[asked["patient"].tolist()], self._visible)
        options = offered(asked, self._cohort, seed=0).values
        classes = classes_of(self._feature, self._chooser, options)
        points = fitted.points(values)
        preferred = np.take_along_axis(fitted.preferences(points), classes, axis=1)
        chosen = np.where(np.isnan(options), -np.inf, preferred).argmax(axis=1)
        likely = np.where(np.isnan(options), 0.0, np.take_along_axis(fitted.chances(values), classes, axis=1))
        likely /= np.maximum(likely.sum(axis=1, keepdims=True), 1e-12)
        for k, row in enumerate(asked.index):
            offered_here = ~np.isnan(options[k])
            there = classes[k][offered_here].tolist()
            modal_option = int(np.argmax(asked["priors"][row])) if self._starts_modal else None
            moved = int(points.count[k].sum())
            yield Evidence(
                row=int(row),
                chosen=int(chosen[k]) if modal_option is None else beside_modal(modal_option, moved, len(there)),
                chances=tuple(likely[k][offered_here].tolist()),
                contributions=tuple(
                    Contribution(
                        self._visible[column],
                        int(points.count[k, place]),
                        there.index(points.toward[k, place]) if points.toward[k, place] in there else -1,
                    )
                    for place, column in enumerate(fitted.told_columns)
                    if not np.isnan(values[k, column])
                ),
                modal_option=modal_option,
            )
