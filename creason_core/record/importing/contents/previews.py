"""Values of a table to show beside a mapping, so that a person sees what each column holds."""

from collections.abc import Mapping

from creason_core.errors import UploadError
from creason_core.record.importing.columns.mapping import Role, TableMapping
from creason_core.record.importing.files.protocol import Table

_FIRST_ROWS = 5_000  # of a long table, for examples


def preview(table: Table, column: str, count: int = 3) -> tuple[str, ...]:
    """The first different values of a column, to show beside its mapping."""
    at = table.columns.index(column)
    found: dict[str, None] = {}
    for row in table.rows:
        if row.cells[at]:
            found[row.cells[at]] = None
        if len(found) == count:
            break
    return tuple(found)


def name_previews(table: Table, mapping: TableMapping, count: int = 3) -> Mapping[str, tuple[str, ...]]:
    """The first different values of each name of a long table, each with its unit, from its first rows.

    Raises:
        UploadError: The mapping does not say which columns hold names and values.
    """
    name_at, value_at = column_index(table, mapping, "name"), column_index(table, mapping, "value")
    unit_at = column_index(table, mapping, "unit") if mapping.column("unit") else None
    found: dict[str, dict[str, None]] = {}
    for row in table.rows[:_FIRST_ROWS]:
        seen = found.setdefault(row.cells[name_at], {})
        if row.cells[value_at] and len(seen) < count:
            seen[f"{row.cells[value_at]} {row.cells[unit_at] if unit_at is not None else ''}".strip()] = None
    return {name: tuple(seen) for name, seen in found.items()}


def column_index(table: Table, mapping: TableMapping, role: Role) -> int:
    """The place of the column that the mapping gives ``role``.

    Raises:
        UploadError: It gives none, or the table has no such column.
    """
    column = mapping.column(role)
    if column is None or column.column not in table.columns:
        raise UploadError(f"No column is chosen for the {role}.", remedy="Choose it in the mapping.")
    return table.columns.index(column.column)
