"""How features follow from others, so that a copy with a changed value need not contradict itself.

Mean arterial pressure and P/F are worked out as ``record.computed`` has them. Any other feature with ``derived_from``
is learnt from the cohort's training patients: a weighted sum, a product of powers (a ratio, a body mass index) or, of
one input, a score in steps (a part of SOFA). A formula counts only where it gives what the table has, up to rounding,
in 95 % of the patients; else nobody here knows it.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from creason_core.arrays import Floats
from creason_core.cohort.cohort import Cohort
from creason_core.cohort.drafting.fits import MIN_ROWS, least_squares
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.computed import TAKEN, Computed, Given, mean_arterial_pressure, pf_ratio, quantity_of
from creason_core.record.units import in_unit

HOLDS_IN = 0.95  # of the training patients, as the leak guard asks of a formula
MOST_STEPS = 12  # of a score: more are no steps

Inputs = Mapping[str, float | str]


@dataclass(frozen=True, slots=True)
class Formula:
    """``value`` gives ``result`` from the values of all its ``inputs``, in their units; ``words`` say how."""

    result: str
    inputs: tuple[str, ...]
    words: str
    value: Callable[[Inputs], float | None]


@dataclass(frozen=True, slots=True)
class Formulas:
    """The ``known`` formulas in an order in which each follows those of its inputs, and the ``unknown`` ones.

    ``unknown`` has the inputs of each feature that follows from others in a way that nobody here knows.
    """

    known: tuple[Formula, ...]
    unknown: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=16)
def formulas_of(cohort: Cohort) -> Formulas:
    """The formulas of a cohort's codebook. Fitting them takes some hundredths of a second each, once."""
    codebook = cohort.codebook
    known = {formula.result: formula for formula in _of_quantities(codebook)}
    unknown = {}
    for feature in codebook.features:
        if feature.derived_from and feature.name not in known:
            if found := _learnt(cohort, feature):
                known[feature.name] = found
            else:
                unknown[feature.name] = feature.derived_from
    return Formulas(_in_order(known), unknown)


def _in_order(known: Mapping[str, Formula]) -> tuple[Formula, ...]:
    """Inputs before what follows from them; of formulas that go round in a circle none."""
    waiting, done = dict(known), list[Formula]()
    while ready := [one for one in waiting.values() if not waiting.keys() & set(one.inputs)]:
        done += ready
        for one in ready:
            del waiting[one.result]
    return tuple(done)


def _of_quantities(codebook: Codebook) -> tuple[Formula, ...]:
    """Mean arterial pressure and P/F, where one feature each says them and their inputs."""
    places: dict[str, list[Feature]] = {}
    for feature in codebook.features:
        if feature.role != "audit" and (quantity := quantity_of(feature)):
            places.setdefault(quantity, []).append(feature)
    pairs: tuple[tuple[str, str, str, Callable[[Given], Computed]], ...] = (
        ("map", "systolic", "diastolic", mean_arterial_pressure),
        ("pf", "pao2", "fio2", pf_ratio),
    )
    found = []
    for result, first, second, work_out in pairs:
        if all(len(places.get(name, ())) == 1 for name in (result, first, second)):
            features = places[result][0], places[first][0], places[second][0]
            if formula := _of_quantity(*features, work_out):
                found.append(formula)
    return tuple(found)


def _of_quantity(
    result: Feature, first: Feature, second: Feature, work_out: Callable[[Given], Computed]
) -> Formula | None:
    taken = [(feature, quantity_of(feature)) for feature in (first, second)]
    goal = quantity_of(result)
    one = in_unit(result, 1.0, TAKEN[goal][1]) if goal else None
    if not one:
        return None

    def value(inputs: Inputs) -> float | None:
        given = {}
        for feature, quantity in taken:
            told = inputs[feature.name]
            number = None if isinstance(told, str) or quantity is None else in_unit(feature, told, TAKEN[quantity][1])
            if number is None or quantity is None:
                return None
            given[quantity] = number
        found = work_out(given).value
        return None if found is None else found / one

    return Formula(result.name, (first.name, second.name), work_out({}).formula, value)


def _learnt(cohort: Cohort, result: Feature) -> Formula | None:
    """The formula of ``result`` from what it is ``derived_from``, as the training patients show it."""
    codebook = cohort.codebook
    inputs = [codebook.feature(name) for name in result.derived_from]
    if not _countable(result) or not all(map(_countable, inputs)) or any(map(codebook.points_of, (result, *inputs))):
        return None
    columns = [_column(cohort, one) for one in (result, *inputs)]
    rows = np.all([~np.isnan(column) for column in columns], axis=0)
    if rows.sum() < MIN_ROWS:
        return None
    target, *others = (column[rows] for column in columns)
    steps = [_step(one) for one in (result, *inputs)]
    return (
        _sum(result, inputs, target, others, steps)
        or _product(result, inputs, target, others, steps)
        or (_in_steps(result, inputs[0], target, others[0]) if len(inputs) == 1 else None)
    )


def _sum(
    result: Feature, inputs: list[Feature], target: Floats, others: list[Floats], steps: list[float]
) -> Formula | None:
    weights = least_squares(target, others, steps[0], list(steps[1:]), holds_in=HOLDS_IN)
    if weights is None:
        return None
    return _rounded(
        result,
        inputs,
        f"a weighted sum of {_listed(inputs)}",
        lambda numbers: float(np.dot(weights[:-1], numbers) + weights[-1]),
    )


def _product(
    result: Feature, inputs: list[Feature], target: Floats, others: list[Floats], steps: list[float]
) -> Formula | None:
    if any((column <= 0).any() for column in (target, *others)):
        return None
    sizes: list[Floats | float] = [step / column for step, column in zip(steps[1:], others, strict=True)]
    logs = [np.log(column) for column in others]
    weights = least_squares(np.log(target), logs, steps[0] / target, sizes, holds_in=HOLDS_IN)
    if weights is None:
        return None

    def value(numbers: list[float]) -> float | None:
        if min(numbers) <= 0:
            return None
        return math.exp(float(np.dot(weights[:-1], np.log(numbers)) + weights[-1]))

    return _rounded(result, inputs, f"a product of powers of {_listed(inputs)}", value)


def _in_steps(result: Feature, one: Feature, target: Floats, other: Floats) -> Formula | None:
    """A score that rises, or falls, with its one input: its limits are those that the patients show."""
    order = np.argsort(other, kind="stable")
    x, y = other[order], target[order]
    levels = np.unique(y)
    if not 2 <= len(levels) <= MOST_STEPS:
        return None
    if np.corrcoef(x, y)[0, 1] < 0:
        levels = levels[::-1]
    limits = [(float(x[y == below].max()) + float(x[y == above].min())) / 2 for below, above in pairwise(levels)]
    if sorted(limits) != limits:
        return None
    given = levels[np.searchsorted(limits, x, side="right")]
    if (given == y).mean() < HOLDS_IN:
        return None
    return _rounded(
        result,
        [one],
        f"in steps of {one.label}",
        lambda numbers: float(levels[np.searchsorted(limits, numbers[0], side="right")]),
    )


def _rounded(
    result: Feature, inputs: list[Feature], words: str, value: Callable[[list[float]], float | None]
) -> Formula:
    def of(told: Inputs) -> float | None:
        found = value([_number(one, told[one.name]) for one in inputs])
        return None if found is None or not math.isfinite(found) else round(found, result.decimals)

    return Formula(result.name, tuple(one.name for one in inputs), words, of)


def _countable(feature: Feature) -> bool:
    """Whether its values are numbers, or levels whose codes are."""
    try:
        return feature.numeric or all(math.isfinite(float(level.code)) for level in feature.levels)
    except ValueError:
        return feature.kind == "binary"


def _number(feature: Feature, value: float | str) -> float:
    """A value as a formula takes it: of levels the code, or the place where codes are words."""
    if not isinstance(value, str):
        return value
    codes = [level.code for level in feature.levels]
    try:
        return float(value)
    except ValueError:
        return float(codes.index(value))


def _column(cohort: Cohort, feature: Feature) -> Floats:
    """The training patients' values that were recorded; a normal that was filled in counts as the table has it."""
    values = cohort.training[feature.name]
    there = values.notna()
    return np.array([_number(feature, value) if known else math.nan
                     for value, known in zip(values, there, strict=True)])  # fmt: skip


def _step(feature: Feature) -> float:
    return 10.0**-feature.decimals if feature.numeric else 0.0


def _listed(inputs: list[Feature]) -> str:
    return " and ".join(one.label for one in inputs)
