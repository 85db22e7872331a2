"""Formulas found in the numbers: columns that others of the table give exactly, up to rounding.

Pairs, here: one is a straight line of the other or of its logarithm. Then sums and products of two (``triples``)
and of more (``longer_sums``), and what else two columns give (``other_pairs``). A find is verified on the rows
themselves; what is a coincidence of few rows cannot be told apart, which is why each asks for a look. Levels that are
ranges of a number are in ``cuts``.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

import numpy as np

from creason_core.arrays import Floats
from creason_core.cohort.drafting.fits import MIN_ROWS, NEARLY, Fit, FittedFormula, least_squares
from creason_core.cohort.drafting.longer_sums import completed, longer_powers, longer_sums
from creason_core.cohort.drafting.other_pairs import extremes, ratios
from creason_core.cohort.drafting.triples import sums_and_powers

MAX_COLUMNS = 700  # all triples of these are looked at
MAX_ROWS = 5000


def find_formulas(
    columns: Mapping[str, Floats], steps: Mapping[str, float], *, holds_in: float = 1.0
) -> tuple[FittedFormula, ...]:
    """The formulas among numeric ``columns`` (NaN: not recorded); ``steps`` is what each is rounded to.

    A result is named once, by the simplest formula; among the columns of one formula, the result is the last.
    ``holds_in`` is the share of the rows that a formula must hold in: below 1, slips of the pen do not hide it.
    Columns of two values (0 and 1) can be parts of a sum, and no result.
    """
    short = {name: values[:MAX_ROWS] for name, values in columns.items()}
    different = {name: len(np.unique(values[~np.isnan(values)])) for name, values in short.items()}
    usable = dict([(name, values) for name, values in short.items() if different[name] > 2][:MAX_COLUMNS])
    flags = {name: values for name, values in short.items() if different[name] == 2}
    fitted = partial(least_squares, holds_in=holds_in)
    found: dict[str, FittedFormula] = {}

    def take(formulas: Iterable[FittedFormula]) -> None:
        for formula in formulas:
            parts = {formula.result, *formula.inputs}
            same = any(parts <= {f.result, *f.inputs} for f in found.values())
            # An input in terms of results, as systolic pressure from mean and pulse pressure, says nothing new.
            back = any(formula.result in f.inputs for f in found.values()) and found.keys() & formula.inputs
            if formula.result not in found and not same and not back:
                found[formula.result] = formula

    take(_lines(usable, steps, fitted))
    take(sorted(sums_and_powers(usable, steps, fitted), key=lambda formula: not formula.named))
    left = {name: values for name, values in usable.items() if name not in found}
    take(longer_sums(left, flags, steps, fitted))
    left = {name: values for name, values in left.items() if name not in found}
    take(longer_powers(left, steps, fitted))
    take(extremes(usable, steps, holds_in))
    take(ratios({name: values for name, values in left.items() if name not in found}, steps, fitted))
    return tuple(completed(formula, usable | flags, steps, fitted) for formula in found.values())


def _lines(columns: Mapping[str, Floats], steps: Mapping[str, float], fitted: Fit) -> Iterator[FittedFormula]:
    logs = {name: np.log(values) for name, values in columns.items() if np.nanmin(values) > 0}
    names = list(columns)
    for log in ("", "x", "y"):  # of which the logarithm is taken
        left, right = (logs if log == "x" else columns), (logs if log == "y" else columns)
        for x, y in _alike(left, right, names):
            both = ~np.isnan(columns[x]) & ~np.isnan(columns[y])
            if both.sum() < MIN_ROWS or len(np.unique(columns[x][both])) < 3:
                continue
            size = {n: steps[n] / columns[n][both] if m else steps[n] for n, m in ((x, log == "x"), (y, log == "y"))}
            fit = fitted(right[y][both], [left[x][both]], size[y], [size[x]])
            if fit is not None:
                same = not log and bool(np.array_equal(columns[x][both], columns[y][both]))
                of, what = (
                    (f"ln {x}" if log == "x" else x),
                    (f"its logarithm {fit[0]:.6g}" if log == "y" else f"{fit[0]:.6g}"),
                )
                yield FittedFormula(y, (x,), f"the same as {x}" if same else f"{what} times {of}, {fit[1]:+.6g}")


def _alike(left: Mapping[str, Floats], right: Mapping[str, Floats], names: list[str]) -> list[tuple[str, str]]:
    """Pairs of columns, the earlier first, that a straight line nearly fits."""
    import pandas as pd

    xs, ys = [name for name in names if name in left], [name for name in names if name in right]
    if not xs or not ys:
        return []
    frame = pd.DataFrame({**{("x", n): left[n] for n in xs}, **{("y", n): right[n] for n in ys}})
    r = frame.corr(min_periods=MIN_ROWS).to_numpy()[: len(xs), len(xs) :] if left is not right else (
        pd.DataFrame({n: left[n] for n in xs}).corr(min_periods=MIN_ROWS).to_numpy()
    )  # fmt: skip
    near = np.nan_to_num(r) ** 2 > NEARLY
    place = {name: k for k, name in enumerate(names)}
    pairs = [(xs[i], ys[j]) for i, j in zip(*np.nonzero(near), strict=True)]
    return [(x, y) for x, y in pairs if place[x] < place[y]]
