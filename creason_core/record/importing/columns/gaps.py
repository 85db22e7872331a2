"""Columns that say the same part of a row, each where the other may be empty: one fills the gaps of the other."""

from dataclasses import replace

from creason_core.record.importing.columns.mapping import Role, TableMapping
from creason_core.record.importing.files.protocol import Row, Table

_FILLED: frozenset[Role] = frozenset({"unit", "specimen", "time", "admission"})


def with_gaps_filled(table: Table, mapping: TableMapping) -> Table:
    """``table`` where a column of units, specimens or times is empty only if those that say the same are, too."""
    pairs: list[tuple[int, list[int]]] = []
    unused = {item.column for item in mapping.columns if item.role == "ignored"}
    for rivals in mapping.rivals:
        item = mapping.column(rivals.role)
        if not rivals.alike or rivals.role not in _FILLED or item is None or item.column not in rivals.columns:
            continue
        others = [table.columns.index(name) for name in rivals.columns if name in unused]
        pairs.append((table.columns.index(item.column), others))
    pairs = [(at, others) for at, others in pairs if any(not row.cells[at] for row in table.rows)]
    if not pairs:
        return table
    rows = []
    for row in table.rows:
        cells = list(row.cells)
        for at, others in pairs:
            cells[at] = cells[at] or next(filter(None, (row.cells[other] for other in others)), "")
        rows.append(Row(row.number, tuple(cells)))
    return replace(table, rows=tuple(rows))
