"""REDCap's exports of longitudinal projects: the rows of a record's events become one row.

A field that is filled in one event only needs no word. Where one is filled in several, a person says once which event
counts, and the values of the others are left out: no value of one event ever stands for another's. Rows of repeating
instruments stay rows. Arms of one event are one event, since a record is in one arm.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from creason_core.errors import UploadError
from creason_core.record.identifiers import shown_column
from creason_core.record.importing.protocol import Row, Table

_EVENT = frozenset({"redcap_event_name", "event name"})
_REPEATS = frozenset({"redcap_repeat_instrument", "redcap_repeat_instance", "repeat instrument", "repeat instance"})
_SHOWN = 5  # fields that a note names
_ARM = re.compile(r"_arm_\d+$|\s*\(arm \d+[^)]*\)$", re.IGNORECASE)


def by_record(table: Table, event: str = "") -> Table:
    """``table`` with one row for all events of a record, or as it is where it has no events.

    ``event`` is the one whose values count where a field is filled in several; without it the table then stays as it
    is, with the events left open.

    Raises:
        UploadError: The table has no such event.
    """
    folded = [name.casefold() for name in table.columns]
    at = next((place for place, name in enumerate(folded) if name in _EVENT), None)
    if at in {None, 0}:  # the first column is the record's
        return table
    assert at is not None
    of_rows = [_event(row.cells[at]) for row in table.rows]
    events = tuple(dict.fromkeys(name for name in of_rows if name))
    repeats = [place for place, name in enumerate(folded) if name in _REPEATS]
    if len(events) < 2 or _twice(table.rows, of_rows, repeats):
        return table
    filled: dict[int, set[str]] = {place: set() for place in range(len(folded)) if place not in {0, at, *repeats}}
    for row, name in zip(table.rows, of_rows, strict=True):
        for place, names in filled.items():
            if row.cells[place]:
                names.add(name)
    several = sum(len(names) > 1 for names in filled.values())
    if several and not event:
        return replace(table, sheets=events, open=events)
    if event and event not in events:
        raise UploadError(f"The table has no event '{event}'.", remedy=f"It has: {', '.join(events[:20])}.")
    wanted = [(place, next(iter(names), "") if len(names) < 2 else event) for place, names in filled.items()]
    told = f"The rows of {len(events):,} REDCap events were put together, one row a record."
    if several:
        told += (
            f" Of {several:,} field{'s' * (several > 1)} filled in several, only the values of '{event}' were taken."
        )
    told += _elsewhere(table, filled, events[0])
    return replace(
        table,
        columns=tuple(table.columns[place] for place in (0, *repeats, *filled)),
        rows=tuple(_merged(table.rows, of_rows, repeats, wanted)),
        notes=(*table.notes, told),
        sheets=events if several else (),
        sheet=event,
    )


def _elsewhere(table: Table, filled: Mapping[int, set[str]], first: str) -> str:
    """Which fields have values in one event only that is not the ``first``: they may be of a later day."""
    only = [(table.columns[place], *names) for place, names in filled.items() if len(names) == 1 and first not in names]
    if not only:
        return ""
    shown = ", ".join(f"{shown_column(field)} of '{name}'" for field, name in only[:_SHOWN])
    more = f" and {len(only) - _SHOWN:,} more" if len(only) > _SHOWN else ""
    return f" Filled in one event only, and taken from it: {shown}{more}."


def _event(cell: str) -> str:
    """The event without its arm."""
    return _ARM.sub("", cell)


def _place(row: Row, repeats: Sequence[int]) -> tuple[str, ...]:
    """What makes rows of events one row: the record, the repeating instrument and its instance."""
    return (row.cells[0], *(row.cells[place] for place in repeats))


def _twice(rows: Sequence[Row], of_rows: Sequence[str], repeats: Sequence[int]) -> bool:
    """Whether an event of a record has two rows, or a row no record or event: then nothing is put together."""
    keys = [(_place(row, repeats), name) for row, name in zip(rows, of_rows, strict=True)]
    return len(set(keys)) < len(keys) or any(not place[0] or not name for place, name in keys)


def _merged(
    rows: Sequence[Row], of_rows: Sequence[str], repeats: Sequence[int], wanted: Sequence[tuple[int, str]]
) -> Iterator[Row]:
    grouped: dict[tuple[str, ...], dict[str, Row]] = {}
    for row, name in zip(rows, of_rows, strict=True):
        grouped.setdefault(_place(row, repeats), {})[name] = row
    for place, of_events in grouped.items():
        cells = [of_events[name].cells[field] if name in of_events else "" for field, name in wanted]
        yield Row(min(row.number for row in of_events.values()), (*place, *cells))
