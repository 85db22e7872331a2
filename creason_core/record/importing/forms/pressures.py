"""Blood pressures in one cell ("120/80") taken apart into a systolic and a diastolic column."""

import re
from collections.abc import Sequence
from dataclasses import replace

from creason_core.record.importing.files.protocol import Row, Table

_BOTH = re.compile(r"(\d{2,3})\s*[/／]\s*(\d{2,3})(?:\s*mm\s*Hg)?", re.IGNORECASE)
_CALLED = re.compile(
    r"(?<![^\W_])(?:(?:non[- ]?invasive|invasive|arterial|art\.?) )?(?:blood ?pressure|(?:ni|a|n)?bp|nibd|rr|"
    r"blutdruck(?:werte?)?|(?:tension|pression) art[ée]rielle|(?:tensi[óo]n|presi[óo]n) arterial|"
    r"press(?:ione arteriosa|[ãa]o arterial)|bloeddruk|ci[śs]nienie(?: t[ęe]tnicze)?|ta|pa)(?![^\W_])|혈압|血圧|血压",
    re.IGNORECASE,
)
_ONE = re.compile(r"\W*\d+(?:[.,]\d+)?(?:\s*mm\s*Hg)?", re.IGNORECASE)
_SHARE = 0.8  # of a column's cells


def with_pressures_apart(table: Table) -> Table:
    """``table`` with each column of blood pressures such as "120/80" as two.

    A cell of another form stands in both; a single number is marked, since nothing says which of the two it is.
    """
    places = [at for at, name in enumerate(table.columns) if _CALLED.search(name) and _holds(table, at)]
    names = [new for at in places for new in _names(table.columns[at])]
    if not places or len({*names, *table.columns}) < len(names) + len(table.columns):
        return table
    columns: list[str] = []
    for at, name in enumerate(table.columns):
        columns += _names(name) if at in places else [name]
    rows = tuple(Row(row.number, tuple(_apart(row.cells, places))) for row in table.rows)
    said = ", ".join(f"'{table.columns[at]}'" for at in places[:3])
    note = f"{said}: each cell holds two pressures, which were taken apart into systolic and diastolic."
    return replace(table, columns=tuple(columns), rows=rows, notes=(*table.notes, note))


def _holds(table: Table, at: int) -> bool:
    cells = [row.cells[at] for row in table.rows if row.cells[at]]
    return bool(cells) and sum(_pair(cell) is not None for cell in cells) >= _SHARE * len(cells)


def _names(name: str) -> list[str]:
    return [_CALLED.sub(f"{which} blood pressure", name, count=1) for which in ("systolic", "diastolic")]


def _pair(cell: str) -> tuple[str, str] | None:
    """The higher and the lower pressure; None for anything else, the lower one first included."""
    found = _BOTH.fullmatch(cell.strip())
    return (found[1], found[2]) if found and int(found[1]) > int(found[2]) else None


def _apart(cells: Sequence[str], places: Sequence[int]) -> list[str]:
    found: list[str] = []
    for at, cell in enumerate(cells):
        found += (_pair(cell) or (_other(cell),) * 2) if at in places else (cell,)
    return found


def _other(cell: str) -> str:
    """A cell that is no pair, as it is refused or read in either column; a number alone would be read as both."""
    return f"{cell}/?" if _ONE.fullmatch(cell.strip()) else cell
