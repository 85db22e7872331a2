"""What patients' visible values say about a masked one, added up value by value: logistic regression on standings.

A number enters only as its standing (very low to very high), so the words of a rationale hold all that the model saw
of it; a level enters as itself. Nothing is said of a value that was not measured. On the training patients of
``rhc-sepsis``, out of fold, this names the recorded option as often as gradient boosting does, and what one value
says does not depend on the others, which makes it the better teacher (docs/training-log.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from creason_core.boosting import Floats, Ints
from creason_core.codebook import Feature

# Upper ends of the bands, as shares of the patients below: two tenths at each end, two fifths in the middle.
BANDS = (0.1, 0.3, 0.7, 0.9, 1.0)
_MIDDLES = np.array([0.05, 0.2, 0.5, 0.8, 0.95])
_STRENGTH = 0.1  # inverse of the L2 penalty


def band(known: Floats, values: Floats) -> Ints:
    """The place in ``BANDS`` of each of ``values`` (no NaN) among the sorted ``known``; ties count half."""
    below = (np.searchsorted(known, values, "left") + np.searchsorted(known, values, "right")) / 2 / len(known)
    return np.searchsorted(BANDS, below, "left")


@dataclass(frozen=True, slots=True)
class _Column:
    """How one feature enters: a number by its band, levels one by one; centred, so that 0 says nothing."""

    known: Floats | None
    levels: int
    centre: Floats

    def encode(self, values: Floats) -> Floats:
        there = ~np.isnan(values)
        encoded = np.zeros((len(values), len(self.centre)))
        encoded[there] = self._raw(values[there]) - self.centre
        return encoded

    def _raw(self, values: Floats) -> Floats:
        if self.known is None:
            return np.asarray(values[:, None] == np.arange(self.levels), dtype=float)
        place = 2 * _MIDDLES[band(self.known, values)] - 1
        return np.column_stack([place, place**2])


class Additive:
    """A fitted model of one masked feature.

    Args:
        values: Patients × features, as of ``baselines.play.matrix``; NaN where not measured.
        classes: What each patient's masked value is, 0 to ``count`` − 1.
        features: Those of the columns.
        count: Classes.
    """

    def __init__(self, values: Floats, classes: Ints, features: Sequence[Feature], count: int) -> None:
        from sklearn.linear_model import LogisticRegression

        self._count, self._present = count, np.unique(classes)
        self._columns = [_column(feature, values[:, k]) for k, feature in enumerate(features)]
        self._model: Any = None
        if len(self._present) > 1:
            self._model = LogisticRegression(C=_STRENGTH, max_iter=500).fit(self._encode(values), classes)

    def probabilities(self, values: Floats) -> Floats:
        """Patients × ``count``; a class that did not occur has 0, a single one 1."""
        found = np.zeros((len(values), self._count))
        found[:, self._present] = 1.0 if self._model is None else self._model.predict_proba(self._encode(values))
        return found

    def _encode(self, values: Floats) -> Floats:
        encoded = [column.encode(values[:, k]) for k, column in enumerate(self._columns)]
        # A column of zeros says nothing, and a matrix must have a column.
        return np.column_stack([*encoded, np.zeros(len(values))])


def _column(feature: Feature, values: Floats) -> _Column:
    known = np.sort(values[~np.isnan(values)])
    levels = 0 if feature.numeric else len(feature.levels)
    if feature.numeric and not len(known):
        return _Column(None, 0, np.zeros(0))
    column = _Column(known if feature.numeric else None, levels, np.zeros(2 if feature.numeric else levels))
    raw = column._raw(known)
    return _Column(column.known, levels, raw.mean(axis=0) if len(raw) else np.zeros(levels))
