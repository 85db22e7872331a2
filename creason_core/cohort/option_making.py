"""The options of one question, in either design, and those of an estimate of a value that nobody recorded."""

import math
from collections.abc import Sequence

from creason_core.cohort.donor_bins import DonorBin, Donors, fit_donors
from creason_core.cohort.options import (
    MAX_OPTIONS,
    Design,
    Draws,
    MadeOptions,
    Option,
    OptionModel,
    level_option,
    number_option,
    rounded,
)
from creason_core.cohort.published_options import around_the_truth, few_numbers, is_few_numbers
from creason_core.cohort.stateless_random import key_of
from creason_core.errors import QuestionError

NONE_OF_THESE = "None of these / cannot tell"


def make_choice(
    model: OptionModel, truth: float | str, design: Design, *, seed: int, patient: str, donors: Donors | None = None
) -> MadeOptions:
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
    draw = Draws(seed, key_of(patient), key_of(model.feature.name))
    if donors is None:
        donors = fit_donors(model)
    if isinstance(truth, str):
        return _levels(model, truth, donors.levels, draw, by_frequency=design == "paper")
    truth = rounded(model.feature, truth)
    if design == "stratified":
        return _one_of_each_bin(model, truth, donors.bins, draw)
    if is_few_numbers(model):
        return few_numbers(model, truth, draw)
    return around_the_truth(model, truth, below=int(draw(0) * MAX_OPTIONS))


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
        return (*(level_option(model.feature, code, count / total) for code, count in model.levels), none)
    shares = [len(values) / len(model.numbers) for values in model.bins]
    options = []
    for index, (values, share) in enumerate(zip(model.bins, shares, strict=True)):
        text = range_words(model, index)
        options.append(Option(text=text, value=None, prior=share, low=values[0], high=values[-1]))
    return (*options, none)


def range_words(model: OptionModel, index: int, unit: str = "") -> str:
    """What lies in the bin ``index``, in words, with ``unit`` (may be empty) behind the last number."""
    values, last = model.bins[index], len(model.bins) - 1
    low, high = (f"{model.feature.text(value)} {unit}".rstrip() for value in (values[0], values[-1]))
    if index == 0:
        return f"{high} or less"
    if index == last:
        return f"{low} or more"
    return high if low == high else f"{model.feature.text(values[0])} to {high}"


def _one_of_each_bin(model: OptionModel, truth: float, donors: Sequence[DonorBin], draw: Draws) -> MadeOptions:
    key = model.bin_of(truth)
    options = []
    for index, values in enumerate(model.bins):
        value = truth if index == key else donors[index].drawn(draw(index))
        share = len(values) / len(model.numbers)
        options.append(number_option(model.feature, value, share, values[0], values[-1]))
    return MadeOptions(options=tuple(options), key=key)


def _levels(model: OptionModel, truth: str, offered: Sequence[str], draw: Draws, *, by_frequency: bool) -> MadeOptions:
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
        level_option(model.feature, code, weight / sum(weights)) for code, weight in zip(shown, weights, strict=True)
    )
    return MadeOptions(options=options, key=shown.index(truth))
