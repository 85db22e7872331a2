"""The values that stand beside a true one in the design ``stratified``, bin by bin or level by level."""

import bisect
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from creason_core.cohort.options import OptionModel, rounded


@dataclass(frozen=True)
class DonorBin:
    """The donors of one bin: their distinct ``values``, ascending, and how many have at most each (``upto``)."""

    values: tuple[float, ...]
    upto: tuple[int, ...]

    def drawn(self, u: float) -> float:
        """The value of one donor, each equally likely; ``u`` is uniform in [0, 1)."""
        return self.values[bisect.bisect_right(self.upto, int(u * self.upto[-1]))]


@dataclass(frozen=True)
class Donors:
    """The patients whose values of one feature stand beside a true one.

    ``bins`` belong to those of the ``OptionModel``, none is empty; ``levels`` are the codes that are offered, in
    codebook order. One of the two is empty.
    """

    bins: tuple[DonorBin, ...] = ()
    levels: tuple[str, ...] = ()


def fit_donors(model: OptionModel, groups: Iterable[Iterable[float | str]] = ()) -> Donors:
    """The donors among ``groups`` of patients, each given by their measured values of the feature.

    Numbers: each bin's are of the first group that has somebody in it, else the training patients. Levels: those of
    the first group; all of the codebook where that group has fewer than two. Without groups: the training patients.
    A group that is not needed is not asked for.
    """
    if not model.feature.numeric:
        own = set(next(iter(groups), dict(model.levels)))
        codes = tuple(level.code for level in model.feature.levels)
        return Donors(levels=tuple(code for code in codes if code in own) if len(own) > 1 else codes)
    waiting = {place: Counter(values) for place, values in enumerate(model.bins)}
    found: dict[int, Counter[float]] = {}
    for group in groups:
        here: dict[int, Counter[float]] = {place: Counter() for place in waiting}
        for value, count in Counter(group).items():
            number = rounded(model.feature, float(value))
            if (place := model.bin_of(number)) in here:
                here[place][number] += count
        found |= {place: counts for place, counts in here.items() if counts}
        waiting = {place: values for place, values in waiting.items() if place not in found}
        if not waiting:
            break
    return Donors(bins=tuple(_donor_bin((found | waiting)[place]) for place in range(len(model.bins))))


def _donor_bin(counts: Counter[float]) -> DonorBin:
    values = tuple(sorted(counts))
    return DonorBin(values, tuple(accumulate(counts[value] for value in values)))
