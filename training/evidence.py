"""What a registry's training patients say about a masked value, out of fold: nobody's own value is known to it.

The training patients are split into folds. What is said about a patient comes from gradient boosting fitted on
the other folds: how probable each option is, and which visible values speak for the likeliest. How much a value
speaks is measured by leaving it out: the fall of the log-probability when it is taken as missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from creason_core.baselines.play import Floats, Ints, classes_of, matrix, visible_features
from creason_core.boosting import Fitted, fit_classes
from creason_core.codebook import Feature
from creason_core.columnar.attackers import offered
from creason_core.columnar.coded import code
from creason_core.columnar.options import Chooser, chooser
from creason_core.columnar.table import QuestionTable
from creason_core.draws import key_of
from creason_core.question import option_model
from creason_core.registry import Cohort

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Spoken:
    """A visible feature, and how much its value speaks for the likeliest option (nats; negative: against it)."""

    feature: Feature
    nats: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is said about question ``row`` of a file.

    ``probabilities`` of the options are in canonical order and sum to 1; ``spoken`` has the strongest first.
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

    def without(self, fold: int) -> Fitted:
        """Boosting fitted on the patients of all other folds."""
        kept = self._folds != fold
        codes = [not shown.ordered for shown in self._visible]
        return fit_classes(self._values[kept], self._classes[kept], count=self._count, categorical=codes, seed=0)

    def about(self, asked: pd.DataFrame, fitted: Fitted) -> Iterator[Evidence]:
        """What ``fitted`` says about the questions in ``asked`` (rows of ``QuestionTable.frame``)."""
        values = matrix(self._cohort.table.loc[asked["patient"].tolist()], self._visible)
        options = offered(asked, self._cohort, seed=0).values
        classes = classes_of(self._feature, self._chooser, options)
        whole = self._over_options(fitted, values, classes, options)
        likeliest = whole.argmax(axis=1)
        place = np.arange(len(asked))
        spoken = np.zeros_like(values)
        for column in range(values.shape[1]):
            left_out = values.copy()
            left_out[:, column] = np.nan
            rest = self._over_options(fitted, left_out, classes, options)
            spoken[:, column] = np.log(whole[place, likeliest] / rest[place, likeliest])
        for k, row in enumerate(asked.index):
            there = np.flatnonzero(~np.isnan(values[k]))
            strongest = sorted(there, key=lambda column: -spoken[k, column])
            yield Evidence(
                row=int(row),
                probabilities=tuple(whole[k][~np.isnan(options[k])].tolist()),
                spoken=tuple(Spoken(self._visible[column], float(spoken[k, column])) for column in strongest),
            )

    def _over_options(self, fitted: Fitted, values: Floats, classes: Ints, options: Floats) -> Floats:
        raw = np.take_along_axis(fitted.probabilities(values) / self._weights, classes, axis=1)
        weights = np.where(np.isnan(options), 0.0, raw + 1e-9)
        return np.asarray(weights / weights.sum(axis=1, keepdims=True))
