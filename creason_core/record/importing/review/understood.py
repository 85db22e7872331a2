"""How each column of a table was understood, with three of its own values before and after, for a person to look at."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from creason_core.record.hours import hours_text
from creason_core.record.identifiers import shown_column
from creason_core.record.importing.cells.moments import EPOCH
from creason_core.record.importing.columns.mapping import ColumnMap, NameMap, Role, TableMapping, UnitFrom, Why
from creason_core.record.importing.files.protocol import Table
from creason_core.record.importing.patients.patients import Grouped, Value
from creason_core.record.importing.report import Item, safe_text

_SHOWN = 3
_ROLES: Mapping[Role, str] = {
    "patient": "tells patients apart; not stored",
    "encounter": "a number of stays; not stored",
    "name": "names of tests",
    "value": "values",
    "unit": "units",
    "time": "times",
    "clock": "times of day",
    "admission": "times of admission",
    "specimen": "specimens",
    "site": "sites",
}
_UNITS: Mapping[UnitFrom, str] = {
    "header": "its unit stands in its name",
    "unit column": "its unit stands in a column of units",
    "values": "its unit is told by the values",
    "assumed": "its unit is assumed",
    "chosen": "its unit is chosen by a person",
}
_HOW: Mapping[Why, str] = {
    "chosen": "chosen by a person",
    "": "",
    "alias": "by another name for it",
    "similar": "its name is alike",
    "search": "by a word that one searches it by",
}


def understood(table: Table, mapping: TableMapping, grouped: Grouped) -> tuple[Item, ...]:
    """A line a column that is used (of a long table, a name too): values as they stand, as they are read, and why."""
    by_place: dict[str, dict[str, Value]] = {}
    for value in grouped.values:
        seen = by_place.setdefault(value.column, {})
        if len(seen) < _SHOWN:
            seen.setdefault(value.text, value)
    found = [_role(item, table, grouped) for item in mapping.columns if item.role not in {"feature", "ignored"}]
    parts: Iterable[tuple[str, ColumnMap | NameMap]] = (
        ((item.name, item) for item in mapping.names if item.target)
        if mapping.layout == "long"
        else ((item.column, item) for item in mapping.columns if item.role == "feature")
    )
    lines = (_values(place, item, list(by_place.get(place, {}).values())) for place, item in parts)
    return (*found, *lines, *_rows_of_nothing(table, mapping, grouped))


def for_report(lines: Iterable[Item]) -> tuple[Item, ...]:
    """The same as it may leave the computer: without what may identify a person, days of a stay among it."""
    return tuple(
        replace(line, value="", result="")
        if line.column and not line.feature
        else replace(line, value=safe_text(line.value))
        for line in lines
    )


def _rows_of_nothing(table: Table, mapping: TableMapping, grouped: Grouped) -> Iterable[Item]:
    """How many rows of a patient hold nothing that is used, by the reason."""
    used = {value.row for value in grouped.values}
    name = mapping.column("name") if mapping.layout == "long" else None
    at = table.columns.index(name.column) if name else None
    mapped = {item.name for item in mapping.names if item.target}
    reasons = Counter(
        "nothing stands in the columns that are used"
        if at is None
        else "no value stands there"
        if row.cells[at] in mapped
        else "no feature is chosen for their test"
        for row, patient in zip(table.rows, grouped.owners.patient, strict=True)
        if patient >= 0 and row.number not in used
    )
    for why, count in reasons.items():
        rows = f"{count:,} row{'' if count == 1 else 's'}"
        yield Item("understood", 0, "", "", "", rows, f"of no use; {why}")


def _values(place: str, item: ColumnMap | NameMap, values: list[Value]) -> Item:
    feature = values[0].feature if values else None
    after = (
        value.feature.text_with_unit(value.checked.value) if value.checked.value is not None else "not read"
        for value in values
    )
    how = _HOW.get(item.why, f"by its {item.why}")
    unit = _UNITS.get(item.unit_from, "") if feature and feature.numeric else ""
    rule = "; ".join(filter(None, (how, unit, item.note)))
    label = feature.label if feature else item.target
    return Item("understood", 0, shown_column(place), label, ", ".join(value.text[:40] for value in values),
                ", ".join(after), rule)  # fmt: skip


def _role(item: ColumnMap, table: Table, grouped: Grouped) -> Item:
    rule = _ROLES.get(item.role, "")
    if item.role == "patient":
        count = f"{grouped.patients:,} patient{'' if grouped.patients == 1 else 's'}"
        return Item("understood", 0, shown_column(item.column), "", "", count, rule)
    at = table.columns.index(item.column)
    cells = list(dict.fromkeys(row.cells[at] for row in table.rows[:200] if row.cells[at]))[:_SHOWN]
    after = ""
    if item.role == "time":
        cells = list(dict.fromkeys(value.when for value in grouped.values if value.when))[:_SHOWN]
        after = ", ".join(_time(grouped.times.hours.get(cell), absolute=grouped.times.absolute) for cell in cells)
        start = "admission" if grouped.admission else "each patient's first time in this table"
        day = "the day" if grouped.times.whole_days else "the 24 hours"
        rule = f"{grouped.times.said or 'times, not read yet'}; day 1 is {day} from {start}"
    if item.role in {"encounter", "site"}:
        cells = []
    return Item("understood", 0, shown_column(item.column), "", ", ".join(cell[:40] for cell in cells), after, rule)


def _time(hours: float | None, *, absolute: bool) -> str:
    if hours is None:
        return "not read"
    if not absolute:
        return f"{hours_text(round(hours, 2))} h"
    return (EPOCH + timedelta(hours=hours)).strftime("%d %b %Y %H:%M")
