"""Columns that a person says are one, where no question can be asked: the pages' rules tell whether they may be."""

from collections.abc import Sequence
from dataclasses import replace

from creason_core.errors import UploadError
from creason_core.record.codebook import Codebook
from creason_core.record.identifiers import shown_column
from creason_core.record.importing.columns.gaps import with_gaps_filled
from creason_core.record.importing.columns.headers import parse_header
from creason_core.record.importing.columns.mapping import ColumnMap, Rivals, TableMapping
from creason_core.record.importing.columns.matching import feature_of_column
from creason_core.record.importing.columns.roles import guess
from creason_core.record.importing.contents.merging import may_merge
from creason_core.record.importing.files.protocol import Row, Table


def with_merged(table: Table, said: Sequence[str], known: Codebook) -> Table:
    """``table`` where the first column of each "COLUMN=COLUMN" of ``said`` has its gaps filled by the others.

    Raises:
        UploadError: A column is not there, or they say two things in a row or are not known to be of one unit.
    """
    for pair in said:
        table = _merged(table, _columns(table, pair), known)
    return table


def _columns(table: Table, pair: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in pair.split("="))
    if len(set(names)) < 2 or len(set(names)) < len(names) or not set(names) <= set(table.columns):
        raise UploadError(
            f"'{pair}' does not name different columns of the table.",
            remedy="Write --merge COLUMN=COLUMN, the one that is kept first.",
        )
    return names


def _merged(table: Table, names: tuple[str, ...], known: Codebook) -> Table:
    mapping = TableMapping(
        codebook="", layout="wide", columns=tuple(ColumnMap(column=name, role="ignored") for name in table.columns)
    )
    rivals = _rivals(names, known)
    units = {parse_header(name).written for name in names}
    if not may_merge(table, mapping, rivals, known) or (not rivals.target and len(units) > 1):
        listed = " and ".join(f"'{shown_column(name)}'" for name in names)
        raise UploadError(
            f"{listed} cannot be one: a row says two things in them, or nothing says that they are in one unit.",
            remedy="Leave all but one of them out of the table.",
        )
    mapping = mapping.model_copy(update={"rivals": (rivals,)})
    filled = with_gaps_filled(table, mapping)
    kept = [place for place, name in enumerate(table.columns) if name not in names[1:]]
    rows = tuple(Row(row.number, tuple(row.cells[place] for place in kept)) for row in filled.rows)
    told = f"'{shown_column(names[0])}' has its gaps filled by {', '.join(map(shown_column, names[1:]))}."
    columns = tuple(table.columns[place] for place in kept)
    return replace(filled, columns=columns, rows=rows, notes=(*filled.notes, told))


def _rivals(names: tuple[str, ...], known: Codebook) -> Rivals:
    """The columns as ones of a feature where the codebook or their names tell it, else as columns of results."""
    feature = next((found for name in names if (found := feature_of_column(name, known))), None)
    if feature is None or all((said := guess(name)) and said.role == "value" for name in names):
        return Rivals(role="value", columns=names, chosen=names[0], merged=True)
    return Rivals(role="feature", target=feature.name, columns=names, chosen=names[0], merged=True)
