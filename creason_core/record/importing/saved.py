"""Mappings kept for the next file: what is kept of them, and how they meet a new table."""

from collections.abc import Collection

from creason_core.errors import UploadError
from creason_core.record.codebook import Codebook
from creason_core.record.identifiers import refuse_undecided, scan_text
from creason_core.record.importing.columns.headers import folded
from creason_core.record.importing.columns.mapping import ColumnMap, Role, SavedMapping, TableMapping
from creason_core.record.importing.files.protocol import Table
from creason_core.record.importing.suggesting import suggest, suggest_names

_NEEDED = frozenset({"feature", "name", "value", "unit"})  # roles of columns without which a mapping is none

# What a person said of one table alone.
_OF_THE_TABLE = ("patients", "blanks", "repeats", "untimed", "portions", "alike", "centres", "replaced")


def to_keep(name: str, mapping: TableMapping, cleared: Collection[str] = ()) -> SavedMapping:
    """``mapping`` under ``name``, without the columns that nothing is made of.

    ``cleared`` are texts in ``name`` that look like identifiers and are none, as the person said.

    Raises:
        UploadError: The name is empty, or a column's name seems to identify a person.
        IdentifierError: The name may identify a person, and nobody has decided about that.
    """
    columns = tuple(item for item in mapping.columns if item.role != "ignored")
    names = tuple(item for item in mapping.names if item.target)
    if not name.strip():
        raise UploadError(
            "The mapping needs a name.", remedy="Name it, for example after the system that the file is from."
        )
    refuse_undecided("The name of the mapping", name, cleared)
    for text in (*(item.column for item in columns), *(item.name for item in names)):
        if hits := scan_text(text):
            raise UploadError(
                f"The mapping is not kept: '{hits[0].masked}' seems to be a {hits[0].kind}.",
                remedy="Rename it in the file.",
            )
    return SavedMapping(
        name=name.strip(), mapping=mapping.model_copy(update={"columns": columns, "names": names, "rivals": ()})
    )


def reuse(saved: SavedMapping, table: Table, codebook: Codebook) -> TableMapping:
    """A saved mapping on a new table: columns are found by name; new ones get a suggestion.

    The numbers tell their decimal sign anew.

    What was said of another file's rows (whose they are, which are left out) is no word about this one.

    Raises:
        UploadError: It was made for another codebook, or a column that it needs is not there.
    """
    if saved.mapping.codebook != codebook.name:
        raise UploadError(
            f"The mapping '{saved.name}' is for the codebook {saved.mapping.codebook}, not {codebook.name}.",
            remedy="Choose another mapping.",
        )
    known = {folded(item.column): item for item in saved.mapping.columns}
    present = {folded(name) for name in table.columns}
    lacking = [
        item.column for item in saved.mapping.columns if item.role in _NEEDED and folded(item.column) not in present
    ]
    if lacking:
        raise UploadError(
            f"The mapping '{saved.name}' needs columns that this table lacks: {', '.join(lacking[:10])}.",
            remedy="Choose another mapping, or map this table anew.",
        )
    suggested = suggest(table, codebook)
    fresh = {item.column: item for item in suggested.columns}
    used = set(saved.mapping.mapped)
    roles = {item.role for item in saved.mapping.columns if folded(item.column) in present}
    columns = tuple(
        known[folded(name)].model_copy(update={"column": name})
        if folded(name) in known
        else fresh[name]
        if _fits(fresh[name], saved.mapping, used, roles)
        else ColumnMap(column=name, role="ignored")
        for name in table.columns
    )
    unsaid = dict.fromkeys(_OF_THE_TABLE, "")
    now = {"columns": columns, "names": (), "decimal": suggested.decimal, "rivals": suggested.rivals, **unsaid}
    mapping = saved.mapping.model_copy(update=now)
    if mapping.layout == "wide":
        return mapping
    chosen = {folded(item.name): item for item in saved.mapping.names}
    names = tuple(
        chosen[folded(item.name)].model_copy(update={"name": item.name}) if folded(item.name) in chosen else item
        for item in suggest_names(table, mapping, codebook)
    )
    return mapping.model_copy(update={"names": names})


def _fits(item: ColumnMap, mapping: TableMapping, used: Collection[str], roles: Collection[Role]) -> bool:
    """Whether what is suggested for a column that the mapping does not know has a place beside it."""
    if item.role in _NEEDED:
        return mapping.layout == "wide" and item.target not in used
    return item.role == "ignored" or item.role not in roles
