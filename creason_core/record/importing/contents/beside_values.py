"""Columns that change the value beside them: comparators, marks of what is withdrawn, and comments that doubt it.

"<" belongs to its value, which is a limit then. What a laboratory or a ward has cancelled, or marked as an error, is no
value; it is left out by name. A value that a comment calls haemolysed, or that another form of it is no number of, is
asked about.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from creason_core.record.identifiers import shown_column
from creason_core.record.importing.columns.headers import folded
from creason_core.record.importing.columns.mapping import TableMapping
from creason_core.record.importing.contents.agreeing import is_plain_number, limit_of, says_no_number
from creason_core.record.importing.contents.comments import doubt, is_comment
from creason_core.record.importing.contents.signs import EQUAL, SIGNS, with_signs
from creason_core.record.importing.files.protocol import Row, RowProblem, Table
from creason_core.record.importing.report import Item, safe_text

_USED = frozenset({"feature", "patient", "name", "value", "unit", "time", "specimen"})
_DIFFERENT = 1000  # cells at most, of a column that marks values or comments on them: more are times or numbers
_COMPARATORS = {
    **SIGNS,
    **dict.fromkeys(("equal", "equals", "equal to"), ""),
    **dict.fromkeys(("less than", "lower than", "below", "under", "kleiner", "kleiner als"), "<"),
    **dict.fromkeys(("greater than", "more than", "above", "over", "größer", "größer als"), ">"),
}
WITHDRAWN = frozenset(
    "entered in error|in error|error|cancelled|canceled|voided|void|invalid|deleted|retracted|rejected|not valid|"
    "storniert|storno|ungultig|geloscht|fehler|annule|invalide|anulado|cancelado|취소|오류".split("|")
)
_MARKS = {"".join(word.split()) for word in WITHDRAWN} | {
    "iserror", "iscancelled", "iscanceled", "isdeleted", "isinvalid", "isvoid"
}  # fmt: skip
_VALID = frozenset("valid isvalid gultig valide valido".split())
TRUE, FALSE = frozenset("1 1.0 true yes y t x ja oui si".split()), frozenset("0 0.0 false no n f nein non".split())


@dataclass(frozen=True)
class _Beside:
    """Where comparators stand, and the columns whose cells, or whose name, may say that a value is withdrawn.

    ``again`` are columns of the same values in another form, with their comparators, which are ``alike`` where no row
    says another value; ``comments`` may doubt a value.
    """

    comparator: int | None
    again: tuple[int, ...]
    alike: bool
    comments: tuple[int, ...]
    words: tuple[int, ...]
    marks: tuple[tuple[int, frozenset[str]], ...]


def with_what_stands_beside(
    table: Table, mapping: TableMapping, labels: Mapping[str, str], numeric: Collection[str] = frozenset()
) -> tuple[Table, tuple[Item, ...]]:
    """``table`` with comparators joined to its values and without what is withdrawn or in doubt, and what was left out.

    ``labels`` are those of the mapped names; of others nothing is told. ``numeric`` are the names whose values are
    numbers. What is in doubt becomes a problem of its row. Rows stay. In a table with a row a patient only comparators
    belong to a value.
    """
    name, value = mapping.column("name"), mapping.column("value")
    if mapping.layout != "long" or name is None or value is None:
        return with_signs(table, mapping), ()
    beside = _beside(table, mapping)
    if beside.comparator is None and not (beside.again or beside.words or beside.marks or beside.comments):
        return table, ()
    name_at, value_at = table.columns.index(name.column), table.columns.index(value.column)
    rows, items = [], []
    problems = list(table.problems)
    for row in table.rows:
        text, called = row.cells[value_at], row.cells[name_at]
        if not text:
            rows.append(row)
            continue
        at = next(_withdrawn(row, beside), None)
        doubtful = next(_doubtful(row, text, beside, number=called in numeric), None) if at is None else None
        if at is not None:
            if called in labels:
                rule = f"'{safe_text(row.cells[at])[:40]}' in '{shown_column(table.columns[at])}': withdrawn"
                items.append(Item("left out", row.number, shown_column(called), labels[called], safe_text(text), "",
                                  rule, "It is no value; correct the file if it is one."))  # fmt: skip
            text = ""
        elif doubtful is not None:
            if called in labels:
                said = f"'{safe_text(row.cells[doubtful])[:60]}' in '{shown_column(table.columns[doubtful])}'"
                problems.append(RowProblem(row.number, f"{labels[called]}: {said} doubts the value beside it."))
            text = ""
        elif beside.comparator is not None:
            text = _COMPARATORS[row.cells[beside.comparator].strip().casefold()] + text
        elif beside.again:
            signs = (limit_of(text, row.cells[at], alike=beside.alike) for at in beside.again)
            text = next(filter(None, signs), "") + text
        cells = (*row.cells[:value_at], text, *row.cells[value_at + 1 :])
        rows.append(row if cells == row.cells else Row(row.number, cells))
    return replace(table, rows=tuple(rows), problems=tuple(problems)), tuple(items)


def _beside(table: Table, mapping: TableMapping) -> _Beside:
    comparators, words, marks, comments = [], [], [], []
    for item in mapping.columns:
        if item.role in _USED:
            continue
        at = table.columns.index(item.column)
        given = {cell.strip().casefold() for cell in {row.cells[at] for row in table.rows}}
        if given <= _COMPARATORS.keys() and not given <= EQUAL:
            comparators.append(at)
        elif "".join(folded(item.column).split()) in _MARKS and given & TRUE and given <= TRUE | FALSE | {""}:
            marks.append((at, TRUE))
        elif "".join(folded(item.column).split()) in _VALID and given & FALSE and given <= TRUE | FALSE | {""}:
            marks.append((at, FALSE))
        elif len(given) <= _DIFFERENT and not WITHDRAWN.isdisjoint(map(folded, given)):
            words.append(at)
        if is_comment(item.column) and any(map(doubt, given)):
            comments.append(at)
    unused = {item.column for item in mapping.columns if item.role == "ignored"}
    several = [one for one in mapping.rivals if one.role == "value"]
    again = [name for one in several for name in one.columns if name in unused]
    places = tuple(map(table.columns.index, again))
    alike = all(one.alike for one in several)
    comparator = comparators[0] if len(comparators) == 1 else None
    return _Beside(comparator, places, alike, tuple(comments), tuple(words), tuple(marks))


def _withdrawn(row: Row, beside: _Beside) -> Iterator[int]:
    """The columns that say of a row that it is withdrawn."""
    yield from (at for at in beside.words if folded(row.cells[at]) in WITHDRAWN)
    yield from (at for at, said in beside.marks if row.cells[at].strip().casefold() in said)


def _doubtful(row: Row, text: str, beside: _Beside, *, number: bool) -> Iterator[int]:
    """The columns that doubt the value of a row: a comment, or words where the value, again, should stand."""
    yield from (at for at in beside.comments if doubt(row.cells[at]))
    if number and beside.alike and is_plain_number(text):
        yield from (at for at in beside.again if says_no_number(row.cells[at]))
