"""What a registry's training patients say about a masked value, out of fold: nobody's own value is known to it.

What is said about a patient comes from points fitted on the other folds of the training patients
(``creason_core.evaluation.registry_notes``): which few visible features are told, what each value speaks for, and what
they come to.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from creason_core.cohort.cohort import Cohort
from creason_core.evaluation.baselines.compute import classes_of, matrix
from creason_core.evaluation.registry_notes.fitting import NO_FOLD, fold_of, measured
from creason_core.evaluation.registry_notes.scorecard import Scorecard, beside_modal
from creason_core.question.masked_value import hidden_features
from creason_core.question.vectorised.shortcuts import offered
from creason_core.question.vectorised.table import QuestionTable
from creason_core.record.codebook import Feature


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


def evidence(table: QuestionTable, cohort: Cohort, feature: str) -> Iterator[Evidence]:
    """The evidence for every question of ``table`` about ``feature``, fold by fold."""
    data = _FeatureData(cohort, cohort.codebook.feature(feature), table)
    asked = table.frame[table.frame["masked_feature"] == feature]
    training = set(cohort.split["train"])
    folds = np.array([fold_of(patient) if patient in training else NO_FOLD for patient in asked["patient"]])
    for fold in np.unique(folds):
        yield from data.about(asked[folds == fold], data.without(int(fold)))


class _FeatureData:
    """The training patients in whom one feature was measured."""

    def __init__(self, cohort: Cohort, feature: Feature, table: QuestionTable) -> None:
        self._cohort, self._feature = cohort, feature
        hidden = frozenset(item.feature for item in hidden_features(cohort, feature.name))
        self._known = measured(cohort, feature, hidden, table.meta.design)
        self._visible = self._known.columns
        self._starts_modal = table.meta.design == "paper" and feature.numeric

    def without(self, fold: int) -> Scorecard:
        """The points fitted on the patients of all other folds."""
        return self._known.without(fold)

    def about(self, asked: pd.DataFrame, fitted: Scorecard) -> Iterator[Evidence]:
        """What ``fitted`` says about the questions in ``asked`` (rows of ``QuestionTable.frame``)."""
        values = matrix(self._cohort.table.loc[asked["patient"].tolist()], self._visible)
        options = offered(asked, self._cohort, seed=0).values
        classes = classes_of(self._feature, self._known.chooser, options)
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
