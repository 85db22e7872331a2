"""Levels that are ranges of what two numbers make together: shock of a mean pressure, a class of the body mass index.

The number itself (MAP, the ratio) need not be a column. It is a weighted sum of the two, or a product of their powers,
which is a weighted sum of their logarithms: a straight line that parts the levels. The line is sought only for the
pairs that go with a level best, by their correlations alone.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from creason_core.arrays import Bools, Floats
from creason_core.cohort.drafting.correlations import Centred
from creason_core.cohort.drafting.fits import FittedFormula, logarithms

MAX_ROWS = 5000
MIN_OF_A_LEVEL = 20  # rows that a level needs to be looked at: fewer are parted by some line soon
SLIPS = 0.05  # of the rows of a level: so many may lie on the wrong side
_ALONE = 2.5  # times as many lie there by the better of the two numbers alone: else the other adds nothing
_HELPS = 1.04  # times as much as one alone must two explain of a level to be looked at
_LOOKED_AT = 12  # pairs of a level, the best first
_FAR = 0.25  # of a level on the wrong side of the first line: no better one will part it
_ROUNDS = 12


def find_cuts_of_two(levels: Mapping[str, Floats], numbers: Mapping[str, Floats]) -> tuple[FittedFormula, ...]:
    """Columns of ``levels`` (as numbers, NaN: not recorded) that are ranges of a sum or a product of two ``numbers``.

    Up to one row in twenty of a level may be a slip; levels of fewer than 20 rows are not looked at, nor is what one
    of the two numbers settles nearly as well alone.
    """
    short = {name: values[:MAX_ROWS] for name, values in numbers.items()}
    known = {name: values for name, values in short.items() if len(np.unique(values[~np.isnan(values)])) > 2}
    found: dict[tuple[str, ...], FittedFormula] = {}
    for terms, words in ((known, "a weighted sum"), (logarithms(known), "a product of powers")):
        if len(terms) < 2:
            continue
        matrix = np.column_stack(list(terms.values()))
        for result, inputs in _parted(levels, list(terms), matrix):
            key = (result, *inputs)
            found.setdefault(key, FittedFormula(result, inputs, f"ranges of {words} of {inputs[0]} and {inputs[1]}"))
    return tuple(found.values())


def _parted(levels: Mapping[str, Floats], names: list[str], matrix: Floats) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each of ``levels`` with each pair of the ``names`` (columns of ``matrix``) of which a sum has them in ranges."""
    centred = Centred.of(matrix)
    with_each_other = centred.correlations(centred)
    for level, column in levels.items():
        places = column[:MAX_ROWS]
        kinds, counts = np.unique(places[~np.isnan(places)], return_counts=True)
        kinds = kinds[counts >= MIN_OF_A_LEVEL]
        if len(kinds) < 2:
            continue
        places = np.where(np.isin(places, kinds), places, np.nan)
        pairs = dict.fromkeys(
            pair
            for kind in (kinds[:1] if len(kinds) == 2 else kinds)
            for pair in _candidates(np.where(np.isnan(places), np.nan, places == kind), centred, with_each_other)
        )
        for x, y in pairs:
            if _are_ranges(places, matrix[:, [x, y]]):
                yield level, (names[x], names[y])


def _candidates(flag: Floats, centred: Centred, with_each_other: Floats) -> list[tuple[int, int]]:
    """The pairs of columns that explain most of ``flag`` (1, 0 or NaN), and more than either alone; best first."""
    r = Centred.of(flag[:, None]).correlations(centred)[0]
    with np.errstate(invalid="ignore", divide="ignore"):
        explained = (r[:, None] ** 2 + r[None, :] ** 2 - 2 * np.outer(r, r) * with_each_other) / (
            1 - with_each_other**2
        )
    explained[np.abs(with_each_other) > 0.999] = np.nan  # the two say the same
    explained[~(explained >= _HELPS * np.maximum(r[:, None], r[None, :]) ** 2)] = np.nan
    above = np.argwhere(np.triu(np.nan_to_num(explained), 1) > 0)
    best = np.argsort(-explained[above[:, 0], above[:, 1]], kind="stable")[:_LOOKED_AT]
    return [(int(x), int(y)) for x, y in above[best]]


def _are_ranges(places: Floats, two: Floats) -> bool:
    """Whether the levels are ranges of some weighted sum of ``two`` (rows × 2), and of neither alone nearly as well."""
    rows = ~np.isnan(places) & ~np.isnan(two).any(axis=1)
    places, two = places[rows], two[rows]
    kinds, counts = np.unique(places, return_counts=True)
    if len(kinds) < 2 or counts.min() < MIN_OF_A_LEVEL or not two.std(axis=0).all():
        return False
    two = (two - two.mean(axis=0)) / two.std(axis=0)
    for kind in kinds[:1] if len(kinds) == 2 else kinds:
        weights = _line(two, places == kind)
        if weights is None:
            continue
        wrong = _wrong(two @ weights, places)
        if wrong <= SLIPS:
            alone = min(_wrong(two[:, column], places) for column in (0, 1))
            return bool(alone > max(SLIPS, _ALONE * wrong))
    return False


def _line(two: Floats, flag: Bools) -> Floats | None:
    """Weights of the sum of ``two`` that parts ``flag`` from the rest; None where the first guess is far from it.

    Logistic regression that counts both sides alike; after it, rows on the wrong side are slips and set aside once.
    """
    design = np.column_stack([two, np.ones(len(two))])
    centre = [two[side].mean(axis=0) for side in (flag, ~flag)]
    within = sum(np.cov(two[side], rowvar=False) for side in (flag, ~flag)) + 1e-6 * np.eye(2)
    if _wrong(two @ np.linalg.solve(within, centre[0] - centre[1]), flag.astype(np.float64)) > _FAR:
        return None
    kept = np.ones(len(two), dtype=bool)
    weights = np.zeros(3)
    for _ in range(2):
        weights = _logistic(design[kept], flag[kept], weights)
        kept = (design @ weights > 0) == flag
        if min(kept[flag].mean(), kept[~flag].mean()) < 1 - 2 * SLIPS:
            break
    return weights[:2]


def _logistic(design: Floats, flag: Bools, weights: Floats) -> Floats:
    """Newton's steps from ``weights``; the small penalty keeps those of sides that are wholly apart finite."""
    each = np.where(flag, 0.5 / max(flag.sum(), 1), 0.5 / max((~flag).sum(), 1))
    penalty = 1e-5 * np.diag([1.0, 1.0, 0.0])
    for _ in range(_ROUNDS):
        likely = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (each * (likely - flag)) + penalty @ weights
        bend = (design * (each * likely * (1 - likely))[:, None]).T @ design + penalty + 1e-9 * np.eye(3)
        step = np.linalg.solve(bend, slope)
        weights = weights - step * min(1.0, 10 / (1e-12 + np.abs(step).max()))
    return weights


def _wrong(values: Floats, places: Floats) -> float:
    """The share of the level that suffers most, when the levels are ranges of ``values`` that part them best."""
    kinds = np.unique(places)
    kinds = kinds[np.argsort([np.median(values[places == kind]) for kind in kinds])]
    lost = np.zeros(len(kinds))
    for place in range(len(kinds) - 1):
        below, above = np.sort(values[places == kinds[place]]), np.sort(values[places == kinds[place + 1]])
        at = np.concatenate([below, above])  # the lower level up to and with this value
        too_high = 1 - np.searchsorted(below, at, side="right") / len(below)
        too_low = np.searchsorted(above, at, side="right") / len(above)
        best = int(np.maximum(too_high, too_low).argmin())
        lost[place] += too_high[best]
        lost[place + 1] += too_low[best]
    return float(lost.max())
