"""Cuts: levels that are ranges of a number, as a grade of a laboratory value is."""

from collections.abc import Mapping

import numpy as np

from creason_core.arrays import Floats
from creason_core.cohort.drafting.fits import MIN_ROWS, FittedFormula

MIN_OF_A_LEVEL = 5  # rows that two levels need, before ranges that do not overlap are no coincidence
MIN_OF_TWO_RANGES = 20  # rows that every level needs where one has two ranges
_SLIPS = 0.05  # of the rows of a level: so many may contradict a cut


def find_cuts(levels: Mapping[str, Floats], numbers: Mapping[str, Floats]) -> tuple[FittedFormula, ...]:
    """Columns of ``levels`` (as numbers, NaN: not recorded) that are ranges of one of ``numbers``.

    A level can be two ranges, as "out of the normal range" is. Up to one row in twenty of a level may be a slip.
    """
    return tuple(
        FittedFormula(level, (number,), f"ranges of {number}")
        for level, places in levels.items()
        for number, values in numbers.items()
        if _is_cut(places, values)
    )


def _is_cut(places: Floats, values: Floats) -> bool:
    both = ~np.isnan(places) & ~np.isnan(values)
    if both.sum() < MIN_ROWS:
        return False
    places, values = places[both], values[both]
    counts = np.unique(places, return_counts=True)[1]
    if (counts >= MIN_OF_A_LEVEL).sum() < 2 or len(np.unique(values)) <= 2 * len(counts):
        return False  # too few rows or values for a range to be no coincidence
    places = _usual(places, values)
    # Made before rounding, neighbours can share the number at a cut: their rows there come in either order.
    runs = min(_runs(places[np.lexsort((places * sign, values))]) for sign in (1, -1))
    return runs <= len(counts) or (runs <= 2 * len(counts) and counts.min() >= MIN_OF_TWO_RANGES)


def _usual(places: Floats, values: Floats) -> Floats:
    """Each row with the level that most rows of its number have; as they are where that changes more than slips."""
    (levels, level), number = np.unique(places, return_inverse=True), np.unique(values, return_inverse=True)[1]
    counts = np.zeros((number.max() + 1, len(levels)))
    np.add.at(counts, (number, level), 1)
    usual = counts.argmax(axis=1)[number]
    changed = np.bincount(level[usual != level], minlength=len(levels))
    return levels[usual] if np.all(changed <= _SLIPS * counts.sum(axis=0)) else places


def _runs(places: Floats) -> int:
    """How often the level changes along the number, and one; single rows among another level are slips."""
    alone = np.flatnonzero((places[1:-1] != places[:-2]) & (places[:-2] == places[2:])) + 1
    if all((places[alone] == level).sum() <= _SLIPS * (places == level).sum() for level in np.unique(places)):
        places = np.delete(places, alone)
    return 1 + int((np.diff(places) != 0).sum())
