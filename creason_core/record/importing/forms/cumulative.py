"""Cumulative reports: a test a row and a time a column, turned into a table with a value a row."""

from dataclasses import replace

from creason_core.record.codebook import Codebook
from creason_core.record.importing.cells.moments import moment
from creason_core.record.importing.columns.copies import COPY
from creason_core.record.importing.columns.matching import is_feature
from creason_core.record.importing.files.protocol import Row, Table

_NAMES = 150  # different cells of a column that may name tests
_TOLD = frozenset({"date", "day", "lapse"})


def with_times_in_rows(table: Table, codebook: Codebook) -> Table:
    """``table`` with a row for each value, where its columns are called by times and its rows by tests."""
    at = [place for place, name in enumerate(table.columns) if _tells_time(name)]
    rest = [place for place in range(len(table.columns)) if place not in at]
    if not at or not any(_names_tests(table, place, codebook) for place in rest):
        return table
    kept = [table.columns[place] for place in rest]
    time, value = (name if name not in kept else f"{name} of the report" for name in ("Time", "Value"))
    rows = tuple(
        Row(row.number, (*(row.cells[other] for other in rest), COPY.sub("", table.columns[place]), row.cells[place]))
        for row in table.rows
        for place in at
        if row.cells[place]
    )
    some = "1 column is" if len(at) == 1 else f"{len(at)} columns are"
    note = f"{some} called by times, and each cell there was read as a value of that time."
    return replace(table, columns=(*kept, time, value), rows=rows, notes=(*table.notes, note))


def _tells_time(name: str) -> bool:
    found = moment(COPY.sub("", name))
    return found is not None and found.kind in _TOLD


def _names_tests(table: Table, place: int, codebook: Codebook) -> bool:
    cells = list(dict.fromkeys(cell for row in table.rows if (cell := row.cells[place])))[:_NAMES]
    found = sum(is_feature(cell, codebook) for cell in cells if any(map(str.isalpha, cell)))
    return found > 0 and 3 * found >= len(cells)
