"""The smallest change of one value that alters the answer: what to try next, from what was tried.

How large a change is, is told on the registry's own scale: the share of its patients that lies between the old value
and the new one; of levels without an order, the share that does not have the new one. Steps are tried by rising size,
of all values together, so that the first that alters the answer is the smallest of these steps. Then it is narrowed
down between that step and the one before it. "None found" is a result.

Nothing is drawn: the same record, values and answers give the same next step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from creason_core.cohort.cohort import Cohort
from creason_core.question.what_if.sweeping import measured, plausible
from creason_core.record.case import PatientCase
from creason_core.record.feature import Feature

MOST_CALLS = 30  # of one search, the record's own answer among them
_NARROWING = 6  # calls kept back for it, where there are several times as many

Direction = Literal["down", "up", "level"]


@dataclass(frozen=True, slots=True)
class ChangeStep:
    """One change to try: a value by ``Entry.name``, what it becomes, and how large the change is (0 to 1)."""

    name: str
    value: float | str
    size: float
    direction: Direction


@dataclass(frozen=True, slots=True)
class TriedChange:
    """A change that was tried: whether it altered the answer, None where there was no answer."""

    name: str
    value: float | str
    altered: bool | None


@dataclass(frozen=True, slots=True)
class Search:
    """What may be tried: the recorded values and their features, by name, and at most how many changes."""

    case: PatientCase
    names: tuple[str, ...]
    cohort: Cohort
    most: int
    helps: Mapping[str, float]  # how far boosting's answer moves with a value for its size: who comes first where
    # calls do not suffice for every direction, and of equal steps

    def feature(self, name: str) -> Feature:
        """What a value is."""
        return self.cohort.codebook.feature(name)


def most_changes(samples: int) -> int:
    """How many changes may be tried with so many samples each, beside the record's own answer."""
    return max(1, MOST_CALLS // samples - 1)


def size_of(search: Search, name: str, value: float | str) -> float:
    """How large a change of the recorded value ``name`` to ``value`` is, on the registry's scale (0 to 1)."""
    feature, old = search.feature(name), search.case.by_feature[name].value
    values = measured(feature, search.cohort)
    if isinstance(value, str) or isinstance(old, str):
        codes = [level.code for level in feature.levels]
        if not feature.ordered or not len(values):
            return float(1 - (values == codes.index(str(value))).mean()) if len(values) else 1.0
        return abs(_rank(values, codes.index(str(value))) - _rank(values, codes.index(str(old))))
    if not len(values):
        return 1.0
    apart = abs(_rank(values, value) - _rank(values, old))
    return float(min(1.0, apart + 1e-6 * abs(value - old) / (float(values.std()) or 1.0)))


def size_text(size: float) -> str:
    """A size as people read it: no change that altered something is told as none."""
    return "under 1%" if size < 0.005 else f"{size:.0%}"


def size_words(search: Search, name: str, value: float | str) -> str:
    """How large a change is, as a sentence."""
    size = size_text(size_of(search, name, value))
    if search.feature(name).ordered:
        return f"{size[0].upper()}{size[1:]} of the registry's patients lie between the two values."
    return f"{size[0].upper()}{size[1:]} of the registry's patients do not have the new one."


def ends(search: Search) -> tuple[ChangeStep, ...]:
    """The furthest plausible change of each value in each direction; of levels each other one."""
    ways = [way for name in search.names if name in search.case.by_feature for way in _ways(search, name)]
    return tuple(step for name, direction, end in ways for step in _grid(search, name, direction, end, 1))


def plan(search: Search) -> tuple[ChangeStep, ...]:
    """The steps by rising size; of equal ones boosting's favourite first. At most ``search.most``."""
    ways = [way for name in search.names if name in search.case.by_feature for way in _ways(search, name)]
    ways.sort(key=lambda way: (-search.helps.get(way[0], 0.0), search.names.index(way[0])))
    ways = ways[: search.most]
    if not ways:
        return ()
    kept = _NARROWING if search.most >= 3 * _NARROWING else 0
    each = max(1, (search.most - kept) // len(ways))
    steps = [step for name, direction, end in ways for step in _grid(search, name, direction, end, each)]
    steps.sort(key=lambda step: (round(step.size, 9), -search.helps.get(step.name, 0.0), step.name, str(step.value)))
    return tuple(steps[: search.most])


def next_step(search: Search, tried: Sequence[TriedChange]) -> ChangeStep | None:
    """What to try next; None where the search has ended."""
    if len(tried) >= search.most:
        return None
    found = smallest(search, tried)
    if found is None:
        done = {(one.name, one.value) for one in tried}
        return next((step for step in plan(search) if (step.name, step.value) not in done), None)
    return _narrower(search, found, tried)


def smallest(search: Search, tried: Sequence[TriedChange]) -> TriedChange | None:
    """The smallest change of those tried that altered the answer."""
    altered = [one for one in tried if one.altered]
    return min(altered, key=lambda one: size_of(search, one.name, one.value), default=None)


def _narrower(search: Search, found: TriedChange, tried: Sequence[TriedChange]) -> ChangeStep | None:
    """The middle between the smallest change that altered the answer and the largest smaller one that did not."""
    feature, old = search.feature(found.name), search.case.by_feature[found.name].value
    if isinstance(found.value, str) or isinstance(old, str):
        return None
    low = old
    for one in tried:
        if one.name == found.name and one.altered is False and not isinstance(one.value, str):
            between = min(low, found.value) <= one.value <= max(low, found.value)
            low = one.value if between and one.value != found.value else low
    places = 0 if feature.kind == "integer" else feature.decimals
    middle = round((low + found.value) / 2, places)
    if middle in (round(low, places), round(found.value, places)) or any(
        one.name == found.name and one.value == middle for one in tried
    ):
        return None
    return ChangeStep(found.name, middle, size_of(search, found.name, middle), "up" if middle > old else "down")


def _ways(search: Search, name: str) -> list[tuple[str, Direction, float | str]]:
    """The directions in which a value can change, each with the end of its plausible range; of levels each other."""
    feature, old = search.feature(name), search.case.by_feature[name].value
    if isinstance(old, str):
        return [(name, "level", level.code) for level in feature.levels if level.code != old]
    if not len(measured(feature, search.cohort)):
        return []
    limits = plausible(feature, search.cohort)
    assert limits.low is not None
    assert limits.high is not None
    ways: list[tuple[str, Direction, float | str]] = []
    if limits.low < old:
        ways.append((name, "down", limits.low))
    if limits.high > old:
        ways.append((name, "up", limits.high))
    return ways


def _grid(search: Search, name: str, direction: Direction, end: float | str, count: int) -> list[ChangeStep]:
    """Up to ``count`` values from the recorded one to ``end``, evenly on the registry's quantiles, the end the last."""
    feature, old = search.feature(name), search.case.by_feature[name].value
    if isinstance(end, str) or isinstance(old, str):
        return [ChangeStep(name, end, size_of(search, name, end), direction)]
    values = measured(feature, search.cohort)
    start, stop = _rank(values, old), _rank(values, end)
    places = 0 if feature.kind == "integer" else feature.decimals
    between = [float(np.quantile(values, start + (stop - start) * k / count)) for k in range(1, count)]
    inside = [min(max(one, min(old, end)), max(old, end)) for one in between]
    found = dict.fromkeys(round(one, places) for one in (*inside, end))
    return [
        ChangeStep(name, one, size_of(search, name, one), direction)
        for one in found
        if one != round(old, places) and (one > old) == (direction == "up")
    ]


def _rank(values: "np.ndarray[tuple[int], np.dtype[np.float64]]", value: float) -> float:
    """The share of ``values`` (rising) below ``value``, half of those equal to it (0 to 1)."""
    return float(np.searchsorted(values, value, "left") + np.searchsorted(values, value, "right")) / (2 * len(values))
