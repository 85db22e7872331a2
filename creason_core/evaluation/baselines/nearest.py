"""Nearest patients: who resembles whom, on the values that both have.

The distance is the mean over the features that both patients have measured: squared difference in standard
deviations for numbers and ordered levels (at most 9, so that one odd value does not decide), 0 or 1 for other
levels. All pairs at once, as matrix products.
"""

from collections.abc import Sequence

import numpy as np

from creason_core.arrays import Floats, Ints
from creason_core.record.codebook import Feature

NOBODY = -1  # in place of a patient who has no value in common with the one asked about
BLOCK = 1024  # patients compared at once
_FURTHEST = 3.0  # standard deviations


def distances(patients: Floats, others: Floats, features: Sequence[Feature]) -> Floats:
    """Mean distances (patients × others); both are rows of values or level places, NaN where not measured.

    Numbers are scaled by ``others``. Infinite where two patients have no measured feature in common.
    """
    left, right = _encoded(patients, others, features), _encoded(others, others, features)
    compared = left.weights @ right.weights.T
    total = left.squares @ right.seen.T + left.seen @ right.squares.T - 2 * left.values @ right.values.T
    with np.errstate(divide="ignore", invalid="ignore"):
        mean: Floats = np.where(compared > 0, np.maximum(total, 0) / compared, np.inf)
    return mean


def nearest(patients: Floats, others: Floats, features: Sequence[Feature], *, k: int) -> Ints:
    """The places of the ``k`` nearest among ``others`` for every patient (patients × k); equals in their order.

    ``NOBODY`` where fewer have a value in common: a stranger resembles nobody.
    """
    found = [
        closest(distances(patients[start : start + BLOCK], others, features), k=k)
        for start in range(0, len(patients), BLOCK)
    ]
    return np.concatenate(found) if found else np.empty((0, k), dtype=np.int64)


def closest(apart: Floats, *, k: int) -> Ints:
    """The places of the ``k`` smallest distances of each row, equals in their order, ``NOBODY`` at infinite ones.

    Distances that differ by rounding alone are equal: how a matrix product rounds hangs on how many rows it has, and
    whom a patient resembles must not.
    """
    places = np.argsort(np.round(apart, 9), axis=1, kind="stable")[:, :k]
    return np.where(np.isfinite(np.take_along_axis(apart, places, axis=1)), places, NOBODY)


def by_feature(patient: Floats, others: Floats, features: Sequence[Feature]) -> Floats:
    """What each feature adds to the distances (others × features) of one ``patient`` (1 × features) before the mean.

    NaN where one of the two was not measured: the mean over the rest of a row is ``distances``.
    """
    found = np.full(others.shape, np.nan)
    for place, feature in enumerate(features):
        column = slice(place, place + 1)
        if not np.isnan(patient[0, place]):
            apart = distances(patient[:, column], others[:, column], (feature,))[0]
            found[:, place] = np.where(np.isinf(apart), np.nan, apart)
    return found


class _Encoded:
    """Columns whose squared differences add up to the distance: a number's one, a level's one for each code."""

    def __init__(self, values: Floats, weights: Floats) -> None:
        self.seen = (~np.isnan(values)).astype(float)
        self.values = np.nan_to_num(values)
        self.squares = self.values**2
        self.weights = weights


def _encoded(rows: Floats, scale: Floats, features: Sequence[Feature]) -> _Encoded:
    columns = []
    for place, feature in enumerate(features):
        mine = rows[:, place]
        if feature.ordered:
            known = scale[~np.isnan(scale[:, place]), place]
            centre, spread = (known.mean(), known.std()) if len(known) else (0.0, 1.0)
            columns.append(np.clip((mine - centre) / (spread or 1.0), -_FURTHEST / 2, _FURTHEST / 2))
        else:
            codes = np.arange(len(feature.levels))
            one_hot = (mine[:, None] == codes).astype(float) / np.sqrt(2)
            columns += list(np.where(np.isnan(mine)[:, None], np.nan, one_hot).T)
    weights = (~np.isnan(rows)).astype(float)
    return _Encoded(np.column_stack(columns) if columns else np.empty((len(rows), 0)), weights)
