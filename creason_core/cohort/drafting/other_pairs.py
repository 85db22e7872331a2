"""Columns that follow from two others, and are neither their sum nor their product.

The larger or the smaller of two (the worst of a day); a ratio on another scale, as an ejection fraction is of two
volumes; and a share of a sum.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from creason_core.arrays import Floats
from creason_core.cohort.drafting.fits import LEAST_PART, MIN_ROWS, Fit, Formula

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_COLUMNS = 200  # all ratios of two of these are held against each of them
_SEARCHED_ROWS = 300  # in which a ratio is looked for; it is held against all
_NEAR = 0.95  # R² from which a ratio is looked at closely: slips and gaps take from it
_NEEDED = 0.05  # of the rows: in so many each of two must be the one that counts
_FEWEST = 4  # values that the larger of two must have: with fewer it is a coincidence soon
_EXTREMES = (("larger", np.maximum, 1.0), ("smaller", np.minimum, -1.0))


def extremes(columns: Mapping[str, Floats], steps: Mapping[str, float], holds_in: float) -> Iterator[Formula]:
    """Each column that is the larger, or the smaller, of two others; arguments as of ``formulas.find_formulas``."""
    for result, values in columns.items():
        if len(np.unique(values[~np.isnan(values)])) < _FEWEST:
            continue
        allowed = 0.6 * steps[result] + 1e-9 * (1 + np.abs(values))
        for word, of_two, sign in _EXTREMES:
            bounds = [
                name
                for name, other in columns.items()
                if name != result and _bounds(sign * values, sign * other, allowed, holds_in)
            ]
            for x, y in combinations(bounds, 2):
                if _is_extreme(values, of_two(columns[x], columns[y]), allowed, holds_in) and _both_count(
                    columns[x], columns[y], allowed
                ):
                    yield Formula(result, (x, y), f"the {word} of {x} and {y}")


def _bounds(values: Floats, other: Floats, allowed: Floats, holds_in: float) -> bool:
    """Whether ``other`` is hardly ever above ``values``, and often but not mostly the same."""
    both = ~np.isnan(values) & ~np.isnan(other)
    if both.sum() < MIN_ROWS:
        return False
    above = (values - other)[both]
    same = np.abs(above) <= allowed[both]
    return bool((above >= -allowed[both]).mean() >= holds_in and _NEEDED <= same.mean() < holds_in)


def _is_extreme(values: Floats, extreme: Floats, allowed: Floats, holds_in: float) -> bool:
    """Whether the two are the same in enough rows, also of those in which ``values`` is not what it mostly is."""
    both = ~np.isnan(values) & ~np.isnan(extreme)
    if both.sum() < MIN_ROWS:
        return False
    known, counts = np.unique(values[both], return_counts=True)
    same = np.abs(values - extreme) <= allowed
    telling = both & (values != known[counts.argmax()])
    return bool(telling.sum() >= MIN_ROWS and min(same[both].mean(), same[telling].mean()) >= holds_in)


def _both_count(x: Floats, y: Floats, allowed: Floats) -> bool:
    differ = (x - y)[~np.isnan(x - y)]
    room = float(np.nanmin(allowed))
    return bool(min((differ > room).mean(), (differ < -room).mean()) >= _NEEDED)


def ratios(columns: Mapping[str, Floats], steps: Mapping[str, float], fitted: Fit) -> Iterator[Formula]:
    """Each column that is a straight line of the ratio of two others, or of the share of one in their sum."""
    names = list(columns)[:MAX_COLUMNS]
    if len(names) < 3:
        return
    matrix = np.column_stack([columns[name] for name in names])
    some = matrix[:_SEARCHED_ROWS]
    targets = _Centred.of(some)
    alone = targets.alike(targets)
    for below, name in enumerate(names):
        if not np.nanmin(matrix[:, below]) > 0:
            continue
        for word, divisor in (("the ratio of {} to {}", 0.0), ("the share of {} in its sum with {}", 1.0)):
            with np.errstate(divide="ignore", invalid="ignore"):
                found = some / (some[:, [below]] + divisor * some)
            near = _Centred.of(np.where(np.isfinite(found), found, np.nan)).alike(targets)
            near[below], near[:, below] = 0.0, 0.0
            np.fill_diagonal(near, 0.0)
            near[1 - near > 0.5 * (1 - np.maximum(alone, alone[below]))] = 0.0  # one of the two says nearly as much
            for above, result in zip(*np.nonzero(near > _NEAR), strict=True):
                inputs = (names[above], name)
                if _follows(matrix[:, [result, above, below]], (names[result], *inputs), divisor, steps, fitted):
                    yield Formula(names[result], inputs, f"a straight line of {word.format(*inputs)}")


@dataclass(frozen=True)
class _Centred:
    """Columns (rows × k) less their means, 0 where not recorded, their squares, and what is recorded (1, else 0)."""

    values: "NDArray[np.float32]"
    squares: "NDArray[np.float32]"
    known: "NDArray[np.float32]"

    @classmethod
    def of(cls, matrix: Floats) -> "_Centred":
        known = ~np.isnan(matrix)
        filled = np.where(known, matrix, 0.0)
        filled -= filled.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        filled /= np.abs(filled).max(axis=0, initial=1e-30)  # no square is too large for single precision
        values = np.where(known, filled, 0.0).astype(np.float32)
        return cls(values, values**2, known.astype(np.float32))

    def alike(self, other: "_Centred") -> Floats:
        """R² of each column (k) with each of ``other`` (m), k × m, over the rows that both have; 0 of few."""
        n = self.known.T @ other.known
        mine, its = self.values.T @ other.known, self.known.T @ other.values
        with np.errstate(divide="ignore", invalid="ignore"):
            covariance = self.values.T @ other.values - mine * its / n
            spread = (self.squares.T @ other.known - mine**2 / n) * (self.known.T @ other.squares - its**2 / n)
            found = np.where((n >= MIN_ROWS) & (spread > 0), np.nan_to_num(covariance**2 / spread), 0.0)
        return np.asarray(found, dtype=np.float64)


def _follows(
    rows: Floats, names: tuple[str, str, str], divisor: float, steps: Mapping[str, float], fitted: Fit
) -> bool:
    """Whether the first of three columns is a straight line of the ratio or share that the others make, to rounding."""
    z, x, y = rows[~np.isnan(rows).any(axis=1)].T
    whole = y + divisor * x
    good = (whole > 0) & (x > 0)
    if good.sum() < MIN_ROWS:
        return False
    z, x, y, whole = z[good], x[good], y[good], whole[good]
    ratio = x / whole
    size = ratio * (1 - divisor * ratio) * (steps[names[1]] / x + steps[names[2]] / y)
    fit = fitted(z, [ratio], steps[names[0]], [size])
    return fit is not None and abs(float(fit[0])) * ratio.std() > LEAST_PART * z.std()
