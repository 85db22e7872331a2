"""The cells of a table as values of patients: rows of a wide table, or grouped rows of a long one.

What tells patients apart in the file is used for that and forgotten: a patient's key is made from the import.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from math import inf

from creason_core.record.codebook import Codebook, Feature
from creason_core.record.importing.checking import Checked
from creason_core.record.importing.coding import Coding
from creason_core.record.importing.mapping import Choice, TableMapping, target_feature
from creason_core.record.importing.protocol import Table

_HOURS = re.compile(r"[+-]?\d+(?:\.\d+)?(?:\s?h(?:ours?)?)?")
DAY_HOURS = 24.0


@dataclass(frozen=True, slots=True)
class Value:
    """A checked cell: where it stands in the file, its text, the unit that the file gives, and what checking found."""

    patient: int  # from 0, in the order of the file
    row: int
    column: str
    feature: Feature
    text: str
    hours: float | None
    checked: Checked


@dataclass(frozen=True, slots=True)
class Grouped:
    """The values of all patients, and the rows that repeat a patient of a wide table."""

    values: tuple[Value, ...]
    patients: int
    repeated: tuple[int, ...]


def patient_key(import_id: str, patient: int) -> str:
    """An opaque key: the same for the same import and place, and nothing of the file in it."""
    return hashlib.sha256(f"{import_id}:{patient}".encode()).hexdigest()[:16]


def group(table: Table, mapping: TableMapping, codebook: Codebook, read: Mapping[str, Coding]) -> Grouped:
    """Every mapped cell that holds something, checked, by patient; ``read`` says how each column is read."""
    patient = mapping.column("patient")
    at = table.columns.index(patient.column) if patient else None
    seen: dict[str, int] = {}
    repeated: list[int] = []
    who: list[int] = []  # patient by row, -1 for a row that is not used
    for row in table.rows:
        key = row.cells[at] if at is not None else ""
        if mapping.layout == "long":
            who.append(seen.setdefault(key, len(seen)))
        elif key and key in seen:
            repeated.append(row.number)
            who.append(-1)
        else:
            seen[key or f"\0{row.number}"] = len(seen)
            who.append(len(seen) - 1)
    make = _long if mapping.layout == "long" else _wide
    return Grouped(tuple(make(table, mapping, codebook, who, read)), len(seen), tuple(repeated))


def _wide(
    table: Table, mapping: TableMapping, codebook: Codebook, who: list[int], read: Mapping[str, Coding]
) -> Iterator[Value]:
    index = {name: at for at, name in enumerate(table.columns)}
    units = {item.target: index[item.column] for item in mapping.columns if item.role == "unit" and item.target}
    columns = [
        (
            index[item.column],
            item.column,
            feature,
            item.unit,
            units.get(item.target),
            _checking(read[item.column]),
        )
        for item in mapping.columns
        if item.role == "feature" and item.target
        for feature in [target_feature(item.target, codebook)]
    ]
    for row, patient in zip(table.rows, who, strict=True):
        if patient < 0:
            continue
        for at, name, feature, assumed, unit_at, check in columns:
            text = row.cells[at]
            if not text:
                continue
            unit = (row.cells[unit_at] if unit_at is not None else "") or assumed
            checked = check(text, unit)
            if not checked.empty:
                yield Value(patient, row.number, name, feature, text, None, checked)


def _long(
    table: Table, mapping: TableMapping, codebook: Codebook, who: list[int], read: Mapping[str, Coding]
) -> Iterator[Value]:
    def index(role: str) -> int | None:
        found = next((item for item in mapping.columns if item.role == role), None)
        return table.columns.index(found.column) if found else None

    name_at, value_at, unit_at, time_at = (index(role) for role in ("name", "value", "unit", "time"))
    if name_at is None or value_at is None:
        return
    names = {
        item.name: (feature, item.unit, _checking(read[item.name]))
        for item in mapping.names
        if item.target
        for feature in [target_feature(item.target, codebook)]
    }
    hours_of = cache(_hours)
    for row, patient in zip(table.rows, who, strict=True):
        known = names.get(row.cells[name_at])
        text = row.cells[value_at]
        if known is None or not text:
            continue
        feature, assumed, check = known
        unit = (row.cells[unit_at] if unit_at is not None else "") or assumed
        checked = check(text, unit)
        if not checked.empty:
            hours = hours_of(row.cells[time_at]) if time_at is not None else None
            yield Value(patient, row.number, row.cells[name_at], feature, text, hours, checked)


def _checking(coding: Coding) -> Callable[[str, str], Checked]:
    """``Coding.check`` of a text and its unit, remembered for this table only: no value outlives its import."""
    return cache(coding.check)


def _hours(text: str) -> float | None:
    """A time as hours: a number of hours, or a date with time (hours since 1970); None where it is neither."""
    plain = text.strip()
    if _HOURS.fullmatch(plain):
        return float(plain.rstrip("hours "))
    try:
        moment = datetime.fromisoformat(plain)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() / 3600


def outside_day(values: list[Value]) -> frozenset[int]:
    """Of one patient's values, the positions of day-1 values taken more than 24 hours after the first time."""
    times = [value.hours for value in values if value.hours is not None]
    if not times:
        return frozenset()
    start = min(times)
    return frozenset(
        at
        for at, value in enumerate(values)
        if value.feature.time == "day1" and value.hours is not None and value.hours - start > DAY_HOURS
    )


def chosen(values: list[Value], choice: Choice) -> Value:
    """Which of several values of one feature counts: the first, the last, or the one farthest out of reference."""
    ordered = sorted(values, key=lambda value: (value.hours is not None, value.hours or 0.0, value.row))
    if choice == "first":
        return ordered[0]
    if choice == "last" or not values[0].feature.reference:
        return ordered[-1]
    return max(ordered, key=lambda value: _distance(value.feature, value.checked.value))


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
