"""What the baselines behind the engine protocol compute: the probability of each option from the values shown.

prior              how often each option's level, or each number's bin, occurs among the training patients
boosting           gradient boosting on every feature that a prompt about this one may show
boosting-balanced  the same, as if every class were equally common: right for class-balanced questions

They are the baselines of ``baselines``, fitted once a feature and asked one prompt at a time.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from creason_core.arrays import Floats
from creason_core.cohort.boosting import fit_classes
from creason_core.cohort.cohort import Cohort
from creason_core.cohort.option_models import option_model
from creason_core.evaluation.baselines.compute import matrix, visible_features
from creason_core.question.vectorised.coded import code
from creason_core.question.vectorised.options import chooser
from creason_core.record.case import Entry
from creason_core.record.codebook import Codebook, Feature

NAMES = ("prior", "boosting", "boosting-balanced")


class OptionPredictor:
    """One baseline, fitted for one masked feature on the cohort's training patients.

    Raises:
        EvaluationError: scikit-learn is not installed.
    """

    def __init__(self, name: str, cohort: Cohort, feature: str) -> None:
        described = cohort.codebook.feature(feature)
        model = option_model(cohort, feature)
        self._chooser = chooser(model, "stratified")
        self._visible = visible_features(cohort, described)
        known = cohort.training.loc[cohort.measured_training(described).index]
        column = code(known, described)
        classes = self._chooser.classes(column.values)[column.codes]
        count = len(model.bins) if described.numeric else len(described.levels)
        self._shares = np.bincount(classes, minlength=count) / len(classes)
        self._correction = np.maximum(self._shares, 1 / len(classes)) if name == "boosting-balanced" else 1.0
        self._fitted = None
        if name != "prior":
            codes = [not shown.ordered for shown in self._visible]
            self._fitted = fit_classes(matrix(known, self._visible), classes, count=count, categorical=codes, seed=0)

    def probabilities(self, values: Mapping[str, float | str], options: Sequence[float | str]) -> Floats:
        """The probability of each option given the values shown (feature → number or level code); sums to 1."""
        weights = self._shares
        if self._fitted is not None:
            row = np.array([[coded_value(shown, values.get(shown.name)) for shown in self._visible]])
            weights = self._fitted.probabilities(row)[0] / self._correction
        places = self._chooser.classes(options).tolist()
        shared = np.array([weights[place] / places.count(place) for place in places])  # options of one class share it
        total = shared.sum()
        return shared / total if total > 0 else np.full(len(options), 1 / len(options))


def coded_row(entries: Iterable[Entry], columns: Sequence[Feature], codebook: Codebook) -> Floats:
    """One patient's measured ``entries`` (1 × columns) as ``compute.matrix`` codes them, NaN where there is none.

    ``columns`` are of ``codebook.columns``: a value of a feature over time belongs to the column of its time.
    """
    values = {
        entry.name if codebook.points_of(codebook.feature(entry.feature)) else entry.feature: entry.value
        for entry in entries
        if entry.measured
    }
    return np.array([[coded_value(one, values.get(one.name)) for one in columns]], dtype=np.float64)


def coded_value(feature: Feature, value: float | str | None) -> float:
    """A number as it is, a level as its place in the codebook, NaN where nothing is shown."""
    if isinstance(value, str):
        return float([level.code for level in feature.levels].index(value))
    return np.nan if value is None else value
