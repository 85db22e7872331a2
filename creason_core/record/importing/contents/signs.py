"""Columns of comparators in a table with a row a patient: each belongs to the value that its name says."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from creason_core.record.identifiers import shown_column
from creason_core.record.importing.columns.headers import folded, parse_header
from creason_core.record.importing.columns.mapping import TableMapping
from creason_core.record.importing.files.protocol import Row, RowProblem, Table

EQUAL = frozenset(["", "=", "=="])
SIGNS: Mapping[str, str] = {
    **dict.fromkeys((*EQUAL, "eq"), ""), "<": "<", "lt": "<", ">": ">", "gt": ">", "<=": "<=", "le": "<=",
    ">=": ">=", "ge": ">=", "≤": "≤", "≥": "≥", "~": "~", "≈": "≈",
}  # fmt: skip
_CALLED = frozenset(
    "sign operator op comparator comparison qualifier prefix symbol modifier limit lod flag vorzeichen operateur signe "
    "signo segno teken znak".split()
)


def with_signs(table: Table, mapping: TableMapping) -> Table:
    """``table`` with the comparators of its columns of them joined to their values.

    Where nothing says which value one belongs to, its row has a problem.
    """
    features = [item.column for item in mapping.columns if item.role == "feature"]
    found = {at: _whose(table.columns[at], at, table.columns, features) for at in _places(table, mapping)}
    if not found or not features:
        return table
    rows, problems = [], list(table.problems)
    for row in table.rows:
        cells = list(row.cells)
        for at, value in found.items():
            sign = SIGNS[row.cells[at].casefold()]
            if sign and value is None:
                said = f"'{sign}' in '{shown_column(table.columns[at])}' is of a value that nothing names."
                problems.append(RowProblem(row.number, said))
            elif sign and value is not None and cells[value]:
                cells[value] = sign + cells[value]
        rows.append(Row(row.number, tuple(cells)))
    return replace(table, rows=tuple(rows), problems=tuple(problems))


def _places(table: Table, mapping: TableMapping) -> list[int]:
    """The columns without a use that hold comparators and nothing else."""
    found = []
    for item in mapping.columns:
        if item.role == "ignored":
            given = {cell.casefold() for cell in table.column(item.column)}
            if given <= SIGNS.keys() and not given <= EQUAL | {"eq"}:
                found.append(table.columns.index(item.column))
    return found


def _whose(name: str, at: int, columns: Sequence[str], features: Sequence[str]) -> int | None:
    """The column of values that a column of comparators is called by, else the one after it, else before it."""
    words = [word for word in folded(name).split() if word not in _CALLED]
    own = " ".join(words)
    alike = [column for column in features if own and parse_header(column).bare.startswith(own)]
    if len(alike) == 1:
        return columns.index(alike[0])
    if own:
        return None
    beside = [columns[place] for place in (at + 1, at - 1) if 0 <= place < len(columns) and columns[place] in features]
    return columns.index(beside[0]) if beside else None
