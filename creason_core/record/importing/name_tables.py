"""Tables of names beside a table of values: what a code ("51221") is called, of which fluid, and in which unit.

Long tables often name their tests by a number whose words stand in another table (MIMIC's D_LABITEMS and d_items,
OMOP's concept, a laboratory's list of codes). The two are joined by a column that both have. Which one that is may be
evident; where it is not a person says it. A code that the table of names lacks is told, and one that stands in it twice
is refused: nobody could say which of the two was meant.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from creason_core.errors import UploadError
from creason_core.record.identifiers import shown_column
from creason_core.record.importing.column_units import stated
from creason_core.record.importing.protocol import Row, RowProblem, Table
from creason_core.record.importing.report import safe_text
from creason_core.record.importing.role_words import meanings, words_of
from creason_core.record.importing.roles import guess
from creason_core.record.importing.times import looks_like_time
from creason_core.record.units import unit_named

_SAME, _OTHER = 0.5, 0.9  # of the codes, that stand in a column called the same, or called otherwise
_ONCE = 0.9  # of the cells of a key that differ
_LOOKED_AT = 2_000  # rows, to see what a column holds
_OF_ROWS = frozenset({"patient", "encounter", "time", "clock", "admission", "value"})
_CODE_WORDS = frozenset("id ids itemid code key nr no number uid identifier kuerzel kurzel".split())
_TITLE_WORDS = frozenset("title titel description beschreibung bezeichnung descripcion definition".split())
NAMES = "names: "  # before a column of the table of names that the other table has too


@dataclass(frozen=True, slots=True)
class Key:
    """A column of codes, the column of the table of names that has them too, and how many codes of how many it has.

    ``alike`` says that the two are called the same, ``once`` that no code, or hardly one, stands there twice.
    """

    column: str
    names: str
    found: int
    codes: int
    alike: bool
    once: bool = True

    @property
    def said(self) -> str:
        """In words: "'ITEMID' (430 of 442 codes found)", "'lab' with its 'concept_id' (2 of 2 codes found)"."""
        with_its = "" if self.alike and self.column == self.names else f" with its '{self.names}'"
        return f"'{self.column}'{with_its} ({self.found:,} of {self.codes:,} codes found)"


def keys(table: Table, names: Table) -> tuple[Key, ...]:
    """The columns by which ``table`` can be joined with a table of names, the likeliest first."""
    codes = {name: _codes(table, name) for name in table.columns if "row" not in words_of(name)[:1]}
    told = {name: [code for cell in names.column(name) if (code := _code(cell))] for name in names.columns}
    found = []
    for there, cells in told.items():
        known = set(cells)
        once = len(known) >= _ONCE * len(cells)
        for column, here in codes.items():
            alike = "".join(words_of(column)) == "".join(words_of(there))
            hits = len(here & known)
            fits = hits >= _SAME * len(here) if alike else once and hits >= _OTHER * len(here)
            if hits and fits and (alike or role_called(column) not in _OF_ROWS):
                found.append(Key(column, there, hits, len(here), alike, once))
    return tuple(sorted(found, key=lambda key: (not key.alike, not key.once, -key.found / key.codes, -key.codes)))


def evident(found: Sequence[Key]) -> Key | None:
    """The key of which there is no other reading: the only one of columns that are called the same."""
    alike = [key for key in found if key.alike and key.once] or [key for key in found if key.alike]
    return alike[0] if len(alike) == 1 else None


def with_names(table: Table, names: Table, key: Key) -> Table:
    """``table`` with the columns of the table of names that say what a code is: words, specimens, units.

    A unit of the table of names stands where a row has none. Codes that it lacks are problems, one a code.

    Raises:
        UploadError: A code of the table stands twice in the table of names, or that says nothing but codes.
    """
    at, there = table.columns.index(key.column), names.columns.index(key.names)
    known = _by_code(names, there, _codes(table, key.column))
    places = [place for place, name in enumerate(names.columns) if place != there and says_what(names, name)]
    if not places:
        remedy = "Choose the table that has a column of names beside the codes."
        raise UploadError("The table of names has no column of words.", remedy=remedy)
    unit = next((place for place in places if _of_units(names, names.columns[place])), None)
    own = next((place for place, name in enumerate(table.columns) if role_called(name) == "unit"), None)
    titles = {place: "unit" if place == unit else names.columns[place] for place in places}
    if own is not None and unit is not None:
        del titles[unit]
    rows: list[Row] = []
    unknown: dict[str, list[int]] = {}
    for row in table.rows:
        told = known.get(_code(row.cells[at]))
        if told is None:
            unknown.setdefault(row.cells[at], []).append(row.number)
            rows.append(Row(row.number, (*row.cells, *("" for _ in titles))))
            continue
        cells = row.cells
        if own is not None and unit is not None and not stated(cells[own]):
            cells = (*cells[:own], told[unit], *cells[own + 1 :])
        rows.append(Row(row.number, (*cells, *(told[place] for place in titles))))
    added = (NAMES + name if name in table.columns else name for name in titles.values())
    return replace(
        table,
        columns=(*table.columns, *added),
        rows=tuple(rows),
        notes=(*table.notes, f"Joined with a table of names by {key.said}."),
        problems=(*table.problems, *_problems(unknown, key)),
    )


def _code(cell: str) -> str:
    """A code as both tables may write it: a spreadsheet's 7.0 is 7."""
    plain = cell.strip()
    whole, point, rest = plain.partition(".")
    return whole if point and whole.isdigit() and not rest.strip("0") else plain


def _codes(table: Table, column: str) -> set[str]:
    return {code for cell in table.column(column) if (code := _code(cell))}


def _by_code(names: Table, there: int, used: set[str]) -> Mapping[str, tuple[str, ...]]:
    """The rows of a table of names by their codes."""
    known: dict[str, Row] = {}
    for row in names.rows:
        code = _code(row.cells[there])
        if not code:
            continue
        before = known.setdefault(code, row)
        if before is not row and code in used:
            raise UploadError(
                f"The code '{safe_text(code)[:40]}' stands twice in the table of names, in rows {before.number} and "
                f"{row.number} of '{names.columns[there][:60]}'.",
                remedy="Leave one of them in the table, or choose the column that tells them apart.",
            )
    return {code: row.cells for code, row in known.items()}


def _problems(unknown: Mapping[str, Sequence[int]], key: Key) -> list[RowProblem]:
    found = []
    for code, rows in unknown.items():
        what = f"'{safe_text(code)[:40]}' of '{shown_column(key.column)}' is not in the table of names"
        if not code:
            what = f"'{shown_column(key.column)}' is empty, so that nothing says what was measured"
        also = f" ({len(rows):,} rows)" if len(rows) > 1 else ""
        found.append(RowProblem(rows[0], f"{what}{also}.", "name not known"))
    return found


def says_what(names: Table, column: str) -> bool:
    """Whether a column says what a code is: in words, or in LOINC codes; numbers, dates and ids do not."""
    if role_called(column) in _OF_ROWS:
        return False
    cells = [cell for cell in names.column(column, _LOOKED_AT) if cell]
    numbers = sum(cell.replace(".", "").replace(",", "").isdigit() for cell in cells)
    return bool(cells) and 2 * numbers < len(cells) and 2 * sum(map(looks_like_time, cells)) < len(cells)


def _of_units(names: Table, column: str) -> bool:
    """Whether a column is called one of units and holds such."""
    if not any("unit" in meanings(word) for word in words_of(column)):
        return False
    cells = [cell for cell in names.column(column, _LOOKED_AT) if stated(cell)]
    return bool(cells) and 2 * sum(bool(unit_named(cell)) for cell in cells) > len(cells)


def role_called(column: str) -> str:
    """The role of a table that a column is called one of; "" for none."""
    found = guess(column)
    return found.role if found else ""


def refuse_names(table: Table) -> None:
    """Stops where a table says what codes are called and holds nobody's values.

    Raises:
        UploadError: It is such a table; the message says what it is for.
    """
    code = _of_names_only(table)
    if code:
        raise UploadError(
            f"This is a table of names: it says what each '{code}' is called, and holds no patient and no value.",
            remedy="Read the table of values first; the step Map joins the names with it, by the codes that both have.",
        )


def _of_names_only(table: Table) -> str:
    """The column of codes of a table that holds nothing but codes and their names; "" for any other table."""
    roles = {name: role_called(name) for name in table.columns}
    if set(roles.values()) & (_OF_ROWS - {"patient"}) or len(table.rows) < 2:
        return ""
    if any((found := guess(name)) and found.role == "patient" and found.rank > 1 for name in table.columns):
        return ""
    words = [
        name
        for name in table.columns
        if (roles[name] == "name" or _TITLE_WORDS & set(words_of(name))) and says_what(table, name)
    ]
    codes = sorted((name for name in table.columns if _is_code(table, name)), key=lambda name: "row" in words_of(name))
    others = [name for name in table.columns if name not in codes and _holds_numbers(table, name)]
    beside = [name for name in words if name not in codes[:1]]
    return codes[0] if beside and codes and all(map(_about_names, others)) else ""


def _is_code(table: Table, column: str) -> bool:
    """Whether a column numbers the rows, by its name and its cells."""
    if not _CODE_WORDS & set(words_of(column)):
        return False
    cells = [row.cells[table.columns.index(column)] for row in table.rows]
    return all(cells) and len(set(cells)) == len(cells) and not any("." in cell and cell[0].isdigit() for cell in cells)


def _holds_numbers(table: Table, column: str) -> bool:
    cells = [cell for cell in table.column(column, _LOOKED_AT) if cell]
    return any(cell[0].isdigit() for cell in cells) and not says_what(table, column)


def _about_names(column: str) -> bool:
    """Whether numbers of a column are about names: ids, ranges and dates of validity."""
    return bool(_CODE_WORDS & set(words_of(column))) or any(
        meanings(word) & {"coded", "number", "never"} or word in {"valid", "normal", "order", "rank", "version"}
        for word in words_of(column)
    )


def codes_alone(cells: Sequence[str]) -> bool:
    """Whether names of tests are only codes, whose words another table must have."""
    given = Counter(bool(cell.strip()) and not any(sign.isalpha() for sign in cell) for cell in cells if cell.strip())
    return given[True] > given[False]
