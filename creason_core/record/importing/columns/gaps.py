"""Columns that say the same part of a row, each where the other may be empty: one fills the gaps of the other."""

from dataclasses import replace

from creason_core.record.importing.columns.headers import parse_header
from creason_core.record.importing.columns.mapping import Rivals, Role, TableMapping
from creason_core.record.importing.files.protocol import Row, Table

_FILLED: frozenset[Role] = frozenset({"unit", "specimen", "time", "admission"})


def with_gaps_filled(table: Table, mapping: TableMapping) -> Table:
    """``table`` where a column is empty only if those that say the same are, too.

    Of units, specimens and times, and of what a person has merged. A value that is filled in keeps the unit of its own
    column's name, where that is another.
    """
    pairs: list[tuple[int, list[tuple[int, str]]]] = []
    unused = {item.column for item in mapping.columns if item.role == "ignored"}
    for rivals in mapping.rivals:
        taken = _taken(mapping, rivals)
        if not taken:
            continue
        own = parse_header(taken).written
        units = {name: parse_header(name).written for name in rivals.columns}
        others = [
            (table.columns.index(name), units[name] if rivals.merged and units[name] != own else "")
            for name in rivals.columns
            if name in unused
        ]
        pairs.append((table.columns.index(taken), others))
    pairs = [(at, others) for at, others in pairs if any(not row.cells[at] for row in table.rows)]
    if not pairs:
        return table
    rows = []
    for row in table.rows:
        cells = list(row.cells)
        for at, others in pairs:
            found = ((row.cells[other], unit) for other, unit in others if row.cells[other])
            if not cells[at] and (first := next(found, None)):
                cells[at] = " ".join(filter(None, first))
        rows.append(Row(row.number, tuple(cells)))
    return replace(table, rows=tuple(rows))


def _taken(mapping: TableMapping, rivals: Rivals) -> str:
    """The column whose gaps the others fill; "" for none."""
    if rivals.merged:
        return rivals.chosen or ""
    item = mapping.column(rivals.role)
    filled = rivals.alike and rivals.role in _FILLED
    return item.column if filled and item is not None and item.column in rivals.columns else ""
