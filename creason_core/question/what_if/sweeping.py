"""Sweep: one value over its plausible range, and what the answers along it look like in words."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.standing import registry
from creason_core.errors import CaseError
from creason_core.record.case import check_value, parse_value
from creason_core.record.feature import Feature, Range
from creason_core.record.hours import parted

OFFERED = (5, 7)  # points
_ROUNDED = 1e-6  # of a step: what floating point takes for less than it is
_ENDS = (0.01, 0.99)  # quantiles of the registry within which a value is plausible


def plausible(feature: Feature, cohort: Cohort) -> Range:
    """From where to where a number is plausible: the registry's 1 to 99 %, within what needs no confirmation.

    Its ends have the codebook's decimals.

    Raises:
        CaseError: No training patient has the value, and the codebook gives no range.
    """
    values = measured(feature, cohort)
    limits = feature.confirm or feature.impossible
    if len(values):
        low, high = (float(end) for end in np.quantile(values, _ENDS))
    elif limits is not None and limits.low is not None and limits.high is not None:
        low, high = limits.low, limits.high
    else:
        raise CaseError(
            f"Nobody in the registry has {feature.label}, and its codebook gives no range to go through.",
            remedy="Choose another value.",
        )
    if limits is not None:
        low = low if limits.low is None else max(low, limits.low)
        high = high if limits.high is None else min(high, limits.high)
    step = 1.0 if feature.kind == "integer" else 10.0**-feature.decimals
    inward = math.ceil(low / step - _ROUNDED) * step, math.floor(high / step + _ROUNDED) * step
    low, high = (round(end, feature.decimals) for end in inward) if inward[0] <= inward[1] else (low, high)
    return Range(low=min(low, high), high=max(low, high))


def measured(feature: Feature, cohort: Cohort) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """What was measured of ``feature`` in the training patients, rising; of it at one time that. Of levels places."""
    name = feature.name if feature.name in cohort.training.columns else parted(feature.name)[0]
    return registry(cohort).rising(name)


def points(feature: Feature, cohort: Cohort, recorded: float | str | None, count: int) -> tuple[float | str, ...]:
    """``count`` values evenly over the plausible range, rising; the nearest to the recorded one is that one itself.

    Of levels all, where there are no more than the largest of ``OFFERED``, else the first and the recorded one.
    """
    if not feature.numeric:
        codes = [level.code for level in feature.levels]
        kept = codes[: max(OFFERED)]
        if recorded in codes and recorded not in kept:
            kept[-1] = str(recorded)
        return tuple(kept)
    limits = plausible(feature, cohort)
    assert limits.low is not None
    assert limits.high is not None
    places = 0 if feature.kind == "integer" else feature.decimals
    found = [round(float(value), places) for value in np.linspace(limits.low, limits.high, count)]
    if isinstance(recorded, (int, float)):
        nearest = min(range(count), key=lambda place: abs(found[place] - recorded))
        found[nearest] = float(recorded)
    return tuple(sorted(dict.fromkeys(found)))


def listed_points(feature: Feature, values: Sequence[float | str]) -> str:
    """Numbers as a list to edit, which ``read_points`` reads as they are sent: no digit of a large one is lost."""
    return ", ".join(feature.text(value) for value in values)


def read_points(feature: Feature, text: str) -> tuple[float, ...]:
    """The numbers of an edited list such as "50, 60; 75", rising and each once.

    Raises:
        CaseError: One is no number or impossible, or there are fewer than two or too many; the message says which.
    """
    parts = [part for part in text.replace(";", ",").replace("\n", ",").split(",") if part.strip()]
    found = []
    for part in parts:
        value = parse_value(feature, part)
        assert not isinstance(value, str)
        if wrong := [one for one in check_value(feature, value) if one.tier == "impossible"]:
            raise CaseError(wrong[0].message)
        found.append(value)
    chosen = tuple(sorted({feature.text(value): value for value in found}.values()))  # as they are sent
    if not 2 <= len(chosen) <= 2 * max(OFFERED):
        raise CaseError(
            f"A sweep goes through 2 to {2 * max(OFFERED)} different values, and these are {len(chosen)}.",
            remedy="Write numbers with commas between them, such as 50, 60, 75.",
        )
    return chosen


def turns(winners: Sequence[int | None]) -> tuple[int, ...]:
    """The places after which the answer is another one; points without an answer are passed over."""
    known = [(place, winner) for place, winner in enumerate(winners) if winner is not None]
    return tuple(here for (here, one), (_, other) in pairwise(known) if one != other)


def shape(shares: Sequence[float | None], samples: int) -> str:
    """How a share goes along rising points, in words; a step of one sample alone is no turn.

    "stays", "rises", "falls", or "not monotone".
    """
    known = [share for share in shares if share is not None]
    slack = (1.0 / samples if samples > 1 else 0.0) + 1e-9
    rise = max((later - min(known[:place]) for place, later in enumerate(known) if place), default=0.0)
    fall = max((max(known[:place]) - later for place, later in enumerate(known) if place), default=0.0)
    if rise <= slack and fall <= slack:
        return "stays"
    if rise > slack and fall > slack:
        return "not monotone"
    return "rises" if rise > fall else "falls"


def steepest(shares: Sequence[Sequence[float | None]]) -> int:
    """The option whose share differs most along the points; ``shares`` is points × options."""
    spread = []
    for option in range(len(shares[0])):
        known = [value for row in shares if (value := row[option]) is not None]
        spread.append(max(known) - min(known) if known else 0.0)
    return max(range(len(spread)), key=lambda place: (spread[place], -place))
