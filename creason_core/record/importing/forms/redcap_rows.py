"""REDCap's exports of longitudinal projects: the rows of a record's events become one row.

A record is as it was at one event. Where fields are filled later than in the first, a person says once which event that
is: of a field filled in several only its values count, one filled in an earlier event only needs no word, and one that
is filled only later is left out. So no value of one event ever stands for another's. Rows of repeating instruments stay
rows. Arms of one event are one event, since a record is in one arm.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from creason_core.errors import UploadError
from creason_core.record.identifiers import shown_column
from creason_core.record.importing.files.protocol import Row, Table

_EVENT = frozenset({"redcap_event_name", "event name"})
_REPEATS = frozenset({"redcap_repeat_instrument", "redcap_repeat_instance", "repeat instrument", "repeat instance"})
_SHOWN = 5  # fields that a note names
_ARM = re.compile(r"_arm_\d+$|\s*\(arm \d+[^)]*\)$", re.IGNORECASE)


def by_record(table: Table, event: str = "") -> Table:
    """``table`` with one row for all events of a record, or as it is where it has no events.

    ``event`` is the one at which a record is as it is told; without it a table in which that makes a difference stays
    as it is, with the events left open.

    Raises:
        UploadError: The table has no such event.
    """
    folded = [name.casefold() for name in table.columns]
    at = next((place for place, name in enumerate(folded) if name in _EVENT), None)
    if at in {None, 0}:  # the first column is the record's
        return table
    assert at is not None
    of_rows = [_event(row.cells[at]) for row in table.rows]
    events = _in_order(table.rows, of_rows)
    repeats = [place for place, name in enumerate(folded) if name in _REPEATS]
    if len(events) < 2 or _twice(table.rows, of_rows, repeats):
        return table
    filled: dict[int, set[str]] = {place: set() for place in range(len(folded)) if place not in {0, at, *repeats}}
    for row, name in zip(table.rows, of_rows, strict=True):
        for place, names in filled.items():
            if row.cells[place]:
                names.add(name)
    asked = any(names - {events[0]} for names in filled.values())
    if asked and not event:
        return replace(table, sheets=events, open=events)
    if event and event not in events:
        raise UploadError(f"The table has no event '{event}'.", remedy=f"It has: {', '.join(events[:20])}.")
    until = events[: events.index(event) + 1] if event else events
    wanted = [(place, next(iter(names), "") if len(names) < 2 else event) for place, names in filled.items()]
    wanted = [(place, name) for place, name in wanted if not name or name in until]
    told = f"The rows of {len(events):,} REDCap events were put together, one row a record."
    if several := sum(len(names) > 1 for names in filled.values()):
        told += (
            f" Of {several:,} field{'s' * (several > 1)} filled in several, only the values of '{event}' were taken."
        )
    kept = {place for place, _ in wanted}
    later = [
        f"{shown_column(table.columns[place])} of '{next(iter(filled[place]))}'"
        for place in filled
        if place not in kept
    ]
    if later:
        more = f" and {len(later) - _SHOWN:,} more" if len(later) > _SHOWN else ""
        told += f" Filled only later than '{event}', and left out: {', '.join(later[:_SHOWN])}{more}."
    return replace(
        table,
        columns=tuple(table.columns[place] for place in (0, *repeats, *(place for place, _ in wanted))),
        rows=tuple(_merged(table.rows, of_rows, repeats, wanted)),
        notes=(*table.notes, told),
        sheets=events if asked else (),
        sheet=event,
    )


def _in_order(rows: Sequence[Row], of_rows: Sequence[str]) -> tuple[str, ...]:
    """The events as the rows of each record order them; as they first come where records differ in that."""
    of_records: dict[str, list[str]] = {}
    for row, name in zip(rows, of_rows, strict=True):
        if name:
            of_records.setdefault(row.cells[0], []).append(name)
    first = {name: place for place, name in enumerate(dict.fromkeys(name for name in of_rows if name))}
    after: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(first, ()))
    for names in of_records.values():
        for before, name in pairwise(dict.fromkeys(names)):
            after.add(name, before)
    try:
        after.prepare()
    except CycleError:
        return tuple(first)
    order: list[str] = []
    while after.is_active():
        ready = sorted(after.get_ready(), key=first.__getitem__)
        order += ready
        after.done(*ready)
    return tuple(order)


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
