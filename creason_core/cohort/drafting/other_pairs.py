"""Columns that follow from two others, and are neither their sum nor their product.

The larger or the smaller of two (the worst of a day); a ratio on another scale, as an ejection fraction is of two
volumes; and a share of a sum.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np

from creason_core.arrays import Floats
from creason_core.cohort.drafting.correlations import Centred
from creason_core.cohort.drafting.fits import LEAST_PART, LEAST_POSITIVE, MIN_ROWS, Fit, FittedFormula

MAX_COLUMNS = 200  # all ratios of two of these are held against each of them
_SEARCHED_ROWS = 300  # in which a ratio is looked for; it is held against all
_NEAR = 0.85  # R² of ranks from which a ratio is looked at closely: slips and rounding take from it
_LEFT = 0.6  # of what the better of the two leaves open alone: so much the ratio may leave open
_NEEDED = 0.05  # of the rows: in so many each of two must be the one that counts
_FEWEST = 4  # values that the larger of two must have: with fewer it is a coincidence soon
_EXTREMES = (("larger", np.maximum, 1.0), ("smaller", np.minimum, -1.0))


def extremes(columns: Mapping[str, Floats], steps: Mapping[str, float], holds_in: float) -> Iterator[FittedFormula]:
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
                    yield FittedFormula(result, (x, y), f"the {word} of {x} and {y}")


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


def ratios(columns: Mapping[str, Floats], steps: Mapping[str, float], fitted: Fit) -> Iterator[FittedFormula]:
    """Each column that is a straight line of the ratio of two others, or of the share of one in their sum.

    Looked for by ranks, which one slip of the pen does not move far.
    """
    names = list(columns)[:MAX_COLUMNS]
    if len(names) < 3:
        return
    matrix = np.column_stack([columns[name] for name in names])
    for below, name in enumerate(names):
        divisors = matrix[:, below]
        known = np.flatnonzero(~np.isnan(divisors))[:_SEARCHED_ROWS]
        some = matrix[known]
        targets = Centred.of(_ranks(some))
        alone = targets.correlations(targets) ** 2
        for word, divisor in (("the ratio of {} to {}", 0.0), ("the share of {} in its sum with {}", 1.0)):
            if np.nanmin(divisors) < 0 or not (divisor or (divisors[known] > 0).mean() >= LEAST_POSITIVE):
                continue
            whole = some[:, [below]] + divisor * some
            with np.errstate(divide="ignore", invalid="ignore"):
                found = np.where(whole > 0, some / whole, np.nan)
            near = Centred.of(_ranks(found)).correlations(targets) ** 2
            near[below], near[:, below] = 0.0, 0.0
            np.fill_diagonal(near, 0.0)
            # One of the two says nearly as much; where nothing is better, slips have taken as much from both.
            near[1 - near > _LEFT * (1 - np.maximum(alone, alone[below]))] = 0.0
            for above, result in zip(*np.nonzero(near > _NEAR), strict=True):
                inputs = (names[above], name)
                if _follows(matrix[:, [result, above, below]], (names[result], *inputs), divisor, steps, fitted):
                    yield FittedFormula(names[result], inputs, f"a straight line of {word.format(*inputs)}")


def _ranks(matrix: Floats) -> Floats:
    """Each column's ranks, ties sharing one; NaN where not recorded."""
    import pandas as pd

    return np.asarray(pd.DataFrame(matrix).rank(), dtype=np.float64)


def _follows(
    rows: Floats, names: tuple[str, str, str], divisor: float, steps: Mapping[str, float], fitted: Fit
) -> bool:
    """Whether the first of three columns is a straight line of the ratio or share that the others make, to rounding."""
    z, x, y = rows[~np.isnan(rows).any(axis=1)].T
    whole = y + divisor * x
    good = (whole > 0) & (x >= 0)
    if good.sum() < MIN_ROWS:
        return False
    z, x, whole = z[good], x[good], whole[good]
    ratio = x / whole
    size = (steps[names[1]] * (1 - divisor * ratio) + steps[names[2]] * ratio) / whole
    fit = fitted(z, [ratio], steps[names[0]], [size])
    return fit is not None and abs(float(fit[0])) * ratio.std() > LEAST_PART * z.std()
