"""Columns that say in what was measured, where no person can be asked: found and read as the pages' import does."""

from dataclasses import replace

from creason_core.errors import UploadError
from creason_core.record.codebook import Codebook
from creason_core.record.importing.columns.mapping import ColumnMap, TableMapping
from creason_core.record.importing.columns.matching import feature_of_column
from creason_core.record.importing.columns.roles import Roles
from creason_core.record.importing.columns.specimens import column_of_kinds, column_of_specimens, tell_apart
from creason_core.record.importing.decisions import Decisions
from creason_core.record.importing.files.protocol import Table


def with_specimens(table: Table, mapping: TableMapping, known: Codebook) -> TableMapping:
    """``mapping`` of a long table with its column of specimens, or of kinds of tests, whatever that is called."""
    name = column_of_specimens(table, mapping) or column_of_kinds(table, mapping, known)
    columns = tuple(
        item.model_copy(update={"role": "specimen"}) if item.column == name else item for item in mapping.columns
    )
    return mapping.model_copy(update={"columns": columns})


def without_others(table: Table, roles: Roles, known: Codebook) -> Table:
    """A table with a row a patient, without values of which a column says that they are of another specimen.

    Raises:
        UploadError: Of some it says a specimen that is not known, or nothing.
    """
    columns = []
    for name in table.columns:
        role = roles.by_column.get(name, "ignored")
        feature = feature_of_column(name, known) if role == "ignored" else None
        columns.append(
            ColumnMap(column=name, role="feature" if feature else role, target=feature.name if feature else "")
        )
    mapping = TableMapping(codebook="", layout="wide", columns=tuple(columns))
    told = tell_apart(table, mapping, known, Decisions())
    if told.questions:
        raise UploadError(told.questions[0].message, remedy=told.questions[0].remedy)
    if not told.items:
        return table
    count, first = len(told.items), told.items[0]
    note = f"Left out: {count:,} value{'s' if count > 1 else ''} of another specimen, as in row {first.row}. "
    return replace(told.table, notes=(*told.table.notes, note + first.remedy))
