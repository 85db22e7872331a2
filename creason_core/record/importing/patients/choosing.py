"""Which of a patient's values count: those of the first day, and of several of one feature the one that is meant.

The codebook says it (``Feature.counts``), else a person does; "worst" is only applied where a reference range says
which value that is, and never to an amount of a day, whose portions are added up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from creason_core.record.codebook import Codebook, Feature
from creason_core.record.counting import count
from creason_core.record.hours import FIRST_DAY, MAX_HOURS
from creason_core.record.importing.columns.mapping import TableMapping
from creason_core.record.importing.patients.patients import Grouped, Value, a_day


@dataclass(frozen=True, slots=True)
class Chosen:
    """Of several values of one feature: which are kept, by which rule, or that nothing says it.

    ``value`` is set where what counts is computed from them (a sum or a mean).
    """

    kept: tuple[Value, ...]
    rule: str = ""
    open: bool = False
    value: float | None = None


def over_time(feature: Feature, codebook: Codebook) -> bool:
    """Whether every value of ``feature`` is kept with its time."""
    return codebook.over_time(feature) and feature.name in codebook.by_name


def start_of(values: Sequence[Value], grouped: Grouped) -> float:
    """The hours from which a patient's first day is counted: admission, else the first time of the values."""
    times = [value.hours for value in values if value.hours is not None]
    return 0.0 if grouped.admission else min(times, default=0.0)


def outside(values: Sequence[Value], grouped: Grouped, codebook: Codebook) -> Mapping[int, str]:
    """Of one patient's values, by position, those of a time at which their feature is not asked for, and why."""
    start, origin = start_of(values, grouped), "admission" if grouped.admission else "the patient's first time"
    found = {}
    for at, value in enumerate(values):
        if value.hours is None:
            continue
        since = value.hours - start
        if over_time(value.feature, codebook):
            if since > MAX_HOURS:
                found[at] = f"more than ten years after {origin}"
            elif since < codebook.earliest:
                found[at] = f"before {origin}"
        elif value.feature.time == "day1":
            if grouped.times.whole_days and since >= FIRST_DAY:
                found[at] = f"on a later day than {origin}"
            elif since > FIRST_DAY:
                found[at] = f"more than 24 hours after {origin}"
            elif since < codebook.earliest:
                found[at] = f"before {origin}"
    return found


def needs_time(value: Value, codebook: Codebook) -> bool:
    """Whether it depends on its time if a value counts."""
    return value.feature.time == "day1" or over_time(value.feature, codebook)


def choose(several: Sequence[Value], mapping: TableMapping, codebook: Codebook) -> Chosen:  # noqa: PLR0911 — by rule
    """Which of the usable values of one feature of one patient, at least one, counts."""
    feature = several[0].feature
    ordered = sorted(several, key=lambda value: (value.hours is not None, value.hours or 0.0, value.row))
    if over_time(feature, codebook) and any(value.hours is not None for value in ordered):
        return _each_time(ordered, mapping)
    distinct = list({value.checked.value: value for value in reversed(ordered)}.values())
    if len(ordered) == 1 or (len(distinct) == 1 and feature.counts != "sum"):  # portions may be of one size
        return Chosen((ordered[0],), "the same value again")
    if feature.counts is not None:
        return _counted(ordered)
    if mapping.choice in {"first", "last"}:
        return Chosen(
            (ordered[0 if mapping.choice == "first" else -1],), f"the {mapping.choice} of several values counts"
        )
    if feature.numeric and feature.reference and not a_day(feature):
        worst = max(ordered, key=lambda value: _distance(feature, value.checked.value))
        return Chosen((worst,), "the worst of several values counts")
    if not mapping.otherwise:
        return Chosen((), open=True)
    if mapping.otherwise == "leave out":
        return Chosen((), "several values, of which none counts")
    rule = f"the {mapping.otherwise} of several values counts"
    if mapping.otherwise in {"first", "last"}:
        return Chosen((ordered[0 if mapping.otherwise == "first" else -1],), rule)
    ranks = [_rank(feature, value.checked.value) for value in ordered]
    return Chosen((ordered[ranks.index(max(ranks) if mapping.otherwise == "highest" else min(ranks))],), rule)


def _counted(ordered: Sequence[Value]) -> Chosen:
    """As the codebook says, of values whose times are not kept."""
    feature = ordered[0].feature
    if feature.counts in {"first", "last"} and any(value.hours is None for value in ordered):
        return Chosen((), open=True)  # the order of rows is no time
    place, value = count(feature, [value.checked.value for value in ordered if value.checked.value is not None])
    rule = f"the {feature.counts} of several values counts, as the codebook says"
    if place is not None:
        return Chosen((ordered[place],), rule)
    return Chosen((ordered[-1],), rule, value=float(value))


def _each_time(ordered: Sequence[Value], mapping: TableMapping) -> Chosen:
    """Every value at its time; of different ones at one time that which counts."""
    feature = ordered[0].feature
    by_time: dict[float | None, list[Value]] = {}
    for value in ordered:
        by_time.setdefault(value.hours, []).append(value)
    kept = []
    for several in by_time.values():
        if len({value.checked.value for value in several}) == 1:
            kept.append(several[0])
        elif feature.counts in {"highest", "lowest", "worst"}:
            place, _ = count(feature, [value.checked.value for value in several if value.checked.value is not None])
            kept.append(several[place or 0])
        elif mapping.otherwise in {"first", "last"}:
            kept.append(several[0 if mapping.otherwise == "first" else -1])
        else:
            return Chosen((), open=True)
    return Chosen(tuple(kept), "another value at the same time counts")


def _rank(feature: Feature, value: float | str | None) -> float:
    if isinstance(value, str):
        return float([level.code for level in feature.levels].index(value))
    return value if value is not None else -inf


def worst_of(feature: Feature, values: Sequence[float]) -> int:
    """The place of the worst of ``values``: farthest outside the reference range, the lowest where there is none."""
    worst = [_distance(feature, value) if feature.reference else -value for value in values]
    return worst.index(max(worst))


def _distance(feature: Feature, value: float | str | None) -> float:
    """How far outside the reference range, as a share of its width (or of its only end)."""
    tier = feature.reference
    if tier is None or value is None or isinstance(value, str):
        return 0.0
    below = tier.low - value if tier.low is not None else -inf
    above = value - tier.high if tier.high is not None else -inf
    width = (
        tier.high - tier.low if tier.low is not None and tier.high is not None else abs(tier.low or tier.high or 1.0)
    )
    return max(below, above) / (width or 1.0)
