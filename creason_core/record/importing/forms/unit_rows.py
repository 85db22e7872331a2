"""A row of units under the header: each becomes a part of its column's name, where a unit is looked for."""

from collections.abc import Sequence
from dataclasses import replace

from creason_core.record.importing.columns.headers import ORDINARY, folded, parse_header
from creason_core.record.importing.contents.column_units import stated
from creason_core.record.importing.files.header_rows import is_number
from creason_core.record.importing.files.protocol import Row, Table
from creason_core.record.units import unit_named

_FEW = 20  # rows in which a unit's text may not come again: levels such as m and f do
_BRACKETS = "()[]{} "
_SAID = frozenset(["", "unit", "units", "uom", "einheit", "einheiten", "unite", "unites", "unidad", "unidades", "단위"])


def with_unit_row(table: Table) -> Table:
    """``table`` with the units of its first row in the columns' names, if that row holds nothing but units.

    Where a column's name states another unit than the row, the row stays what it is, and is asked about as any row.
    """
    if not table.rows or not _holds_units(table.rows[0].cells, table.rows[1 : _FEW + 1]):
        return table
    units = [_bare(cell) for cell in table.rows[0].cells]
    known = [parse_header(name).unit for name in table.columns]
    if any(own and (found := unit_named(unit)) and found != own for own, unit in zip(known, units, strict=True)):
        return table
    below = table.rows[1 : _FEW + 1]
    names = [
        f"{name} [{unit}]" if not own and (unit_named(unit) or (unit and _numbers(below, at))) else name
        for at, (name, unit, own) in enumerate(zip(table.columns, units, known, strict=True))
    ]
    note = f"Row {table.rows[0].number} holds the units of the columns, and was read as such."
    return replace(table, columns=tuple(names), rows=table.rows[1:], notes=(*table.notes, note))


def _holds_units(cells: Sequence[str], below: Sequence[Row]) -> bool:
    """Two units or more of which one is no ordinary word, no number, and nothing that comes again further down."""
    given = [(at, _bare(cell)) for at, cell in enumerate(cells) if _bare(cell)]
    units = [(at, text, unit) for at, text in given if (unit := unit_named(text))]
    if len(units) < 2 or any(is_number(text) for _, text in given):
        return False
    clear = [text for _, text, unit in units if unit.code not in ORDINARY and len(text) > 1]
    again = any(row.cells[at].strip() == cells[at].strip() for row in below for at, _ in given)
    return bool(clear) and not again and 2 * len(units) >= len(given)


def _numbers(rows: Sequence[Row], at: int) -> bool:
    """Whether a column holds numbers: what stands above them in a row of units is a unit, be it a known one or not."""
    return any(is_number(row.cells[at]) for row in rows if row.cells[at])


def _bare(cell: str) -> str:
    """A cell without brackets around it; "" for one that only says that this is the row of units."""
    text = cell.strip()
    if text[:1] in "([{" and text[-1:] in ")]}":
        text = text.strip(_BRACKETS)
    return "" if folded(text) in _SAID or not stated(text) else text
