"""What the baselines behind the engine protocol compute: the probability of each option from the values shown.

prior     how often each option's level, or each number's bin, occurs among the training patients
boosting  histogram gradient boosting (scikit-learn) on every feature that a prompt about this one may show,
          classifying the level or the bin; missing values stay missing
"""

import bisect
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from creason_core.codebook import Feature
from creason_core.metrics.intervals import Floats
from creason_core.question import SHOWN_ROLES, hidden_features, option_model
from creason_core.registry import Cohort

if TYPE_CHECKING:
    import pandas as pd


class OptionPredictor(Protocol):
    """Fitted for one masked feature of one cohort."""

    def probabilities(self, values: Mapping[str, float | str], options: Sequence[float | str]) -> Floats:
        """The probability of each option given the values shown (feature → number or level code); sums to 1."""
        ...


def predictor(name: str, cohort: Cohort, feature: str) -> OptionPredictor:
    """The baseline ``name`` ("prior" or "boosting") for a masked feature, fitted on the training patients."""
    classes = _Classes(cohort, feature)
    return _Boosting(cohort, classes) if name == "boosting" else _Prior(cohort, classes)


class _Classes:
    """The classes of a feature: its levels, or the bins of its training distribution."""

    def __init__(self, cohort: Cohort, feature: str) -> None:
        self.feature: Feature = cohort.codebook.feature(feature)
        model = option_model(cohort, feature)
        self._uppers = [values[-1] for values in model.bins[:-1]] if self.feature.numeric else []
        self._codes = {code: place for place, (code, _) in enumerate(model.levels)}
        self.count = len(self._uppers) + 1 if self.feature.numeric else len(self._codes)

    def of(self, value: float | str) -> int:
        """The class of a value; −1 for a level that no training patient has."""
        if isinstance(value, str):
            return self._codes.get(value, -1)
        return bisect.bisect_left(self._uppers, round(value, self.feature.decimals))

    def over(self, weights: Floats, options: Sequence[float | str]) -> Floats:
        """The classes' probabilities as the options': those of one class share it, and all sum to 1."""
        places = [self.of(option) for option in options]
        shared = np.array([weights[place] / places.count(place) if place >= 0 else 0.0 for place in places])
        total = shared.sum()
        return shared / total if total > 0 else np.full(len(options), 1 / len(options))


class _Prior:
    def __init__(self, cohort: Cohort, classes: _Classes) -> None:
        found = [classes.of(value) for value in cohort.measured_training(classes.feature)]
        self._weights = np.bincount(found, minlength=classes.count).astype(np.float64)
        self._classes = classes

    def probabilities(self, values: Mapping[str, float | str], options: Sequence[float | str]) -> Floats:
        del values
        return self._classes.over(self._weights, options)


class _Boosting:
    def __init__(self, cohort: Cohort, classes: _Classes) -> None:
        from sklearn.ensemble import HistGradientBoostingClassifier

        hidden = {item.feature for item in hidden_features(cohort, classes.feature.name)} | {classes.feature.name}
        self._columns = tuple(
            feature
            for feature in cohort.codebook.features
            if feature.role in SHOWN_ROLES and feature.name not in hidden
        )
        self._classes = classes
        target = cohort.measured_training(classes.feature)
        table = cohort.training.loc[target.index]
        columns = np.column_stack([_column(cohort, feature, table[feature.name]) for feature in self._columns])
        self._model = HistGradientBoostingClassifier(
            max_iter=60,
            learning_rate=0.08,
            max_leaf_nodes=8,
            min_samples_leaf=20,
            l2_regularization=1.0,
            categorical_features=[not feature.ordered for feature in self._columns],
            random_state=0,
        ).fit(columns, [classes.of(value) for value in target])

    def probabilities(self, values: Mapping[str, float | str], options: Sequence[float | str]) -> Floats:
        row = np.array([[_coded(feature, values.get(feature.name)) for feature in self._columns]])
        weights = np.zeros(self._classes.count)
        weights[self._model.classes_] = self._model.predict_proba(row)[0]
        return self._classes.over(weights, options)


def _column(cohort: Cohort, feature: Feature, values: "pd.Series[float] | pd.Series[str]") -> Floats:
    shown = cohort.measured(feature, values)
    coded = [_coded(feature, value) if seen else np.nan for value, seen in zip(values.tolist(), shown, strict=True)]
    return np.array(coded, dtype=np.float64)


def _coded(feature: Feature, value: object) -> float:
    """A number as it is, a level as its place in the codebook, nothing as NaN."""
    if value is None:
        return np.nan
    if isinstance(value, str):
        return float([level.code for level in feature.levels].index(value))
    return float(str(value))
