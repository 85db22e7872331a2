"""What a registry's training patients say about a masked value, out of fold: nobody's own value is known to it.

The training patients are split into folds. What is said about a patient comes from a model fitted on the other folds
(``training.additive``): how probable each option is, which visible features matter most for the masked one, and what
each value speaks for. What a value says is measured by leaving it out: the probabilities with it, less those without.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from creason_core.baselines.play import Floats, Ints, classes_of, matrix, visible_features
from creason_core.codebook import Feature
from creason_core.columnar.attackers import offered
from creason_core.columnar.coded import code
from creason_core.columnar.options import Chooser, chooser
from creason_core.columnar.table import QuestionTable
from creason_core.draws import key_of
from creason_core.question import option_model
from creason_core.registry import Cohort
from training.additive import Additive

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Spoken:
    """A visible feature, and how its value moves the probability of every option (canonical order; sums to 0)."""

    feature: Feature
    moves: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is said about question ``row`` of a file.

    ``probabilities`` of the options are in canonical order and sum to 1. ``spoken`` has the values that were measured
    in this patient, in one order for the whole fold: the features that move the probabilities most on average first.
    """

    row: int
    probabilities: tuple[float, ...]
    spoken: tuple[Spoken, ...]

    @property
    def likeliest(self) -> int:
        """The canonical index of the likeliest option."""
        return int(np.argmax(self.probabilities))


def fold_of(patient: str) -> int:
    """The fold of a patient, 0 to ``FOLDS`` − 1: from the patient's key alone."""
    return key_of(patient) % FOLDS


def evidence(table: QuestionTable, cohort: Cohort, feature: str) -> Iterator[Evidence]:
    """The evidence for every question of ``table`` about ``feature``, fold by fold.

    Where the file is class-balanced, probabilities are corrected for it, as in ``baselines.play``.
    """
    said = _Registry(cohort, cohort.codebook.feature(feature), table)
    asked = table.frame[table.frame["masked_feature"] == feature]
    folds = np.array([fold_of(patient) for patient in asked["patient"]])
    for fold in np.unique(folds):
        yield from said.about(asked[folds == fold], said.without(int(fold)))


class _Registry:
    """The training patients in whom one feature was measured."""

    def __init__(self, cohort: Cohort, feature: Feature, table: QuestionTable) -> None:
        self._cohort, self._feature = cohort, feature
        model = option_model(cohort, feature.name)
        self._chooser: Chooser = chooser(model, table.meta.design)
        self._visible = visible_features(cohort, feature)
        known = cohort.training.loc[cohort.measured_training(feature).index]
        column = code(known, feature)
        self._classes = self._chooser.classes(column.values)[column.codes]
        self._count = len(model.bins) if feature.numeric else len(feature.levels)
        shares = np.bincount(self._classes, minlength=self._count) / len(self._classes)
        self._weights = np.maximum(shares, 1 / len(self._classes)) if table.meta.sampling.balanced else np.ones(1)
        self._folds = np.array([fold_of(patient) for patient in known.index])
        self._values = matrix(known, self._visible)

    def without(self, fold: int) -> Additive:
        """The model fitted on the patients of all other folds."""
        kept = self._folds != fold
        return Additive(self._values[kept], self._classes[kept], self._visible, self._count)

    def about(self, asked: pd.DataFrame, fitted: Additive) -> Iterator[Evidence]:
        """What ``fitted`` says about the questions in ``asked`` (rows of ``QuestionTable.frame``)."""
        values = matrix(self._cohort.table.loc[asked["patient"].tolist()], self._visible)
        options = offered(asked, self._cohort, seed=0).values
        classes = classes_of(self._feature, self._chooser, options)
        whole = self._over_options(fitted, values, classes, options)
        moves = np.zeros((len(self._visible), *whole.shape))
        for column in range(len(self._visible)):
            left_out = values.copy()
            left_out[:, column] = np.nan
            moves[column] = whole - self._over_options(fitted, left_out, classes, options)
        strongest = np.argsort(-np.abs(moves).sum(axis=(1, 2)), kind="stable")
        for k, row in enumerate(asked.index):
            there = ~np.isnan(options[k])
            yield Evidence(
                row=int(row),
                probabilities=tuple(whole[k][there].tolist()),
                spoken=tuple(
                    Spoken(self._visible[column], tuple(moves[column, k][there].tolist()))
                    for column in strongest
                    if not np.isnan(values[k, column])
                ),
            )

    def _over_options(self, fitted: Additive, values: Floats, classes: Ints, options: Floats) -> Floats:
        raw = np.take_along_axis(fitted.probabilities(values) / self._weights, classes, axis=1)
        weights = np.where(np.isnan(options), 0.0, raw + 1e-9)
        return np.asarray(weights / weights.sum(axis=1, keepdims=True))
