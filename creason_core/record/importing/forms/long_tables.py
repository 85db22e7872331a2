"""A long table, whose tests stand in words or as codes of a table of names, as one with a column for each test.

A row is a patient at a time. What a name is of (its specimen) and its unit become part of the column's name, so that no
value of one ever stands among those of another; a second value of a patient's time gets a row of its own, which the
codebook's checks tell.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from creason_core.errors import UploadError
from creason_core.record.identifiers import shown_column
from creason_core.record.importing.columns.headers import parse_header
from creason_core.record.importing.columns.mapping import ColumnMap, Role, TableMapping
from creason_core.record.importing.columns.roles import guess
from creason_core.record.importing.columns.specimen_words import BLOOD
from creason_core.record.importing.columns.specimens import specimen as kind_of
from creason_core.record.importing.contents.beside_values import with_what_stands_beside
from creason_core.record.importing.contents.column_units import stated
from creason_core.record.importing.contents.superseded import without_superseded
from creason_core.record.importing.files.protocol import Row, Table
from creason_core.record.importing.forms.name_keys import Key, evident, keys, role_of
from creason_core.record.importing.forms.name_tables import says_what, with_names

_TOLD = 5  # codes without a name, or columns
_WHOSE: tuple[Role, ...] = ("patient", "encounter", "site", "admission", "time", "clock")  # of a row, in that order


def by_test(table: Table, names: Table, key: str = "") -> Table:
    """``table`` with a column for each test that ``names`` calls by its code.

    ``key`` names the columns of codes where they are not evident: "COLUMN=COLUMN", that of the table of names last, and
    "COLUMN=COLUMN,COLUMN=COLUMN" where a code is one only with another column, such as the version of a list.

    Raises:
        UploadError: The two have no column of codes in common, or it is not evident; a code stands twice in the table
            of names; or nothing says which column holds the patients, the values or the names.
    """
    joined = with_names(table, names, _key(table, names, key))
    patient, value = _column(table, "patient", "encounter"), _column(table, "value")
    time = _column(table, "time", needed=False)
    added = joined.columns[len(table.columns) :]
    name = next((column for column in added if role_of(column) == "name" and says_what(joined, column)), "")
    if not name:
        raise UploadError("The table of names has no column that is called one of names.", remedy="Call it 'label'.")
    unit = next((column for column in joined.columns if role_of(column) == "unit"), "")
    specimen = next((column for column in added if role_of(column) == "specimen"), "")
    roles: dict[str, Role] = {patient: "patient", name: "name", value: "value", time: "time", unit: "unit"}
    if specimen:
        roles[specimen] = "specimen"
    roles.pop("", None)
    told = [problem.message for problem in joined.problems[len(table.problems) :]]
    more = [f"{len(told) - _TOLD:,} further codes have no name."] if len(told) > _TOLD else []
    joined = replace(joined, problems=table.problems)
    columns = tuple(ColumnMap(column=column, role=roles.get(column, "ignored")) for column in joined.columns)
    mapping = TableMapping(codebook="", layout="long", columns=columns)
    withdrawn, left = _without_withdrawn(joined, mapping, joined.columns.index(value))
    made = _spread(left, roles, [column for column in (patient, time) if column], withdrawn)
    return replace(made, notes=(*made.notes, *(f"Left out: {one}" for one in told[:_TOLD]), *more))


def by_name(table: Table, mapping: TableMapping, numeric: Collection[str] = frozenset()) -> Table:
    """``table``, a value a row, with a column for each test that its rows name; ``mapping`` is as of ``suggest``.

    ``numeric`` are the names of which it is known that their values are numbers. Stays, sites and times stay apart,
    and columns that say one thing of each patient are kept.

    Raises:
        UploadError: A row has a value and no name of its test.
    """
    roles = {item.column: item.role for item in mapping.columns if item.role != "ignored"}
    at = {role: table.columns.index(column) for column, role in roles.items() if role in {"patient", "name", "value"}}
    for row in table.rows:
        if row.cells[at["value"]] and not row.cells[at["name"]]:
            raise UploadError(
                f"Row {row.number} has a value without the name of its test.",
                remedy="Merged cells look so: write each name, or remove the row.",
            )
    whose = [column for role in _WHOSE for column in table.columns if roles.get(column) == role]
    others = [column for column in table.columns if column not in roles]
    again = {column for rivals in mapping.rivals for column in rivals.columns}
    again |= {column for column in others if (said := guess(column)) and said.role in {"value", "unit"}}
    kept = [column for column in others if column not in again and _of_patients(table, at["patient"], column)]
    withdrawn, left = _without_withdrawn(table, mapping, at["value"], numeric)
    made = _spread(left, {**roles, **dict.fromkeys(kept, "ignored")}, [*whose, *kept], withdrawn)
    told = "A row is a value of one test: the table was read as one with a column for each."
    if lost := [column for column in others if column not in kept and any(table.column(column))]:
        told += f" Not kept, since they are of values: {', '.join(map(shown_column, lost[:_TOLD]))}"
        told += f" and {len(lost) - _TOLD} more." if len(lost) > _TOLD else "."
    return replace(made, notes=(*made.notes, told))


def _of_patients(table: Table, patient: int, column: str) -> bool:
    """Whether a column says one thing in all rows of each patient, and is filled in each of them."""
    at = table.columns.index(column)
    said: dict[str, str] = {}
    return all(row.cells[at] and said.setdefault(row.cells[patient], row.cells[at]) == row.cells[at]
               for row in table.rows)  # fmt: skip


def _spread(table: Table, roles: Mapping[str, Role], whose: Sequence[str], withdrawn: Sequence[str]) -> Table:
    """``table`` with a row for what the columns ``whose`` say, and a column for each test, specimen and unit."""
    column = {role: name for name, role in roles.items()}
    at = {role: table.columns.index(name) for role, name in column.items() if name}
    value, called, unit, taken = at["value"], at["name"], at.get("unit"), at.get("specimen")
    several = _several(table, called, taken)
    places_of_rows = [table.columns.index(name) for name in whose]

    def title(row: Row) -> str:
        name, specimen = row.cells[called], row.cells[taken] if taken is not None else ""
        of = f", {specimen}" if specimen and (name in several or kind_of(specimen) != BLOOD) else ""
        told = stated(row.cells[unit]) if unit is not None else ""
        if told and (header := parse_header(name)).unit and not header.loinc:
            name = header.plain  # its unit stands beside the value
        return f"{name}{of} ({told})" if told else f"{name}{of}"

    places: dict[str, int] = {}
    rows: dict[tuple[tuple[str, ...], int], tuple[int, dict[int, str]]] = {}
    seen: set[tuple[tuple[str, ...], int, str]] = set()
    times = Counter[tuple[tuple[str, ...], int]]()
    again = 0
    for row in table.rows:
        text = row.cells[value]
        if text and row.cells[called]:
            place = places.setdefault(title(row), len(places))
            key = tuple(row.cells[one] for one in places_of_rows)
            if (key, place, text) in seen:
                again += 1
            else:
                seen.add((key, place, text))
                rows.setdefault((key, times[key, place]), (row.number, {}))[1][place] = text
                times[key, place] += 1
    made = (
        Row(number, (*key, *(cells.get(place, "") for place in places.values())))
        for (key, _), (number, cells) in rows.items()
    )
    twice = [f"Left out: {_values(again)} that another row of the patient, time and test has too."] if again else []
    notes = (*table.notes, *withdrawn, *twice)
    return Table((*whose, *places), tuple(made), table.problems, notes, delimiter=table.delimiter, legend=table.legend)


def _without_withdrawn(
    table: Table, mapping: TableMapping, value: int, numeric: Collection[str] = frozenset()
) -> tuple[Sequence[str], Table]:
    """What was left out, and ``table`` with comparators joined to their values and without what is withdrawn."""
    left, _ = with_what_stands_beside(table, mapping, {}, numeric)
    left, _, _ = without_superseded(left, mapping, {})
    pairs = zip(table.rows, left.rows, strict=True)
    count = sum(bool(before.cells[value]) and not after.cells[value] for before, after in pairs)
    said = f"Left out: {_values(count)} marked as withdrawn, replaced or in doubt."
    return ([said] if count else []), left


def _values(count: int) -> str:
    return f"{count:,} value{'s' if count > 1 else ''}"


def _key(table: Table, names: Table, said: str) -> Key:
    found = keys(table, names)
    if said:
        pairs = _said(table, names, said)
        known = (one for one in found if tuple(zip(one.columns, one.of_names, strict=True)) == pairs)
        (column, its), *also = pairs
        return next(known, Key(column, its, 0, 0, alike=False, also=tuple(also)))
    sure = evident(found)
    if sure is None:
        ways = (f"--key '{_written(one)}' ({one.found:,} of {one.codes:,} codes)" for one in found[:5])
        what = "It is not evident which column has the codes." if found else "No column has codes that the names have."
        raise UploadError(what, remedy="; ".join(ways) or "Check that it is the right table of names.")
    return sure


def _said(table: Table, names: Table, said: str) -> tuple[tuple[str, str], ...]:
    """The pairs of columns that a person names: one, or several with commas between them."""
    for parts in ([said], said.split(",")):
        cut = [part.partition("=") for part in parts]
        pairs = tuple((column.strip(), its.strip()) for column, _, its in cut)
        if all(column in table.columns and its in names.columns for column, its in pairs):
            return pairs
    what = f"'{said}' names no column of each table."
    raise UploadError(what, remedy="Write COLUMN=COLUMN, that of the table of names last; several with commas.")


def _written(key: Key) -> str:
    return ",".join(f"{column}={its}" for column, its in zip(key.columns, key.of_names, strict=True))


def _column(table: Table, *roles: Role, needed: bool = True) -> str:
    """The column that is called one of a role, the surest."""
    known = {name: found for name in table.columns if (found := guess(name)) and found.role in roles}
    filled = [name for name in known if any(table.column(name, 200))]
    best = max(filled, key=lambda name: known[name].rank, default="")
    if not best and needed:
        said = f"No column of the table is called one of a {roles[0]}."
        raise UploadError(said, remedy="Rename it in the file, such as patient_id or value.")
    return best


def _several(table: Table, name: int, specimen: int | None) -> set[str]:
    """The names that come with more than one specimen."""
    found: dict[str, set[str]] = {}
    if specimen is not None:
        for row in table.rows:
            found.setdefault(row.cells[name], set()).add(row.cells[specimen])
    return {called for called, specimens in found.items() if len(specimens) > 1}
