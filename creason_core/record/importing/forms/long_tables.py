"""A long table whose tests stand as codes, with its table of names, as a table with a column for each test.

A row is a patient at a time. What a name is of (its specimen) and its unit become part of the column's name, so that no
value of one ever stands among those of another; a second value of a patient's time gets a row of its own, which the
codebook's checks tell.
"""

from collections import Counter
from collections.abc import Mapping

from creason_core.errors import UploadError
from creason_core.record.importing.columns.mapping import ColumnMap, Role, TableMapping
from creason_core.record.importing.columns.roles import guess
from creason_core.record.importing.columns.specimen_words import BLOOD
from creason_core.record.importing.columns.specimens import specimen as kind_of
from creason_core.record.importing.contents.beside_values import with_what_stands_beside
from creason_core.record.importing.contents.column_units import stated
from creason_core.record.importing.files.protocol import Row, Table
from creason_core.record.importing.forms.name_keys import Key, evident, keys, role_of
from creason_core.record.importing.forms.name_tables import says_what, with_names

_TOLD = 5  # codes without a name


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
    at = {column: joined.columns.index(column) for column in (patient, value, time, name, unit, specimen) if column}
    roles: Mapping[str, Role] = {patient: "patient", name: "name", value: "value", time: "time", unit: "unit"}
    withdrawn, kept = _without_withdrawn(joined, roles, at[value])
    several = _several(kept, at, name, specimen)

    def title(row: Row) -> str:
        called = row.cells[at[name]]
        taken = row.cells[at[specimen]] if specimen else ""
        of = f", {taken}" if taken and (called in several or kind_of(taken) != BLOOD) else ""
        return f"{called}{of} ({row.cells[at[unit]]})" if unit and stated(row.cells[at[unit]]) else f"{called}{of}"

    places: dict[str, int] = {}
    rows: dict[tuple[str, str, int], tuple[int, dict[int, str]]] = {}
    seen: set[tuple[str, str, int, str]] = set()
    times = Counter[tuple[str, str, int]]()
    again = 0
    for row in kept.rows:
        text = row.cells[at[value]]
        if text and row.cells[at[name]]:
            place = places.setdefault(title(row), len(places))
            who, when = row.cells[at[patient]], row.cells[at[time]] if time else ""
            if (who, when, place, text) in seen:
                again += 1
            else:
                seen.add((who, when, place, text))
                rows.setdefault((who, when, times[who, when, place]), (row.number, {}))[1][place] = text
                times[who, when, place] += 1
    told = [problem.message for problem in joined.problems[len(table.problems) :]]
    more = [f"{len(told) - _TOLD:,} further codes have no name."] if len(told) > _TOLD else []
    made = (
        Row(number, (who, *([when] if time else ()), *(cells.get(place, "") for place in places.values())))
        for (who, when, _), (number, cells) in rows.items()
    )
    columns = (patient, *([time] if time else ()), *places)
    twice = [f"Left out: {_values(again)} that another row of the patient, time and test has too."] if again else []
    notes = (*joined.notes, *withdrawn, *twice, *(f"Left out: {one}" for one in told[:_TOLD]), *more)
    return Table(columns, tuple(made), table.problems, notes, delimiter=table.delimiter)


def _without_withdrawn(table: Table, roles: Mapping[str, Role], value: int) -> tuple[tuple[str, ...], Table]:
    """``table`` with comparators joined to their values and without what is marked as withdrawn, and what that was."""
    columns = tuple(ColumnMap(column=name, role=roles.get(name, "ignored")) for name in table.columns)
    mapping = TableMapping(codebook="", layout="long", columns=columns)
    left, _ = with_what_stands_beside(table, mapping, {})
    pairs = zip(table.rows, left.rows, strict=True)
    count = sum(bool(before.cells[value]) and not after.cells[value] for before, after in pairs)
    said = f"Left out: {_values(count)} marked as withdrawn."
    return ((said,) if count else ()), left


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


def _several(table: Table, at: Mapping[str, int], name: str, specimen: str) -> set[str]:
    """The names that come with more than one specimen."""
    found: dict[str, set[str]] = {}
    if specimen:
        for row in table.rows:
            found.setdefault(row.cells[at[name]], set()).add(row.cells[at[specimen]])
    return {called for called, specimens in found.items() if len(specimens) > 1}
