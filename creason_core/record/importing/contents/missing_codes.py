"""Numbers that stand for "not recorded": -1, -99, 999, or 0 where nothing else is near. Found to be asked about.

A code is known by what it does, not by its digits alone: it lies outside all other values, and far from them or far
commoner than its neighbours. No number is ever dropped for it.
"""

import math
import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from statistics import median

_USUAL = re.compile(r"0|-[1-9]|-?(?:9{1,6}[678]?|8{2,5}|7{2,5}|66)(?:\.9+)?")
_MANY = 3  # cells at least, before a value counts as heaped
_EDGE = 10  # different values next to a code, whose steps say what is usual there
_NINES = re.compile(r"-?9{3,6}")  # written for "not recorded" more often than they are measured
_NEAR, _CHANCE = 0.25, 0.05  # how far around nines others tell how likely they are as a value, and how unlikely is odd
Plausible = Callable[[float], bool]


def missing_codes(counts: Mapping[float, int], plausible: Plausible | None = None) -> tuple[float, ...]:
    """The values of a column (with how many cells have each) that may stand for "not recorded", the least first.

    ``plausible`` says of a value whether it is usual for what the column holds, where that is known.
    """
    values = sorted(counts)
    usual = [value for value in values if _USUAL.fullmatch(f"{value:.10g}")]
    core = _core(values, usual)
    if not core and plausible is not None:  # a column of codes alone
        return tuple(value for value in usual if (value < 0 or value >= 66) and (not plausible(value) or _nines(value)))
    found = [value for value in usual if core and not core[0] <= value <= core[-1]]
    found = [value for value in found if _stands_out(value, core, counts, plausible)]
    found += [
        value for value in usual
        if value not in found and (_heaped_within(value, counts) or _odd_nines(value, counts))
    ]  # fmt: skip
    rest = [value for value in values if value not in found]
    for ends in (rest[:1], rest[-1:]):
        others = [value for value in rest if value not in ends]
        if len(others) >= _EDGE and ends and ends[0] not in usual and _alone(ends[0], others, counts):
            found.append(ends[0])
    return tuple(sorted(found))


def _core(values: Sequence[float], usual: Sequence[float]) -> list[float]:
    """The values that are no code by their digits; with small whole numbers also those that go on from them."""
    core = [value for value in values if value not in usual or (value == 0 and 1 in values)]  # 0 beside 1 is no code
    signed = sum(-9 <= value < 0 for value in usual) > _MANY or (bool(core) and core[0] < 0)  # a quantity below 0 too
    grown = True
    while core and grown:
        steps = [after - before for before, after in pairwise(core)]
        step = 2 * max([*steps[:_EDGE], *steps[-_EDGE:], 0.0]) if steps else 0.0
        beside = [
            value for value in usual
            if value not in core and (signed or value >= 0)
            and min(abs(value - core[0]), abs(value - core[-1])) <= min(step, (core[-1] - core[0]) / 2)
        ]  # fmt: skip
        core, grown = sorted({*core, *beside}), bool(beside)
    return core


def _stands_out(value: float, core: Sequence[float], counts: Mapping[float, int], plausible: Plausible | None) -> bool:
    low, high = core[0], core[-1]
    spread, gap = high - low, low - value if value < low else value - high
    near = core[:_EDGE] if value < low else core[-_EDGE:]
    steps = [after - before for before, after in pairwise(near)]
    heaped = counts[value] >= _MANY and counts[value] >= 3 * median(counts[each] for each in core)
    believable = plausible is not None and plausible(value)
    if not steps:  # beside one value only what is far beyond it stands out
        return not believable and (value < 0 <= low or value >= max(66, 3 * high))
    usual_step = median(steps)
    apart = gap > spread and (len(core) >= _EDGE or value <= 0 or value >= 3 * high)
    if 0 < value < 10:
        apart = apart and counts[value] >= _MANY  # one 9 is a value like others
    if value < 0 <= low and not believable:
        return True  # below 0, where nothing else is
    if value == 0:
        repeated = counts[value] > 1 or (plausible is not None and not believable)
        return repeated and (apart or (len(core) >= 5 and gap >= 5 * usual_step))
    if believable:
        return (heaped and gap >= 3 * usual_step) or value >= max(66, 3 * high)
    if plausible is not None and abs(value) >= 66 and gap >= 3 * usual_step:
        return True
    return apart or (heaped and gap >= 3 * usual_step) or (_small_scores(core) and value in {8, 9} and gap >= 2)


def _heaped_within(value: float, counts: Mapping[float, int]) -> bool:
    """Whether a code such as 999 lies among the values and is far commoner than any other."""
    others = [count for other, count in counts.items() if other != value]
    if len(others) < _EDGE or abs(value) < 66 or counts[value] < _MANY:
        return False
    return counts[value] >= 2 * max(others) and counts[value] >= 3 * median(others)


def _nines(value: float) -> bool:
    return bool(_NINES.fullmatch(f"{value:.10g}"))


def _odd_nines(value: float, counts: Mapping[float, int]) -> bool:
    """Whether 999 is there oftener than chance explains, were it a whole number like those around it.

    As many as it is are expected by a Poisson law, whose mean is what lies within a quarter of it, per whole number.
    """
    if not _nines(value):
        return False
    near = abs(value) * _NEAR
    around = sum(count for other, count in counts.items() if other != value and abs(other - value) <= near)
    mean = around / (2 * near)
    fewer = sum(math.exp(-mean) * mean**number / math.factorial(number) for number in range(min(counts[value], 50)))
    return 1 - fewer < _CHANCE


def _small_scores(core: Sequence[float]) -> bool:
    return core[0] >= 0 and core[-1] <= 6 and all(value % 1 == 0 for value in core)


def _alone(value: float, others: Sequence[float], counts: Mapping[float, int]) -> bool:
    """Whether an end is far from all other values and much commoner than they are."""
    at = bisect_left(others, value)
    gap = abs(value - others[min(at, len(others) - 1)])
    return gap > 3 * (others[-1] - others[0]) and counts[value] >= max(5, 5 * median(counts[each] for each in others))
