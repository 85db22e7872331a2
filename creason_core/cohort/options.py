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
"""

import bisect
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Literal

from creason_core.cohort.stateless_random import key_of, uniform
from creason_core.errors import QuestionError
from creason_core.frozen import Frozen
from creason_core.record.codebook import Feature

Design = Literal["stratified", "paper"]
DESIGN_VERSIONS: dict[Design, tuple[int, ...]] = {"stratified": (1, 2), "paper": (1,)}  # all that are still read
DESIGN_VERSION: dict[Design, int] = {design: versions[-1] for design, versions in DESIGN_VERSIONS.items()}
MAX_OPTIONS = 5
NONE_OF_THESE = "None of these / cannot tell"

FEW_NUMBERS = 20  # the published recipe treats a number with at most this many values as categories


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


class Choice(Frozen):
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


def fit_mixture(numbers: Sequence[float], seed: int) -> tuple[Component, ...]:
    """The three-component Gaussian mixture of the published recipe, by ascending mean."""
    import numpy as np  # both only needed where a cohort is made
    from sklearn.mixture import GaussianMixture

    column = np.asarray(numbers, dtype=float)[:, None]
    fitted = GaussianMixture(n_components=3, random_state=seed).fit(column)
    parts = zip(fitted.weights_, fitted.means_[:, 0], fitted.covariances_[:, 0, 0], strict=True)
    rounded = (Component(weight=round(w, 6), mean=round(m, 6), sd=round(math.sqrt(v), 6)) for w, m, v in parts)
    return tuple(sorted(rounded, key=lambda part: part.mean))


def make_choice(
    model: OptionModel, truth: float | str, design: Design, *, seed: int, patient: str, donors: Donors | None = None
) -> Choice:
    """The options of a question whose recorded value is ``truth``.

    ``donors`` are for ``stratified``; without them the training patients are (its version 1).

    Raises:
        QuestionError: The training patients do not offer two different options.
    """
    if not model.usable:
        raise QuestionError(
            f"{model.feature.label} cannot be masked: the training patients have only one value of it.",
            remedy="Mask another value.",
        )
    draw = _Draws(seed, key_of(patient), key_of(model.feature.name))
    if donors is None:
        donors = fit_donors(model)
    if isinstance(truth, str):
        return _levels(model, truth, donors.levels, draw, by_frequency=design == "paper")
    truth = rounded(model.feature, truth)
    if design == "stratified":
        return _one_of_each_bin(model, truth, donors.bins, draw)
    if is_few_numbers(model):
        return _few_numbers(model, truth, draw)
    return around_the_truth(model, truth, below=int(draw(0) * MAX_OPTIONS))


def rounded(feature: Feature, value: float) -> float:
    """``value`` with the codebook's decimals, as its text says it; never −0."""
    return float(feature.text(value)) + 0.0


def is_few_numbers(model: OptionModel) -> bool:
    """Whether the published recipe treats this number's values as categories."""
    return len(model.distinct) <= FEW_NUMBERS


def around_the_truth(model: OptionModel, truth: float, below: int) -> Choice:
    """The published recipe for numbers: ``truth`` (rounded) with ``below`` (0 to 4) of the steps under it.

    Raises:
        QuestionError: The feature has no fitted mixture.
    """
    if not model.mixture:
        raise QuestionError(
            f"{model.feature.label} has no fitted mixture, which the design 'paper' needs.",
            remedy="Use the design 'stratified'.",
        )

    def exponent(part: Component, value: float) -> float:
        return -0.5 * ((value - part.mean) / part.sd) ** 2

    def density(part: Component, value: float) -> float:
        return part.weight / part.sd * math.exp(exponent(part, value))

    nearest = max(model.mixture, key=lambda part: (density(part, truth), -abs(truth - part.mean)))
    step = max(2 * nearest.sd, 10.0**-model.feature.decimals)
    steps = [rounded(model.feature, truth + (rank - below) * step) for rank in range(MAX_OPTIONS)]
    negative_too = truth < 0 or not model.mostly_positive
    values = {truth, *(value for value in steps if value >= 0 or negative_too)}
    if len(values) == 1:
        return around_the_truth(model, truth, below=0)
    shown = sorted(values)
    weights = [sum(density(part, value) for part in model.mixture) for value in shown]
    if not any(weights):  # so far from every training patient that each density is 0.0: compared by its exponent
        exponents = [max(exponent(part, value) for part in model.mixture) for value in shown]
        weights = [math.exp(one - max(exponents)) for one in exponents]
    total = sum(weights)
    options = tuple(_number(model.feature, value, weight / total) for value, weight in zip(shown, weights, strict=True))
    return Choice(options=options, key=shown.index(truth))


def estimate_options(model: OptionModel) -> tuple[Option, ...]:
    """The options for a value that nobody recorded: bins or levels of the training distribution, and none.

    Raises:
        QuestionError: The training patients do not offer two different options.
    """
    if not model.usable:
        raise QuestionError(
            f"No options can be built for {model.feature.label}: the training patients have only one value of it."
        )
    none = Option(text=NONE_OF_THESE, value=None, prior=0.0)
    if not model.feature.numeric:
        total = sum(count for _, count in model.levels)
        return (*(_level(model.feature, code, count / total) for code, count in model.levels), none)
    shares = [len(values) / len(model.numbers) for values in model.bins]
    last = len(model.bins) - 1
    options = []
    for index, (values, share) in enumerate(zip(model.bins, shares, strict=True)):
        low, high = model.feature.text(values[0]), model.feature.text(values[-1])
        text = f"{high} or less" if index == 0 else f"{low} or more" if index == last else f"{low} to {high}"
        if low == high and 0 < index < last:
            text = low
        options.append(Option(text=text, value=None, prior=share, low=values[0], high=values[-1]))
    return (*options, none)


@dataclass(frozen=True, slots=True)
class _Draws:
    seed: int
    patient: int
    feature: int

    def __call__(self, slot: int) -> float:
        return uniform(self.seed, self.patient, self.feature, slot)


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


def _one_of_each_bin(model: OptionModel, truth: float, donors: Sequence[DonorBin], draw: _Draws) -> Choice:
    key = model.bin_of(truth)
    options = []
    for index, values in enumerate(model.bins):
        value = truth if index == key else donors[index].drawn(draw(index))
        share = len(values) / len(model.numbers)
        options.append(_number(model.feature, value, share, values[0], values[-1]))
    return Choice(options=tuple(options), key=key)


def _levels(model: OptionModel, truth: str, offered: Sequence[str], draw: _Draws, *, by_frequency: bool) -> Choice:
    counts = dict(model.levels)
    order = [level.code for level in model.feature.levels]
    others = [code for code in offered if code != truth]

    def rank(code: str) -> float:
        u = draw(order.index(code))
        # Drawing by weight without replacement: Efraimidis and Spirakis, IPL 2006, doi 10.1016/j.ipl.2005.11.003
        return math.log(max(u, 2.0**-53)) / counts[code] if by_frequency else u

    chosen = sorted(others, key=rank, reverse=True)[: MAX_OPTIONS - 1]
    shown = sorted([truth, *chosen], key=order.index)
    weights = [counts.get(code, 0) for code in shown]
    weights = weights if any(weights) else [1] * len(shown)  # no training patient has any of them
    options = tuple(
        _level(model.feature, code, weight / sum(weights)) for code, weight in zip(shown, weights, strict=True)
    )
    return Choice(options=options, key=shown.index(truth))


def _few_numbers(model: OptionModel, truth: float, draw: _Draws) -> Choice:
    counts = Counter(model.numbers)
    others = [value for value in model.distinct if value != truth]
    ranked = sorted(
        range(len(others)), key=lambda slot: math.log(max(draw(slot), 2.0**-53)) / counts[others[slot]], reverse=True
    )
    shown = sorted([truth, *(others[slot] for slot in ranked[: MAX_OPTIONS - 1])])
    total = sum(counts[value] for value in shown)
    options = tuple(_number(model.feature, value, counts[value] / total) for value in shown)
    return Choice(options=options, key=shown.index(truth))


def _number(
    feature: Feature, value: float, prior: float, low: float | None = None, high: float | None = None
) -> Option:
    return Option(text=feature.text(value), value=value, prior=prior, low=low, high=high)


def _level(feature: Feature, code: str, prior: float) -> Option:
    return Option(text=feature.text(code), value=code, prior=prior)
