"""REDCap's exports of longitudinal projects: the rows of a record's events become one row.

A field that is filled in one event only keeps its name. One that is filled in several has a column for each event, or
the column of the event that was chosen: no value of one event ever stands for another's. Rows of repeating
instruments stay rows. Arms of one event are one event, since a record is in one arm.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from creason_core.errors import UploadError
from creason_core.record.importing import limits
from creason_core.record.importing.protocol import Row, Table

_EVENT = frozenset({"redcap_event_name", "event name"})
_REPEATS = frozenset({"redcap_repeat_instrument", "redcap_repeat_instance", "repeat instrument", "repeat instance"})
_ARM = re.compile(r"_arm_\d+$|\s*\(arm \d+[^)]*\)$", re.IGNORECASE)


def by_record(table: Table, event: str = "") -> Table:
    """``table`` with one row for all events of a record, or as it is where it has no events.

    ``event`` is the one whose values count where a field is filled in several.

    Raises:
        UploadError: The table has no such event.
    """
    folded = [name.casefold() for name in table.columns]
    at = next((place for place, name in enumerate(folded) if name in _EVENT), None)
    if at in {None, 0}:  # the first column is the record's
        return table
    assert at is not None
    events = tuple(dict.fromkeys(name for row in table.rows if (name := _event(row.cells[at]))))
    repeats = [place for place, name in enumerate(folded) if name in _REPEATS]
    if len(events) < 2 or _twice(table.rows, at, repeats):
        return table
    fields = [place for place in range(len(folded)) if place not in {0, at, *repeats}]
    filled = {
        place: [name for name in events if any(row.cells[place] for row in table.rows if _event(row.cells[at]) == name)]
        for place in fields
    }
    several = [place for place in fields if len(filled[place]) > 1]
    if event and event not in events:
        raise UploadError(f"The table has no event '{event}'.", remedy=f"It has: {', '.join(events[:20])}.")
    if event and several:
        filled = {place: [event] if place in several else names for place, names in filled.items()}
    wanted = [(place, name) for place in fields for name in filled[place] or events[:1]]
    heads = [table.columns[place] for place in (0, *repeats)]
    heads += [
        f"{table.columns[place]} ({name})" if len(filled[place]) > 1 else table.columns[place] for place, name in wanted
    ]
    if len(heads) > limits.COLUMNS:
        return table
    rows = _merged(table.rows, at, repeats, wanted)
    told = f"The rows of {len(events):,} REDCap events were put together, one row a record."
    if several and not event:
        told += f" Fields that are filled in several events ({len(several):,}) have a column for each."
    return replace(
        table,
        columns=tuple(heads),
        rows=tuple(rows),
        notes=(*table.notes, told),
        sheets=events if several else (),
        sheet=event,
        open=events if several and not event else (),
    )


def _event(cell: str) -> str:
    """The event without its arm."""
    return _ARM.sub("", cell)


def _place(row: Row, repeats: Sequence[int]) -> tuple[str, ...]:
    """What makes rows of events one row: the record, the repeating instrument and its instance."""
    return (row.cells[0], *(row.cells[place] for place in repeats))


def _twice(rows: Iterable[Row], at: int, repeats: Sequence[int]) -> bool:
    """Whether an event of a record has two rows, or a row no record or event: then nothing is put together."""
    keys = [(_place(row, repeats), _event(row.cells[at])) for row in rows]
    return len(set(keys)) < len(keys) or any(not place[0] or not event for place, event in keys)


def _merged(rows: Sequence[Row], at: int, repeats: Sequence[int], wanted: Sequence[tuple[int, str]]) -> Iterable[Row]:
    grouped: dict[tuple[str, ...], dict[str, Row]] = {}
    for row in rows:
        grouped.setdefault(_place(row, repeats), {})[_event(row.cells[at])] = row
    for place, of_events in grouped.items():
        cells = [of_events[name].cells[field] if name in of_events else "" for field, name in wanted]
        yield Row(min(row.number for row in of_events.values()), (*place, *cells))
