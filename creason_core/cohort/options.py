"""The options of a question: one true value among plausible others, in two designs.

``stratified`` (default): a number's options are one value from each of up to five equal-probability bins of
the training distribution, the true value standing for its own bin. All carry the codebook's decimals and
stand in ascending order; because every bin always appears, neither order, nor spacing, nor rounding says which
is true. A level's options are the true level and others drawn evenly, in codebook order. The values beside the
true one are those of its ``Donors``: of patients drawn from the same part of the registry (version 2), so that
nothing that can be known of a value tells the true one from them. In version 1, which is still read, all were
training patients.

``paper``: the published recipe (Kim et al., arXiv 2505.02722), kept for comparison with the literature:
numbers around the true value at steps of twice the standard deviation of its mixture component. Its spacing
gives the answer away in part, which is why it is never the default. Deviations from the published program,
which are repairs: the true value is rounded like the others, options are sorted, draws are seeded, and where
dropping negatives leaves the true value alone, the others stand above it.

An estimate of a value that nobody recorded has no true option and is made by functions of its own.

Here are options as such, and the training distribution that they are made from; ``cohort.donor_bins`` has the values
beside the true one, ``cohort.published_options`` the design ``paper``, ``cohort.option_making`` puts them together.
"""

import bisect
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

from creason_core.cohort.stateless_random import uniform
from creason_core.frozen import Frozen
from creason_core.record.codebook import Feature

Design = Literal["stratified", "paper"]
DESIGN_VERSIONS: dict[Design, tuple[int, ...]] = {"stratified": (1, 2), "paper": (1,)}  # all that are still read
DESIGN_VERSION: dict[Design, int] = {design: versions[-1] for design, versions in DESIGN_VERSIONS.items()}
MAX_OPTIONS = 5


class Option(Frozen):
    """One option as shown and sent.

    ``prior`` is the share of training patients that this option stands for, among the options shown. ``low``
    and ``high`` bound the bin that a number stands for. ``value`` is None for "none of these" and for the
    bins of an estimate.
    """

    text: str
    value: float | str | None
    prior: float
    low: float | None = None
    high: float | None = None


class MadeOptions(Frozen):
    """Options in canonical order and the index of the true one."""

    options: tuple[Option, ...]
    key: int


class Component(Frozen):
    """One component of a fitted one-dimensional Gaussian mixture."""

    weight: float
    mean: float
    sd: float


@dataclass(frozen=True)
class OptionModel:
    """The training distribution of one feature, from which its options are made.

    ``numbers`` are the measured training values, rounded to the codebook's decimals and sorted; ``levels``
    are codebook level codes with their counts. One of the two is empty. ``mixture`` serves the ``paper``
    design of numbers and may be empty.
    """

    feature: Feature
    numbers: tuple[float, ...]
    levels: tuple[tuple[str, int], ...]
    mixture: tuple[Component, ...] = ()

    @cached_property
    def bins(self) -> tuple[tuple[float, ...], ...]:
        """The training values of each bin, ascending; bins hold at least half of 1/5 of the patients."""
        return _equal_probability_bins(self.numbers, MAX_OPTIONS)

    @cached_property
    def uppers(self) -> tuple[float, ...]:
        """The largest training value of each bin but the last: where the bins end."""
        return tuple(values[-1] for values in self.bins[:-1])

    def bin_of(self, value: float) -> int:
        """The bin that ``value`` counts to: between two bins the upper one, beyond all of them the outermost."""
        return bisect.bisect_left(self.uppers, value)

    @cached_property
    def distinct(self) -> tuple[float, ...]:
        """The distinct training numbers, ascending."""
        return tuple(sorted(set(self.numbers)))

    @cached_property
    def mostly_positive(self) -> bool:
        """Whether negative numbers are so rare (under 5 %) that the published recipe offers none."""
        return sum(value >= 0 for value in self.numbers) >= 0.95 * len(self.numbers)

    @property
    def usable(self) -> bool:
        """Whether at least two options can be made."""
        return len(self.bins) >= 2 if self.feature.numeric else len(self.levels) >= 2


def fit_options(
    feature: Feature, training_values: Iterable[float | str], mixture: Sequence[Component] = ()
) -> OptionModel:
    """The option model of ``feature`` from the measured values of the training patients."""
    counts = Counter(training_values)
    if feature.numeric:
        numbers = sorted(n for value, count in counts.items() for n in [rounded(feature, float(value))] * count)
        return OptionModel(feature, tuple(numbers), (), tuple(mixture))
    levels = tuple((level.code, counts[level.code]) for level in feature.levels if counts[level.code])
    return OptionModel(feature, (), levels)


def rounded(feature: Feature, value: float) -> float:
    """``value`` with the codebook's decimals, as its text says it; never −0."""
    return float(feature.text(value)) + 0.0


def _equal_probability_bins(numbers: tuple[float, ...], most: int) -> tuple[tuple[float, ...], ...]:
    """Cuts sorted ``numbers`` where the share below is nearest to i/``most``, never between equal values."""
    total = len(numbers)
    edges = [index for index in range(1, total) if numbers[index] > numbers[index - 1]]
    cuts: list[int] = []
    for part in range(1, most):
        if not edges:
            break
        target = part * total / most
        at = bisect.bisect_left(edges, target)
        cut = min(edges[max(at - 1, 0) : at + 1], key=lambda edge: (abs(edge - target), edge))
        least = total / (2 * most)
        if cut - (cuts[-1] if cuts else 0) >= least and total - cut >= least:
            cuts.append(cut)
    return tuple(numbers[start:stop] for start, stop in pairwise([0, *cuts, total])) if numbers else ()


def number_option(
    feature: Feature, value: float, prior: float, low: float | None = None, high: float | None = None
) -> Option:
    """A number as an option; the rest as in ``Option``."""
    return Option(text=feature.text(value), value=value, prior=prior, low=low, high=high)


def level_option(feature: Feature, code: str, prior: float) -> Option:
    """A level, by its code, as an option."""
    return Option(text=feature.text(code), value=code, prior=prior)


@dataclass(frozen=True, slots=True)
class Draws:
    """Uniform numbers in [0, 1) of one question: the same for the same seed, patient, feature and slot."""

    seed: int
    patient: int
    feature: int

    def __call__(self, slot: int) -> float:
        """The number of ``slot``; each is drawn once."""
        return uniform(self.seed, self.patient, self.feature, slot)
