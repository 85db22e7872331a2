"""A long table whose tests stand as codes, with its table of names, as a table with a column for each test.

A row is a patient at a time. What a name is of (its specimen) and its unit become part of the column's name, so that no
value of one ever stands among those of another; a second value of a patient's time gets a row of its own, which the
codebook's checks tell.
"""

from collections.abc import Mapping

from creason_core.errors import CohortError, UploadError
from creason_core.record.importing.column_units import stated
from creason_core.record.importing.mapping import Role
from creason_core.record.importing.name_tables import Key, evident, keys, says_what, with_names
from creason_core.record.importing.protocol import Row, Table
from creason_core.record.importing.roles import guess

_TOLD = 5  # codes without a name


def by_test(table: Table, names: Table, key: str = "") -> Table:
    """``table`` with a column for each test that ``names`` calls by its code.

    ``key`` names the columns of codes where they are not evident: "COLUMN=COLUMN", that of the table of names last.

    Raises:
        CohortError: The two have no column of codes in common, or it is not evident; a code stands twice in the table
            of names; or nothing says which column holds the patients, the values or the names.
    """
    try:
        joined = with_names(table, names, _key(table, names, key))
    except UploadError as error:
        raise CohortError(error.message, remedy=error.remedy) from error
    patient, value = (_column(table, role) for role in ("patient", "value"))
    time = _column(table, "time", needed=False)
    added = joined.columns[len(table.columns) :]
    name = next((column for column in added if _role(column) == "name" and says_what(joined, column)), "")
    if not name:
        raise CohortError("The table of names has no column that is called one of names.", remedy="Call it 'label'.")
    unit = next((column for column in joined.columns if _role(column) == "unit"), "")
    specimen = next((column for column in added if _role(column) == "specimen"), "")
    at = {column: joined.columns.index(column) for column in (patient, value, time, name, unit, specimen) if column}
    several = _several(joined, at, name, specimen)
    places: dict[str, int] = {}
    rows: dict[tuple[str, str, int], tuple[int, dict[int, str]]] = {}
    for row in joined.rows:
        text, called = row.cells[at[value]], row.cells[at[name]]
        if not text or not called:
            continue
        title = called
        if called in several and row.cells[at[specimen]]:
            title += f", {row.cells[at[specimen]]}"
        if unit and stated(row.cells[at[unit]]):
            title += f" ({row.cells[at[unit]]})"
        place, again = places.setdefault(title, len(places)), 0
        who, when = row.cells[at[patient]], row.cells[at[time]] if time else ""
        while rows.setdefault((who, when, again), (row.number, {}))[1].setdefault(place, text) != text:
            again += 1
    told = [problem.message for problem in joined.problems[len(table.problems) :]]
    more = [f"{len(told) - _TOLD:,} further codes have no name."] if len(told) > _TOLD else []
    made = (
        Row(number, (who, *([when] if time else ()), *(cells.get(place, "") for place in places.values())))
        for (who, when, _), (number, cells) in rows.items()
    )
    columns = (patient, *([time] if time else ()), *places)
    notes = (*joined.notes, *(f"Left out: {one}" for one in told[:_TOLD]), *more)
    return Table(columns, tuple(made), table.problems, notes, delimiter=table.delimiter)


def _key(table: Table, names: Table, said: str) -> Key:
    found = keys(table, names)
    if said:
        column, _, there = said.partition("=")
        if column not in table.columns or there not in names.columns:
            raise CohortError(
                f"--key '{said}' names no column of each table.", remedy="Write COLUMN=COLUMN, that of the names last."
            )
        return next(
            (key for key in found if (key.column, key.names) == (column, there)), Key(column, there, 0, 0, False)
        )
    key = evident(found)
    if key is None:
        ways = "; ".join(
            f"--key '{one.column}={one.names}' ({one.found:,} of {one.codes:,} codes)" for one in found[:5]
        )
        what = "It is not evident which column has the codes." if found else "No column has codes that the names have."
        raise CohortError(what, remedy=ways or "Check that it is the right table of names.")
    return key


def _role(column: str) -> str:
    found = guess(column)
    return found.role if found else ""


def _column(table: Table, role: Role, *, needed: bool = True) -> str:
    """The column that is called one of ``role``: the surest, of patients one of patients before one of stays."""
    known = {name: found for name in table.columns if (found := guess(name)) and found.role == role}
    filled = [name for name in known if any(table.column(name, 200))]
    best = max(filled, key=lambda name: known[name].rank, default="")
    if not best and needed:
        raise CohortError(f"No column of the table is called one of a {role}.", remedy="Rename it, such as patient_id.")
    return best


def _several(table: Table, at: Mapping[str, int], name: str, specimen: str) -> set[str]:
    """The names that come with more than one specimen."""
    found: dict[str, set[str]] = {}
    if specimen:
        for row in table.rows:
            found.setdefault(row.cells[at[name]], set()).add(row.cells[at[specimen]])
    return {called for called, specimens in found.items() if len(specimens) > 1}
