"""The options of one feature for many patients at once: the same as ``option_making.make_choice``, column by column.

``options.py`` says what the designs are; this module only draws and looks up in numpy. Texts and values are
written once for every different number or level and then referred to by their place in a pool. A row that has
fewer options than another is filled up with −1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from creason_core.arrays import Bools, Floats, Ints
from creason_core.cohort.donor_bins import Donors, fit_donors
from creason_core.cohort.options import MAX_OPTIONS, Design, MadeOptions, OptionModel, rounded
from creason_core.cohort.published_options import around_the_truth, is_few_numbers
from creason_core.cohort.stateless_random import key_of
from creason_core.question.vectorised.stateless_random import uniforms
from creason_core.record.codebook import Feature


@dataclass(frozen=True, slots=True)
class OptionColumns:
    """Options of n questions about one feature.

    ``pool`` holds every value that is offered; ``index`` (n × 5) points into it, −1 where a question has fewer
    options; ``priors`` (n × 5) belong to ``index``; ``key`` (n) is the place of the true option.
    """

    pool: tuple[float | str, ...]
    index: Ints
    priors: Floats
    key: Ints


@dataclass(frozen=True, slots=True)
class Draw:
    """The draws of one feature for n patients."""

    seed: int
    patient_keys: NDArray[np.uint64]
    feature_key: int

    def __call__(self, slots: range) -> Floats:
        """Patients × slots."""
        return uniforms(self.seed, self.patient_keys, self.feature_key, slots)


class Chooser(Protocol):
    """Makes the options of one feature; built once, used for every chunk of patients."""

    def choose(self, truths: Sequence[float | str], codes: Ints, draw: Draw) -> OptionColumns:
        """The options of patients whose recorded value is ``truths[codes]``."""

    def classes(self, truths: Sequence[float | str]) -> Ints:
        """The class that each of ``truths`` counts to when questions are balanced: its bin, or its level."""


def chooser(model: OptionModel, design: Design, donors: Donors | None = None) -> Chooser:
    """The column-by-column ``make_choice`` of ``model``, which must be usable, with these ``donors``."""
    if donors is None:
        donors = fit_donors(model)
    if not model.feature.numeric:
        return Levels(model, donors.levels, by_frequency=design == "paper")
    if design == "stratified":
        return Bins(model, donors)
    return FewNumbers(model) if is_few_numbers(model) else AroundTheTruth(model)


def draws_for(feature: Feature, patient_keys: NDArray[np.uint64], seed: int) -> Draw:
    """The draws of the questions about ``feature``."""
    return Draw(seed, patient_keys, key_of(feature.name))


class Bins:
    """Stratified numbers: the value of one donor from each bin, the truth standing for its own."""

    def __init__(self, model: OptionModel, donors: Donors) -> None:
        self._feature = model.feature
        self._pool = np.concatenate([found.values for found in donors.bins])  # the bins one after another
        self._sizes = np.array([found.upto[-1] for found in donors.bins])
        self._starts = np.cumsum(self._sizes) - self._sizes
        uptos = [start + np.array(found.upto) for start, found in zip(self._starts, donors.bins, strict=True)]
        self._upto = np.concatenate(uptos)  # donors up to each value of the pool
        self._uppers = np.array(model.uppers)
        self._shares = np.array([len(values) for values in model.bins]) / len(model.numbers)

    def choose(self, truths: Sequence[float | str], codes: Ints, draw: Draw) -> OptionColumns:
        """As ``Chooser.choose``."""
        exact = all_rounded(self._feature, truths)
        key = np.searchsorted(self._uppers, exact)[codes]
        bins = len(self._sizes)
        picked = self._starts + (draw(range(bins)) * self._sizes).astype(np.int64)
        index = np.full((len(codes), MAX_OPTIONS), -1)
        index[:, :bins] = np.searchsorted(self._upto, picked, side="right")
        index[np.arange(len(codes)), key] = len(self._pool) + codes
        priors = np.zeros((len(codes), MAX_OPTIONS))
        priors[:, :bins] = self._shares
        return OptionColumns((*self._pool.tolist(), *exact.tolist()), index, priors, key)

    def classes(self, truths: Sequence[float | str]) -> Ints:
        """As ``Chooser.classes``: the bin."""
        return np.searchsorted(self._uppers, all_rounded(self._feature, truths)).astype(np.int64)


class Levels:
    """Levels: the true one and others drawn evenly or by frequency, in codebook order."""

    def __init__(self, model: OptionModel, offered: Sequence[str], *, by_frequency: bool) -> None:
        self._codes = tuple(level.code for level in model.feature.levels)
        counts = dict(model.levels)
        self._counts = np.array([counts.get(code, 0) for code in self._codes])
        self._offered = np.array([code in offered for code in self._codes])
        self._by_frequency = by_frequency

    def choose(self, truths: Sequence[float | str], codes: Ints, draw: Draw) -> OptionColumns:
        """As ``Chooser.choose``."""
        truth = self.classes(truths)[codes]
        slots = np.broadcast_to(np.arange(len(self._codes)), (len(codes), len(self._codes)))
        index, priors, key = _drawn(self._counts, self._offered, slots, truth, draw, by_frequency=self._by_frequency)
        return OptionColumns(self._codes, index, priors, key)

    def classes(self, truths: Sequence[float | str]) -> Ints:
        """As ``Chooser.classes``: the level's place in the codebook."""
        places = {code: place for place, code in enumerate(self._codes)}
        return np.array([places[str(truth)] for truth in truths], dtype=np.int64)


class FewNumbers:
    """The published recipe for a number with few values: they are drawn by frequency, like levels."""

    def __init__(self, model: OptionModel) -> None:
        self._bins = Bins(model, fit_donors(model))
        self._feature = model.feature
        values, counts = np.unique(np.asarray(model.numbers), return_counts=True)
        self._counts = dict(zip(values.tolist(), counts.tolist(), strict=True))

    def choose(self, truths: Sequence[float | str], codes: Ints, draw: Draw) -> OptionColumns:
        """As ``Chooser.choose``. A value's slot is its place among the training values other than the truth."""
        exact = all_rounded(self._feature, truths)
        pool = np.union1d(exact, np.array(list(self._counts)))
        counts = np.array([self._counts.get(value, 0) for value in pool.tolist()])
        known = counts > 0
        truth = np.searchsorted(pool, exact)[codes]
        rank = np.cumsum(known) - 1
        slots = rank - (known[truth][:, None] & (pool[truth][:, None] < pool))
        index, priors, key = _drawn(counts, known, np.maximum(slots, 0), truth, draw, by_frequency=True)
        return OptionColumns(tuple(pool.tolist()), index, priors, key)

    def classes(self, truths: Sequence[float | str]) -> Ints:
        """As ``Chooser.classes``: the bin."""
        return self._bins.classes(truths)


class AroundTheTruth:
    """The published recipe for numbers: made once for each different truth and each rank that it can have."""

    def __init__(self, model: OptionModel) -> None:
        self._model = model
        self._bins = Bins(model, fit_donors(model))

    def choose(self, truths: Sequence[float | str], codes: Ints, draw: Draw) -> OptionColumns:
        """As ``Chooser.choose``."""
        exact = all_rounded(self._model.feature, truths).tolist()
        made = [around_the_truth(self._model, value, below) for value in exact for below in range(MAX_OPTIONS)]
        which = codes * MAX_OPTIONS + (draw(range(1))[:, 0] * MAX_OPTIONS).astype(np.int64)
        pool = tuple({option.value: None for choice in made for option in choice.options if option.value is not None})
        places = {value: place for place, value in enumerate(pool)}
        index, priors = np.full((len(made), MAX_OPTIONS), -1), np.zeros((len(made), MAX_OPTIONS))
        for row, choice in enumerate(made):
            _fill(index[row], priors[row], choice, places)
        key = np.array([choice.key for choice in made])
        return OptionColumns(pool, index[which], priors[which], key[which])

    def classes(self, truths: Sequence[float | str]) -> Ints:
        """As ``Chooser.classes``: the bin."""
        return self._bins.classes(truths)


def _fill(index: Ints, priors: Floats, choice: MadeOptions, places: dict[float | str, int]) -> None:
    for place, option in enumerate(choice.options):
        assert option.value is not None  # only estimates have such options
        index[place], priors[place] = places[option.value], option.prior


def number_texts(feature: Feature, values: Sequence[float | str]) -> list[str]:
    """``Feature.text`` of each of a number's ``values``."""
    return (f"%.{feature.decimals}f\n" * len(values) % tuple(values)).split("\n")[:-1]


def all_rounded(feature: Feature, truths: Sequence[float | str]) -> Floats:
    """``options.rounded`` of each of a number's ``truths``."""
    exact = np.asarray(truths, dtype=np.float64)
    scale = 10.0**feature.decimals
    near = np.rint(exact * scale) / scale + 0.0
    # A number that has no more decimals is this quotient, and stays; what ties or lies between is said as text.
    for place in np.flatnonzero(near != exact):
        near[place] = rounded(feature, float(exact[place]))
    return near


def _drawn(
    counts: Ints, offered: Bools, slots: Ints, truth: Ints, draw: Draw, *, by_frequency: bool
) -> tuple[Ints, Floats, Ints]:
    """The truth and up to four others of the ``offered``, in ascending place: index, priors and key."""
    if np.count_nonzero(offered) + bool((~offered[truth]).any()) <= MAX_OPTIONS:
        return _all_of(counts, np.flatnonzero(offered), truth)
    rows = np.arange(len(truth))
    ranks = np.take_along_axis(draw(range(int(slots.max(initial=0)) + 1)), slots, axis=1)
    if by_frequency:
        ranks = np.log(np.maximum(ranks, 2.0**-53)) / np.maximum(counts, 1)
    ranks = np.where(offered, ranks, -np.inf)
    ranks[rows, truth] = np.inf
    order = np.argsort(-ranks, axis=1, kind="stable")[:, :MAX_OPTIONS]
    absent = len(counts)
    chosen = np.sort(np.where(np.take_along_axis(ranks, order, axis=1) > -np.inf, order, absent), axis=1)
    if chosen.shape[1] < MAX_OPTIONS:
        chosen = np.pad(chosen, ((0, 0), (0, MAX_OPTIONS - chosen.shape[1])), constant_values=absent)
    weights = _weights(np.append(counts, 0)[chosen], chosen != absent)
    index = np.where(chosen == absent, -1, chosen)
    return index, weights / weights.sum(axis=1, keepdims=True), (chosen == truth[:, None]).argmax(axis=1)


def _weights(counts: Ints, there: Bools) -> Ints:
    """The counts of options (n × 5) as weights: all alike where no training patient has any of a question's."""
    none = counts.sum(axis=1, keepdims=True) == 0
    return np.where(none, there.astype(np.int64), counts)


def _all_of(counts: Ints, offered: Ints, truth: Ints) -> tuple[Ints, Floats, Ints]:
    """``_drawn`` where there is nothing to draw: the ``offered`` and the truth, the same for all of one truth."""
    index, key = np.full((len(counts), MAX_OPTIONS), -1), np.zeros(len(counts), dtype=np.int64)
    weights = np.zeros((len(counts), MAX_OPTIONS))
    for place in np.unique(truth).tolist():
        shown = np.union1d(offered, [place])
        index[place, : len(shown)] = shown
        mine = _weights(counts[None, shown], np.ones((1, len(shown)), dtype=bool))[0]
        weights[place, : len(shown)] = mine / mine.sum()
        key[place] = np.searchsorted(shown, place)
    return index[truth], weights[truth], key[truth]
