"""The cells of a table as values of patients, each with its time: rows of a wide table, or grouped rows of a long one.

What tells patients apart in the file is used for that and forgotten: a patient's key is made from the import.
"""

import hashlib
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from creason_core.errors import CaseError
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.importing.cells.checking import Checked, differ, two_units
from creason_core.record.importing.cells.values import Decimal, parse_cell
from creason_core.record.importing.columns.headers import parse_header
from creason_core.record.importing.columns.mapping import ColumnMap, NameMap, TableMapping, target_feature
from creason_core.record.importing.columns.times import Times, read_as, read_times
from creason_core.record.importing.contents.coding import Coding
from creason_core.record.importing.files.protocol import Row, Table
from creason_core.record.importing.patients.rows import Owners, owners
from creason_core.record.units import unit_for

_MIDNIGHT = re.compile(r"[T ]+0?0:00(?::00(?:\.0+)?)?$")  # of a day, as spreadsheets and databases write it
_PORTIONS = {"mL": 1.0, "L": 1000.0}  # of a feature in mL a day


@dataclass(frozen=True, slots=True)
class Value:
    """A checked cell: where it stands in the file, its text, the unit that the file gives, and what checking found.

    ``hours`` are those of ``Grouped``; ``when`` is the cell that tells the time, "" where the table has none. What is
    refused since it is a volume and no volume a day may be a ``portion`` of one, in mL.
    """

    patient: int  # from 0, in the order of the file
    row: int
    column: str
    feature: Feature
    text: str
    hours: float | None
    checked: Checked
    when: str = ""
    portion: float | None = None


@dataclass(frozen=True, slots=True)
class Grouped:
    """The values of all patients, whose the rows are, and how times were read.

    Hours of values are since admission where ``admission`` says so, else since 1970: of patients only differences tell.
    """

    values: tuple[Value, ...]
    owners: Owners
    times: Times
    admission: bool
    has_times: bool

    @property
    def patients(self) -> int:
        """How many patients the table is about."""
        return self.owners.count


def patient_key(import_id: str, patient: int) -> str:
    """An opaque key: the same for the same import and place, and nothing of the file in it."""
    return hashlib.sha256(f"{import_id}:{patient}".encode()).hexdigest()[:16]


def group(table: Table, mapping: TableMapping, codebook: Codebook, read: Mapping[str, Coding]) -> Grouped:
    """Every mapped cell that holds something, checked as ``read`` says of its column, by patient, with its time."""
    found = owners(table, mapping)
    time, clock = mapping.column("time"), mapping.column("clock")
    places = [table.columns.index(item.column) for item in (time, clock) if item]
    make = _long if mapping.layout == "long" else _wide
    values = list(make(table, mapping, codebook, found.patient, places, read=read))
    if not time:
        return Grouped(tuple(values), found, Times(), admission=False, has_times=False)
    comma = mapping.decimal == "comma"
    times = read_times({value.when for value in values}, time.column, mapping.times, comma=comma)
    start = _admissions(table, mapping, found.patient, times) if times.absolute else {}
    since = not times.absolute or bool(start)
    day = 24.0 if times.whole_days else 0.0  # dates without a time are of the day of admission, not of hours before it
    timed = tuple(
        replace(value, hours=_since(times.hours.get(value.when), start.get(value.patient), start=bool(start), day=day))
        for value in values
    )
    return Grouped(timed, found, times, admission=since, has_times=True)


def _admissions(table: Table, mapping: TableMapping, who: Sequence[int], times: Times) -> Mapping[int, float]:
    """When each patient was admitted, by the column that tells it: hours since 1970.

    Nobody's is known (NaN) where one column has zones and the other none, or where its dates can be read in two ways
    and those of the values do not tell in which.
    """
    admitted, found = mapping.column("admission"), dict[int, float]()
    if admitted is None:
        return found
    at = table.columns.index(admitted.column)
    texts = {row.cells[at] for row in table.rows}
    began = read_times(texts, admitted.column, mapping.times)
    if began.options and (order := read_as(times)) in began.options:
        began = read_times(texts, admitted.column, order)
    if began.options:
        return dict.fromkeys(who, math.nan)
    zones = began.absolute and began.zoned != times.zoned
    for row, patient in zip(table.rows, who, strict=True):
        if began.absolute and (hours := began.hours.get(row.cells[at])) is not None:
            found.setdefault(patient, math.nan if zones else hours)
    return found


def _since(hours: float | None, began: float | None, *, start: bool, day: float) -> float | None:
    """Hours since admission where the table tells it; None of a patient of whom it does not."""
    if hours is None or (start and began is None) or (began is not None and math.isnan(began)):
        return None
    if began is None:
        return hours
    return hours - (began // day * day if day else began)


def _when(row: Row, places: Sequence[int]) -> str:
    if len(places) < 2:
        return row.cells[places[0]] if places else ""
    day, clock = (row.cells[at] for at in places)
    return f"{_MIDNIGHT.sub('', day)} {clock}".strip() if clock else day


def _wide(
    table: Table,
    mapping: TableMapping,
    codebook: Codebook,
    who: Sequence[int],
    when: Sequence[int],
    *,
    read: Mapping[str, Coding],
) -> Iterator[Value]:
    index = {name: at for at, name in enumerate(table.columns)}
    units = {item.target: index[item.column] for item in mapping.columns if item.role == "unit" and item.target}
    columns = [
        (
            index[item.column],
            item.column,
            feature,
            units.get(item.target),
            _checking(read[item.column], item, _units(table, units.get(item.target), index[item.column])),
        )
        for item in mapping.columns
        if item.role == "feature" and item.target
        for feature in [target_feature(item.target, codebook)]
    ]
    for row, patient in zip(table.rows, who, strict=True):
        if patient < 0:
            continue
        for at, name, feature, unit_at, check in columns:
            text = row.cells[at]
            if not text:
                continue
            checked, portion = check(text, row.cells[unit_at] if unit_at is not None else "")
            if not checked.empty:
                yield Value(patient, row.number, name, feature, text, None, checked, _when(row, when), portion)


def _long(
    table: Table,
    mapping: TableMapping,
    codebook: Codebook,
    who: Sequence[int],
    when: Sequence[int],
    *,
    read: Mapping[str, Coding],
) -> Iterator[Value]:
    def index(role: str) -> int | None:
        found = next((item for item in mapping.columns if item.role == role), None)
        return table.columns.index(found.column) if found else None

    name_at, value_at, unit_at = (index(role) for role in ("name", "value", "unit"))
    if name_at is None or value_at is None:
        return
    beside: dict[str, set[str]] = {}  # units by the name that they stand beside
    for row in table.rows if unit_at is not None else ():
        if row.cells[value_at]:
            beside.setdefault(row.cells[name_at], set()).add(row.cells[unit_at or 0])
    names = {
        item.name: (feature, _checking(read[item.name], item, beside.get(item.name, set())))
        for item in mapping.names
        if item.target
        for feature in [target_feature(item.target, codebook)]
    }
    for row, patient in zip(table.rows, who, strict=True):
        known = names.get(row.cells[name_at])
        text = row.cells[value_at]
        if known is None or not text or patient < 0:
            continue
        feature, check = known
        checked, portion = check(text, row.cells[unit_at] if unit_at is not None else "")
        if not checked.empty:
            name = row.cells[name_at]
            yield Value(patient, row.number, name, feature, text, None, checked, _when(row, when), portion)


def a_day(feature: Feature) -> bool:
    """Whether ``feature`` is an amount of a whole day, of which portions are added up and none is worst."""
    return feature.numeric and feature.unit == "mL/d"


def _units(table: Table, unit: int | None, value: int) -> set[str]:
    """The units that stand beside the values of a column."""
    return {row.cells[unit] for row in table.rows if row.cells[value]} if unit is not None else set()


def _checking(
    coding: Coding, item: ColumnMap | NameMap, beside: Collection[str]
) -> Callable[[str, str], tuple[Checked, float | None]]:
    """``Coding.check`` of a text and the unit beside it, remembered for this table only; with an amount of no day.

    A unit beside a value outranks that of the column's name, unless none of those ``beside`` is that of the name.
    """
    named = parse_header(item.column if isinstance(item, ColumnMap) else item.name).written
    known = [unit for unit in beside if unit_for(coding.feature, unit)]
    at_odds = bool(named) and bool(known) and all(differ(coding.feature, named, unit) for unit in known)

    def check(text: str, stated: str) -> tuple[Checked, float | None]:
        unit, feature = stated or item.unit, coding.feature
        checked = coding.check(text, unit, stated=bool(stated))
        if at_odds and stated in known and isinstance(checked.value, float):
            checked = two_units(feature, named, stated)
        lost = bool(checked.refused) and a_day(feature)
        return checked, _portion(text, unit, coding.decimal or "point", feature) if lost else None

    return cache(check)


def _portion(text: str, unit: str, decimal: Decimal, feature: Feature) -> float | None:
    """An amount in mL or L, for a feature in mL a day; None where the file gives another unit, or no number."""
    amount = feature.model_copy(update={"unit": "mL", "unit_label": "mL", "loinc": "", "reference": None})
    try:
        parsed = parse_cell(text, amount, decimal)
    except CaseError:
        return None
    named = unit_for(amount, parsed.unit or unit)
    if named is None or named.code not in _PORTIONS or isinstance(parsed.value, str) or parsed.value < 0:
        return None
    return parsed.value * _PORTIONS[named.code]
