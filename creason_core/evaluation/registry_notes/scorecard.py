"""What a patient's visible values say about a masked one, in points that anybody can add up.

Logistic regression finds the few features that say most; a second one, on those alone, is rounded to whole points:
a value speaks for a higher or a lower number, or for one level, a little (1) or clearly (2), or says little (0). A
number enters only as its standing (very low to very high) and a level as itself, so words hold all that the points
rest on; a value that was not measured gives none. What the points come to is the conclusion, and nothing else is.

Every class weighs alike in the fits, as in class-balanced questions. Rounding costs little: docs/training-log.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from creason_core.arrays import Floats, Ints
from creason_core.record.codebook import Feature

# Upper ends of the bands, as shares of the patients below: two tenths at each end, two fifths in the middle.
BANDS = (0.1, 0.3, 0.7, 0.9, 1.0)
_MIDDLES = np.array([0.05, 0.2, 0.5, 0.8, 0.95])
MAX_TOLD = 4  # on rhc-sepsis, out of fold, more conclude no better
# Inverse of the L2 penalty: over every visible feature, and over those that are told.
_STRENGTH, _STRENGTH_TOLD = 0.1, 1.0
_RIDGE = 5.0  # L2 penalty of the fit to places
# A point of an ordered class, as a share of the deviation of what the told features come to. One share for all: the
# best of several on the training patients concluded no better, and changed from fold to fold and every point with it.
_UNIT = 0.5
# By how much a value must raise the log-odds of a level over the mean of all levels to speak for it, and clearly.
_RAISED = (0.05, 0.25)
# Points from which a conclusion leaves the usual option for the next: with fewer it was right less often than the
# usual option itself, on 1,551 paper-style questions about numbers (training patients, out of fold).
_AWAY = 5
_EVEN = 1e-3  # settles between classes that points leave even; less than any point


def band(known: Floats, values: Floats) -> Ints:
    """The place in ``BANDS`` of each of ``values`` (no NaN) among the sorted ``known``; ties count half."""
    below = (np.searchsorted(known, values, "left") + np.searchsorted(known, values, "right")) / 2 / len(known)
    return np.searchsorted(BANDS, below, "left")


@dataclass(frozen=True, slots=True)
class _Column:
    """How one feature enters: a number by its band, levels one by one; centred over classes alike: 0 says nothing."""

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


@dataclass(frozen=True, slots=True)
class Points:
    """What the told values of patients say; patients × told features.

    ``count`` is −2 to 2 towards higher classes where classes are ordered, otherwise 0 to 2 for class ``toward``.
    """

    count: Ints
    toward: Ints


class Scorecard:
    """The points of one masked feature.

    Args:
        values: Patients × features, as of ``baselines.compute.matrix``; NaN where not measured.
        classes: What each patient's masked value is, 0 to ``count`` − 1.
        features: Those of the columns.
        count: Classes.
        ordered: Whether they are bins of a number, from the lowest up.

    Attributes:
        ranked_columns: All columns, by how much each says with all the others beside it; none for one class alone.
        told_columns: The first of these, which give points, in their own order.
    """

    def __init__(
        self, values: Floats, classes: Ints, features: Sequence[Feature], count: int, *, ordered: bool
    ) -> None:
        self._count, self._ordered, self._present = count, ordered, np.unique(classes)
        weights = _balanced(classes)
        self._columns = [_column(feature, values[:, k], weights) for k, feature in enumerate(features)]
        self._whole: Any = None  # the regression on every feature
        self.ranked_columns: tuple[int, ...] = ()
        self.told_columns: tuple[int, ...] = ()
        self._slopes: list[Floats] = []
        if len(self._present) > 1 and self._columns:
            self._whole = self._logistic(values, range(len(self._columns)), classes, weights, _STRENGTH)
            self.ranked_columns = tuple(np.argsort(-self._gains(values), kind="stable").tolist())
            self.told_columns = tuple(sorted(self.ranked_columns[:MAX_TOLD]))
            fit = self._fit_places if ordered else self._fit_levels
            self._slopes = fit(values, classes, weights)
            said = zip(self.told_columns, self._slopes, strict=True)
            moved = sum(self._columns[k].encode(values[:, k]) @ slope[0] for k, slope in said)
            self._unit = max(_UNIT * float(np.std(moved)), 1e-9)
        self._even = np.zeros(count)
        open_ = self.preferences(self.points(values))
        even = open_ >= open_.max(axis=1, keepdims=True)
        for k in self._present:
            among = even.sum(axis=1) > 1
            self._even[k] = _EVEN * (weights * (classes == k))[among & even[:, k]].sum() / weights.sum()
        self._even[np.setdiff1d(np.arange(count), self._present)] = -len(features) - count

    @property
    def even(self) -> Floats:
        """What each class has before any points: the most where points are even (count)."""
        return self._even

    def points(self, values: Floats) -> Points:
        """What the told values of ``values`` (as in the constructor) say."""
        shape = (len(values), len(self.told_columns))
        count, toward = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for place, (column, slope) in enumerate(zip(self.told_columns, self._slopes, strict=True)):
            moved = self._columns[column].encode(values[:, column]) @ slope.T
            if self._ordered:
                count[:, place] = np.clip(np.rint(moved[:, 0] / self._unit), -2, 2)
            else:
                raised = moved - moved.mean(axis=1, keepdims=True)
                toward[:, place] = self._present[raised.argmax(axis=1)]
                count[:, place] = np.searchsorted(_RAISED, raised.max(axis=1), "right")
        return Points(count, toward)

    def preferences(self, points: Points) -> Floats:
        """Patients × ``count``: the class that the points are for has the most, by a point or, left even, by less."""
        if self._ordered:
            sums = points.count.sum(axis=1, keepdims=True)
            return np.asarray(self._even - np.abs(np.clip(sums, *_ends(self._count)) - places(self._count)))
        found = np.tile(self._even, (len(points.count), 1))
        for place in range(len(self.told_columns)):
            np.add.at(found, (np.arange(len(found)), points.toward[:, place]), points.count[:, place])
        return found

    def chances(self, values: Floats) -> Floats:
        """Patients × ``count``: how likely each class is by every feature, told or not; rows add up to 1.

        All classes that occur are as likely beforehand, as in class-balanced questions.
        """
        found = np.zeros((len(values), self._count))
        found[:, self._present] = 1 / len(self._present)
        if self._whole is not None:
            encoded = self._encode(values, range(len(self._columns)))
            found[:, self._present] = self._whole.predict_proba(np.column_stack(encoded))
        return found

    def _gains(self, values: Floats) -> Floats:
        """How far each feature moves the log-odds on average, with all of them in the fit."""
        slopes = _slopes(self._whole, self._encode(values, range(len(self._columns))))
        moved = [column.encode(values[:, k]) @ slopes[k].T for k, column in enumerate(self._columns)]
        return np.array([np.abs(one).mean() for one in moved])

    def _fit_levels(self, values: Floats, classes: Ints, weights: Floats) -> list[Floats]:
        fitted = self._logistic(values, self.told_columns, classes, weights, _STRENGTH_TOLD)
        return _slopes(fitted, self._encode(values, self.told_columns))

    def _fit_places(self, values: Floats, classes: Ints, weights: Floats) -> list[Floats]:
        from sklearn.linear_model import Ridge

        encoded = self._encode(values, self.told_columns)
        fitted = Ridge(alpha=_RIDGE).fit(np.column_stack(encoded), classes, sample_weight=weights)
        return _split(fitted.coef_[None, :], encoded)

    def _logistic(self, values: Floats, columns: Sequence[int], classes: Ints, weights: Floats, strength: float) -> Any:
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        encoded = self._encode(values, columns)
        with threadpool_limits(1, user_api="blas"):  # the matrices are small: more threads mostly wait for one another
            return LogisticRegression(C=strength, max_iter=500).fit(np.column_stack(encoded), classes, weights)

    def _encode(self, values: Floats, columns: Sequence[int]) -> list[Floats]:
        encoded = [self._columns[column].encode(values[:, column]) for column in columns]
        # A column of zeros says nothing, and a matrix must have a column.
        return [*encoded, np.zeros((len(values), 1))]


def places(count: int) -> Floats:
    """The sum of points at which each of ``count`` ordered classes stands: around 0, which an even count has not."""
    half = count // 2
    return np.array([k for k in range(-half, half + 1) if k or count % 2], dtype=float)


def beside_modal(modal: int, points: int, count: int) -> int:
    """The one of ``count`` ordered options that ``points`` come to, starting at the commonest (``modal``)."""
    way = (points >= _AWAY) - (points <= -_AWAY)
    return min(max(modal + way, 0), count - 1)


def _ends(count: int) -> tuple[float, float]:
    return float(-(count // 2)), float(count // 2)


def _balanced(classes: Ints) -> Floats:
    """Weights by which every class that occurs weighs alike; their mean is 1."""
    _, places, counts = np.unique(classes, return_inverse=True, return_counts=True)
    weights = 1.0 / counts[places]
    return np.asarray(weights * len(classes) / weights.sum())


def _slopes(fitted: Any, encoded: Sequence[Floats]) -> list[Floats]:
    """By feature, how its columns move the log-odds of each class over the mean of all; two classes share it."""
    slopes = fitted.coef_ if len(fitted.coef_) > 1 else np.vstack([-fitted.coef_ / 2, fitted.coef_ / 2])
    return _split(slopes, encoded)


def _split(slopes: Floats, encoded: Sequence[Floats]) -> list[Floats]:
    """``slopes`` (rows × columns) by the block of columns that they belong to, the last, of zeros, left out."""
    ends = np.cumsum([block.shape[1] for block in encoded])
    return np.split(slopes, ends[:-1], axis=1)[:-1]


def _column(feature: Feature, values: Floats, weights: Floats) -> _Column:
    there = ~np.isnan(values)
    known = np.sort(values[there])
    levels = 0 if feature.numeric else len(feature.levels)
    if not len(known):
        return _Column(None, 0, np.zeros(0))
    column = _Column(known if feature.numeric else None, levels, np.zeros(2 if feature.numeric else levels))
    return _Column(column.known, levels, np.average(column._raw(values[there]), axis=0, weights=weights[there]))
