"""What a file says of its columns and rows outside their cells, by the functions that the pages' import has.

A row of units, legends, pressures in one cell, columns of times, of units, a value a row, rows of means.
What the import asks a person there is refused, with the option that answers it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Self

from creason_core.errors import UploadError
from creason_core.record.codebook import Codebook, packaged_codebook, packaged_names
from creason_core.record.identifiers import shown_column
from creason_core.record.importing.columns.headers import parse_header
from creason_core.record.importing.columns.mapping import ColumnMap, Role, TableMapping, target_feature
from creason_core.record.importing.columns.matching import is_feature
from creason_core.record.importing.columns.patient_ids import key_of, unlike_others
from creason_core.record.importing.columns.roles import Roles, guess, roles_of
from creason_core.record.importing.contents.column_units import stated
from creason_core.record.importing.contents.unit_columns import units_beside, units_by_name
from creason_core.record.importing.files.header_rows import begins_as_number
from creason_core.record.importing.files.protocol import Row, Table
from creason_core.record.importing.forms.at_odds import (
    refuse_rivals,
    refuse_two_units,
    refuse_units,
    with_comparators,
)
from creason_core.record.importing.forms.long_tables import by_name, by_test
from creason_core.record.importing.forms.merged_columns import with_merged
from creason_core.record.importing.forms.name_tables import refuse_names
from creason_core.record.importing.forms.other_specimens import with_specimens, without_others
from creason_core.record.importing.patients.rows import described, summary_rows
from creason_core.record.importing.suggesting import headed, with_roles
from creason_core.record.units import unit_named

if TYPE_CHECKING:
    import pandas as pd

NO_UNIT = "(no unit)"  # after a value whose unit cell is empty where other rows name one: it is read as no number
_SAID = "said"  # of ``DataFrame.attrs``
_LOOKED_AT = 500  # rows, to see what a column holds


@dataclass(frozen=True)
class Said:
    """What a file says of its columns: ``called`` with their units, ``units`` are columns of units, by whose they are.

    ``legend`` is as of a ``Table``, its columns by the names of the table. ``patient`` is the column that tells
    patients apart, as the import has it; "" for none.
    """

    called: Mapping[str, str] = field(default_factory=dict)
    legend: tuple[tuple[str, str], ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    patient: str = ""

    @classmethod
    def of(cls, table: "pd.DataFrame") -> Self:
        """What ``keep_in`` kept; nothing of any other table."""
        kept = table.attrs.get(_SAID, {})
        legend = tuple((of, said) for of, said in kept.get("legend", ()))
        return cls(kept.get("called", {}), legend, kept.get("units", {}), kept.get("patient", ""))

    def keep_in(self, table: "pd.DataFrame") -> None:
        """Keeps it with ``table``."""
        legend = [[of, said] for of, said in self.legend]
        said = {"called": dict(self.called), "legend": legend, "units": dict(self.units), "patient": self.patient}
        table.attrs[_SAID] = said

    def name(self, column: str) -> str:
        """What ``column`` is called, with its unit."""
        return self.called.get(column, column)

    @property
    def table(self) -> Table:
        """A table of no rows with this legend, as the import's functions take one."""
        return Table((), (), legend=self.legend)


def understood(
    read: Table, codebook: Codebook | None = None, names: Table | None = None, key: str = "", merge: Sequence[str] = ()
) -> tuple[Table, Said]:
    """``read`` as the import understands it, with a row a patient or a time of one, and what it says of its columns.

    ``codebook`` is the one that it is held against, if there is one. Names of columns stay as they are, but for
    pressures taken apart and tests that stand in rows. ``names`` and ``key`` are as of ``by_test``.

    Raises UploadError where it is not one table of values, or leaves open what only a person knows.
    """
    _refuse_open(read)
    try:
        refuse_names(read)
    except UploadError as error:
        raise UploadError(error.message, remedy="Give the table of values, and this one with --names.") from None
    known = codebook or _common()
    table = with_merged(read, merge, known)
    table = by_test(table, names, key) if names else table
    table = headed(table, known)
    roles = roles_of(table, known)
    if roles.layout == "long" and not names and not _told(codebook, roles):
        table, roles = _in_columns(table, roles, known)
    elif roles.layout == "wide":
        table = without_others(table, roles, known)
    table, called = _by_their_names(with_comparators(table, _numbers), read.columns)
    table, beside, own = _with_units(table, codebook)
    table = _of_patients(table, roles, codebook)
    legend = tuple((_plain(of, called), said) for of, said in table.legend)
    patient = next((name for name, role in roles.by_column.items() if role == "patient"), "")
    return table, Said({**called, **own}, legend, beside, patient)


@cache
def _common() -> Codebook:
    """The features of all packaged codebooks, whose names are those of the field, where no codebook is given."""
    books = [packaged_codebook(name) for name in packaged_names()]
    features = {feature.name: feature for book in books for feature in book.features}
    return books[0].model_copy(update={"features": tuple(features.values()), "patient": "", "hours": ""})


def _refuse_open(read: Table) -> None:
    """Stops where it is open which sheet, or which event of a REDCap export, is meant."""
    if read.open:
        listed = ", ".join(f"'{name}'" for name in read.open[:10])
        raise UploadError(
            f"Nothing says which of its sheets or events is meant: {listed}.",
            remedy=f"Say it with --sheet, such as --sheet '{read.open[0]}'.",
        )


def _told(codebook: Codebook | None, roles: Roles) -> bool:
    """Whether ``codebook`` reads a feature from a column of names or values itself."""
    used = {feature.column or feature.name for feature in codebook.features} if codebook else set()
    return any(role in {"name", "value"} and column in used for column, role in roles.by_column.items())


def _in_columns(table: Table, roles: Roles, known: Codebook) -> tuple[Table, Roles]:
    """A table with a value a row as one with a column for each test; as it is where it may be none of patients."""
    column = {role: name for name, role in roles.by_column.items()}
    if not {"name", "value"} <= column.keys():
        return table, roles
    if "patient" not in column:
        tests = {cell for cell in table.column(column["name"], _LOOKED_AT) if cell}
        if any(is_feature(test, known) for test in sorted(tests)):
            raise UploadError(
                f"A row is a value of the test in '{shown_column(column['name'])}', and no column says whose it is.",
                remedy="Add a column of patients, such as patient_id.",
            )
        return table, roles
    mapping = with_roles(table, roles, known)
    refuse_rivals(table, mapping, known)
    refuse_two_units(table, mapping, known)
    mapping = with_specimens(table, mapping, known)
    numeric = {item.name for item in mapping.names if item.target and target_feature(item.target, known).numeric}
    made = by_name(table, mapping, numeric)
    kept: dict[str, Role] = {name: role for name, role in roles.by_column.items() if name in made.columns}
    return made, Roles("wide", kept)


def _by_their_names(table: Table, names: tuple[str, ...]) -> tuple[Table, Mapping[str, str]]:
    """``table`` with its columns called as in the file, and what those to which a unit was added were called."""
    known = {name for name in names if name not in table.columns}
    plain = {}
    for called in table.columns:
        own = called.rpartition(" [")[0]
        if called.endswith("]") and own in known:
            plain[called] = own
    columns = tuple(plain.get(name, name) for name in table.columns)
    return replace(table, columns=columns), {name: called for called, name in plain.items()}


def _plain(name: str, called: Mapping[str, str]) -> str:
    return next((own for own, full in called.items() if full == name), name)


def _with_units(table: Table, codebook: Codebook | None) -> tuple[Table, Mapping[str, str], Mapping[str, str]]:
    """``table`` with the units of columns of units at their values, those columns, and names with units.

    A unit that all values of a column have is told in its name, with its own cells as they are; else it joins the
    cells.
    """
    numbers = [name for name in table.columns if _numbers(table, name)]
    named = units_by_name(table.columns)
    pairs = {**named, **units_beside(table, numbers)}
    pairs = {
        unit: name for unit, name in pairs.items() if name in numbers and _of_units(table, unit, letters=unit in named)
    }
    called: dict[str, str] = {}
    joined: dict[int, tuple[int, str]] = {}
    for unit, name in pairs.items():
        values, units = table.column(name), map(stated, table.column(unit))
        beside = {told for value, told in zip(values, units, strict=True) if value}
        stated_there = parse_header(name).unit is not None
        if len(beside) == 1 and not stated_there and (only := min(beside)):
            called[name] = f"{name} [{only}]"
        elif beside - {""}:  # what stands beside a value outranks what stands above it
            refuse_units(name, beside, codebook or _common())
            joined[table.columns.index(name)] = table.columns.index(unit), "" if stated_there else NO_UNIT
    rows = tuple(_joined(row, joined) for row in table.rows) if joined else table.rows
    told = _about_strange_units(table, [name for name in table.columns if name not in pairs], codebook)
    told += _about_unknown_units(table, {unit: name for unit, name in named.items() if unit not in pairs}, codebook)
    return replace(table, rows=rows, notes=(*table.notes, *told)), pairs, called


def _about_strange_units(table: Table, columns: Sequence[str], codebook: Codebook | None) -> list[str]:
    """Notes on columns that are called ones of units, where nothing says of which values they are.

    Raises:
        UploadError: One holds several units, or the codebook does not name it.
    """
    used = {feature.column or feature.name for feature in codebook.features} if codebook else set()
    told = used | set(codebook.left_out if codebook else ())
    notes = []
    for name in columns:
        if name in told or (found := guess(name)) is None or found.role != "unit" or not _of_units(table, name):
            continue
        units = {unit.code for cell in table.column(name, _LOOKED_AT) if (unit := unit_named(stated(cell)))}
        said = (
            f"'{shown_column(name)}' holds {'several units' if len(units) > 1 else f'the unit {min(units)}'}, and no "
        )
        said += "column says of which values."
        if len(units) > 1 or codebook:
            raise UploadError(
                said,
                remedy="Call it by its values, such as 'creatinine unit'; one of no use is named under 'left_out' of "
                "the codebook.",
            )
        notes.append(said)
    return notes


def _about_unknown_units(table: Table, named: Mapping[str, str], codebook: Codebook | None) -> list[str]:
    """Notes on numbers beside which several units stand, not all of them known.

    Raises:
        UploadError: The codebook reads a feature from such numbers.
    """
    used = {feature.column or feature.name for feature in codebook.features} if codebook else set()
    notes = []
    for unit, name in named.items():
        cells = {told for cell in table.column(unit, _LOOKED_AT) if (told := stated(cell))}
        if len(cells) < 2 or not any(map(unit_named, cells)) or not _numbers(table, name):
            continue
        unknown = ", ".join(f"'{cell[:20]}'" for cell in sorted(cells) if not unit_named(cell))
        said = (
            f"'{shown_column(name)}' has numbers of several units, and {unknown or 'a letter'} is none that is known."
        )
        if name in used:
            raise UploadError(said, remedy=f"Convert them to one unit, and leave '{shown_column(unit)}' out.")
        notes.append(said)
    return notes


def _joined(row: Row, places: Mapping[int, tuple[int, str]]) -> Row:
    cells = list(row.cells)
    for value, (unit, blank) in places.items():
        if cells[value] and begins_as_number(cells[value]):
            cells[value] = f"{cells[value]} {stated(cells[unit]) or blank}".rstrip()
    return Row(row.number, tuple(cells))


def _numbers(table: Table, name: str) -> bool:
    cells = [cell for cell in table.column(name, _LOOKED_AT) if cell]
    return bool(cells) and 2 * sum(map(begins_as_number, cells)) > len(cells)


def _of_units(table: Table, name: str, *, letters: bool = False) -> bool:
    """Whether the cells are units; a letter alone is none without others or ``letters``: levels are called m and f."""
    cells = {told for cell in table.column(name, _LOOKED_AT) if (told := stated(cell))}
    return bool(cells) and all(map(unit_named, cells)) and (letters or any(len(cell) > 1 for cell in cells))


def _of_patients(table: Table, roles: Roles, codebook: Codebook | None) -> Table:
    """``table`` without the rows that sum up others, and those that hold nothing but a key."""
    column = {role: name for name, role in roles.by_column.items()}
    patient = codebook.patient if codebook and codebook.patient in table.columns else column.get("patient", "")
    roles_of_rows: Mapping[str, Role] = {column.get("time", ""): "time", patient: "patient"}
    columns = tuple(ColumnMap(column=name, role=roles_of_rows.get(name, "feature")) for name in table.columns)
    mapping = TableMapping(codebook="", layout="wide", columns=columns)
    sums = dict(summary_rows(table, mapping))
    at = table.columns.index(patient) if patient in table.columns else None
    empty = {
        row.number
        for row in table.rows
        if at is not None and len(table.columns) > 1 and row.cells[at] and not any(
            cell for place, cell in enumerate(row.cells) if place != at
        )
    }  # fmt: skip
    left = [(sums.keys(), "sum up others"), (empty - sums.keys(), "hold nothing but a key")]
    notes = [f"Left out, since they {why}: {described(sorted(rows))}." for rows, why in left if rows]
    kept = tuple(row for row in table.rows if row.number not in sums and row.number not in empty)
    if at is not None and (odd := unlike_others([row.cells[at] for row in kept])):
        named = [row.number for row in kept if key_of(row.cells[at]) in odd]
        notes.append(
            f"Words stand in '{shown_column(patient)}' where other rows have numbers, and were taken for patients: "
            f"{described(named)}."
        )
    return replace(table, rows=kept, notes=(*table.notes, *notes))
