"""Which of all possible questions are asked: balanced by class, at most so many a feature, at most so many in all.

Within a group (a feature, or one class of it) the questions with the lowest draws are taken, so the choice
depends on the seed alone, and a smaller sample is part of a larger one. A class is a number's bin or a level.
"""

import heapq
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from creason_core.arrays import Bools, Floats, Ints
from creason_core.frozen import Frozen

Classes = NDArray[np.int32]  # one a patient: the class of the true value, −1 where nothing is asked
SLOT = 1 << 32  # far from the slots that the options of a question draw from


class PassRates(Frozen):
    """Keep questions whose pass rate in a scored run (file named by its SHA-256) lies within ``low``–``high``."""

    scored_sha256: str
    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)


class Sampling(Frozen):
    """How questions are chosen; the default is all of them.

    ``balanced``: every class of a feature comes equally often, as often as its rarest. ``quota``: at most so
    many a feature. ``limit``: at most so many in all, spread evenly over the features.
    """

    balanced: bool = False
    quota: int | None = Field(default=None, ge=1)
    limit: int | None = Field(default=None, ge=1)
    pass_rates: PassRates | None = None

    @property
    def everything(self) -> bool:
        """Whether every possible question is asked."""
        return not self.balanced and self.quota is None and self.limit is None


def select(
    classes: Sequence[Classes],
    bins: Sequence[int],
    draw: Callable[[int], Floats],
    sampling: Sampling,
) -> Bools:
    """Patients × features: what is asked.

    ``classes`` has one array a feature. ``bins`` is the number of classes that a balanced sample needs of each
    feature, 0 where those that occur suffice (levels). ``draw`` gives a feature's draws, one a patient.
    """
    possible = [column >= 0 for column in classes]
    if sampling.everything:
        return np.column_stack(possible)
    groups = [column if sampling.balanced else np.where(column >= 0, 0, -1) for column in classes]
    sizes = [np.bincount(column[column >= 0]) for column in groups]
    needed = bins if sampling.balanced else [0] * len(groups)
    each = _spread([_most(size, n, sampling) for size, n in zip(sizes, needed, strict=True)], sizes, sampling)
    chosen = np.zeros((len(groups[0]), len(groups)), dtype=bool)
    for place, (column, size, most) in enumerate(zip(groups, sizes, each, strict=True)):
        order = np.lexsort((draw(place), column))  # by class, then by draw; unasked patients come first
        start = len(column) - int(size.sum())
        for count in size.tolist():
            chosen[order[start : start + min(count, most)], place] = True
            start += count
    return chosen


def _most(size: Ints, needed: int, sampling: Sampling) -> int:
    """How many questions of each class of one feature the sampling allows, before any limit."""
    present = size[size > 0]
    if len(present) == 0 or (sampling.balanced and len(present) < max(needed, 2)):
        return 0
    most = int(present.min() if sampling.balanced else present.max())
    return most if sampling.quota is None else min(most, sampling.quota // len(present))


def _spread(each: list[int], sizes: Sequence[Ints], sampling: Sampling) -> list[int]:
    """``each`` lowered until the total is within the limit: whoever has fewest questions gets the next ones."""
    if sampling.limit is None:
        return each
    counts = [int((size > 0).sum()) for size in sizes]
    spread, left = [0] * len(each), sampling.limit
    # Equals come in an order that mixes the sections of a codebook: multiples of the golden ratio.
    waiting = [(0, place * 0x9E37_79B1 % 2**32, place) for place, most in enumerate(each) if most]
    heapq.heapify(waiting)
    while waiting:
        asked, turn, place = heapq.heappop(waiting)
        if counts[place] > left:
            continue
        spread[place] += 1
        left -= counts[place]
        if spread[place] < each[place]:
            heapq.heappush(waiting, (asked + counts[place], turn, place))
    return spread
