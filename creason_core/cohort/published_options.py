"""The design ``paper`` of options: Kim et al. (arXiv 2505.02722), with the repairs that ``cohort.options`` names."""

import math
from collections import Counter

from creason_core.cohort.options import MAX_OPTIONS, Component, Draws, MadeOptions, OptionModel, number_option, rounded
from creason_core.errors import QuestionError

FEW_NUMBERS = 20  # the published recipe treats a number with at most this many values as categories


def is_few_numbers(model: OptionModel) -> bool:
    """Whether the published recipe treats this number's values as categories."""
    return len(model.distinct) <= FEW_NUMBERS


def around_the_truth(model: OptionModel, truth: float, below: int) -> MadeOptions:
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
    options = tuple(
        number_option(model.feature, value, weight / total) for value, weight in zip(shown, weights, strict=True)
    )
    return MadeOptions(options=options, key=shown.index(truth))


def few_numbers(model: OptionModel, truth: float, draw: Draws) -> MadeOptions:
    """The published recipe for a number of few values: ``truth`` among others, drawn by how common they are."""
    counts = Counter(model.numbers)
    others = [value for value in model.distinct if value != truth]
    ranked = sorted(
        range(len(others)), key=lambda slot: math.log(max(draw(slot), 2.0**-53)) / counts[others[slot]], reverse=True
    )
    shown = sorted([truth, *(others[slot] for slot in ranked[: MAX_OPTIONS - 1])])
    total = sum(counts[value] for value in shown)
    options = tuple(number_option(model.feature, value, counts[value] / total) for value in shown)
    return MadeOptions(options=options, key=shown.index(truth))
