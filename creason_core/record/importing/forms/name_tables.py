"""Tables of names beside a table of values: what a code ("51221") is called, of which fluid, and in which unit.

Long tables often name their tests by a number whose words stand in another table (MIMIC's D_LABITEMS and d_items,
OMOP's concept, a laboratory's list of codes). The two are joined by the codes that both have
(``name_keys``). A code that the table of names lacks is told, and one that stands in it twice is refused: nobody could
say which of the two was meant.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from creason_core.errors import UploadError
from creason_core.record.identifiers import shown_column
from creason_core.record.importing.columns.role_words import meanings, words_of
from creason_core.record.importing.columns.roles import guess
from creason_core.record.importing.columns.times import looks_like_time
from creason_core.record.importing.contents.column_units import stated
from creason_core.record.importing.files.protocol import NOT_NAMED, Row, RowProblem, Table
from creason_core.record.importing.forms.name_keys import OF_ROWS, Key, codes_of, role_of, spellings
from creason_core.record.importing.report import safe_text
from creason_core.record.units import unit_named

_LOOKED_AT = 2_000  # rows, to see what a column holds
_CODE_WORDS = frozenset("id ids itemid code key nr no number uid identifier kuerzel kurzel".split())
_TITLE_WORDS = frozenset("title titel description beschreibung bezeichnung descripcion definition".split())
NAMES = "names: "  # before a column of the table of names that the other table has too


def with_names(table: Table, names: Table, key: Key) -> Table:
    """``table`` with the columns of the table of names that say what a code is: words, specimens, units.

    A unit of the table of names stands where a row has none. Codes that it lacks are problems, one a code.

    Raises:
        UploadError: A code of the table stands twice in the table of names, or that says nothing but codes.
    """
    spelled = spellings(table, names, key)
    codes = list(codes_of(table, key.columns, spelled))
    known = _by_code(names, key, codes_of(names, key.of_names, spelled), set(codes))
    joined_by = {names.columns.index(column) for column in key.of_names}
    places = [place for place, name in enumerate(names.columns) if place not in joined_by and says_what(names, name)]
    if not places:
        remedy = "Choose the table that has a column of names beside the codes."
        raise UploadError("The table of names has no column of words.", remedy=remedy)
    unit = next((place for place in places if _of_units(names, names.columns[place])), None)
    own = next((place for place, name in enumerate(table.columns) if role_of(name) == "unit"), None)
    titles = {place: "unit" if place == unit else names.columns[place] for place in places}
    if own is not None and unit is not None:
        del titles[unit]
    rows: list[Row] = []
    unknown: dict[tuple[str, ...] | None, list[int]] = {}
    for row, code in zip(table.rows, codes, strict=True):
        told = known.get(code)
        if told is None:
            unknown.setdefault(code, []).append(row.number)
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


def _by_code(
    names: Table, key: Key, codes: Iterable[tuple[str, ...] | None], used: Collection[tuple[str, ...] | None]
) -> Mapping[tuple[str, ...] | None, tuple[str, ...]]:
    """The rows of a table of names by their codes."""
    known: dict[tuple[str, ...] | None, Row] = {}
    for row, code in zip(names.rows, codes, strict=True):
        if code is None:
            continue
        before = known.setdefault(code, row)
        if before is not row and code in used:
            raise UploadError(
                f"The code {_shown(code)} stands twice in the table of names, in rows {before.number} and {row.number} "
                f"of {' and '.join(repr(name[:60]) for name in key.of_names)}.",
                remedy="Leave one of them in the table, or choose the column that tells them apart.",
            )
    return {code: row.cells for code, row in known.items()}


def _shown(code: Iterable[str]) -> str:
    return " with ".join(f"'{safe_text(part)[:40]}'" for part in code)


def _problems(unknown: Mapping[tuple[str, ...] | None, Sequence[int]], key: Key) -> list[RowProblem]:
    found = []
    called = " and ".join(f"'{shown_column(name)}'" for name in key.columns)
    for code, rows in unknown.items():
        what = f"'{shown_column(key.column)}' is empty, so that nothing says what was measured"
        if code:
            what = f"{_shown(code)} of {called} is not in the table of names"
        also = f" ({len(rows):,} rows)" if len(rows) > 1 else ""
        found.append(RowProblem(rows[0], f"{what}{also}.", NOT_NAMED))
    return found


def says_what(names: Table, column: str) -> bool:
    """Whether a column says what a code is: in words, or in LOINC codes; numbers, dates and ids do not."""
    if role_of(column) in OF_ROWS:
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
    roles = {name: role_of(name) for name in table.columns}
    if set(roles.values()) & (OF_ROWS - {"patient"}) or len(table.rows) < 2:
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
