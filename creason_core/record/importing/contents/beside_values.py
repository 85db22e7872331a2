"""Columns of a table with a value a row that change the value beside them: comparators, and marks of what is withdrawn.

"<" belongs to its value, which is a limit then. What a laboratory or a ward has cancelled, or marked as an error, is no
value; it is left out by name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from creason_core.record.identifiers import shown_column
from creason_core.record.importing.columns.headers import folded
from creason_core.record.importing.columns.mapping import TableMapping
from creason_core.record.importing.contents.agreeing import limit_of
from creason_core.record.importing.files.protocol import Row, Table
from creason_core.record.importing.report import Item, safe_text

_USED = frozenset({"feature", "patient", "name", "value", "unit", "time", "specimen"})
_DIFFERENT = 1000  # cells at most, of a column that marks values or comments on them: more are times or numbers
_EQUAL = frozenset(["", "=", "=="])
_COMPARATORS = {
    **dict.fromkeys((*_EQUAL, "eq", "equal", "equals", "equal to"), ""),
    **dict.fromkeys(("<", "lt", "less than", "lower than", "below", "under", "kleiner", "kleiner als"), "<"),
    **dict.fromkeys((">", "gt", "greater than", "more than", "above", "over", "größer", "größer als"), ">"),
    "<=": "<=", "le": "<=", ">=": ">=", "ge": ">=", "≤": "≤", "≥": "≥", "~": "~", "≈": "≈",
}  # fmt: skip
_WITHDRAWN = frozenset(
    "entered in error|error|cancelled|canceled|voided|void|invalid|deleted|retracted|rejected|not valid|storniert|"
    "storno|ungultig|geloscht|fehler|annule|invalide|anulado|cancelado|취소|오류".split("|")
)
_MARKS = {"".join(word.split()) for word in _WITHDRAWN} | {
    "iserror", "iscancelled", "iscanceled", "isdeleted", "isinvalid", "isvoid"
}  # fmt: skip
_TRUE, _FALSE = frozenset("1 1.0 true yes y t x ja oui si".split()), frozenset("0 0.0 false no n f nein non".split())


@dataclass(frozen=True)
class _Beside:
    """Where comparators stand, and the columns whose cells, or whose name, may say that a value is withdrawn.

    ``again`` are columns that say the same values in another form, with their comparators.
    """

    comparator: int | None
    again: tuple[int, ...]
    words: tuple[int, ...]
    marks: tuple[int, ...]


def with_what_stands_beside(
    table: Table, mapping: TableMapping, labels: Mapping[str, str]
) -> tuple[Table, tuple[Item, ...]]:
    """``table`` with comparators joined to its values and without what is withdrawn, and what was left out.

    ``labels`` are those of the mapped names; of others nothing is told. Rows stay. A table with a row a patient is
    returned as it is: of such a column nothing says which value it is of.
    """
    name, value = mapping.column("name"), mapping.column("value")
    if mapping.layout != "long" or name is None or value is None:
        return table, ()
    beside = _beside(table, mapping)
    if beside.comparator is None and not (beside.again or beside.words or beside.marks):
        return table, ()
    name_at, value_at = table.columns.index(name.column), table.columns.index(value.column)
    rows, items = [], []
    for row in table.rows:
        text, called = row.cells[value_at], row.cells[name_at]
        if not text:
            rows.append(row)
            continue
        at = next(_withdrawn(row, beside), None)
        if at is not None:
            if called in labels:
                rule = f"'{safe_text(row.cells[at])[:40]}' in '{shown_column(table.columns[at])}': withdrawn"
                items.append(Item("left out", row.number, shown_column(called), labels[called], safe_text(text), "",
                                  rule, "It is no value; correct the file if it is one."))  # fmt: skip
            text = ""
        elif beside.comparator is not None:
            text = _COMPARATORS[row.cells[beside.comparator].strip().casefold()] + text
        elif beside.again:
            text = next(filter(None, (limit_of(text, row.cells[at]) for at in beside.again)), "") + text
        cells = (*row.cells[:value_at], text, *row.cells[value_at + 1 :])
        rows.append(row if cells == row.cells else Row(row.number, cells))
    return replace(table, rows=tuple(rows)), tuple(items)


def _beside(table: Table, mapping: TableMapping) -> _Beside:
    comparators, words, marks = [], [], []
    for item in mapping.columns:
        if item.role in _USED:
            continue
        at = table.columns.index(item.column)
        given = {cell.strip().casefold() for cell in {row.cells[at] for row in table.rows}}
        if given <= _COMPARATORS.keys() and not given <= _EQUAL:
            comparators.append(at)
        elif "".join(folded(item.column).split()) in _MARKS and given & _TRUE and given <= _TRUE | _FALSE | {""}:
            marks.append(at)
        elif len(given) <= _DIFFERENT and not _WITHDRAWN.isdisjoint(map(folded, given)):
            words.append(at)
    unused = {item.column for item in mapping.columns if item.role == "ignored"}
    again = [name for one in mapping.rivals if one.role == "value" for name in one.columns if name in unused]
    places = tuple(map(table.columns.index, again))
    return _Beside(comparators[0] if len(comparators) == 1 else None, places, tuple(words), tuple(marks))


def _withdrawn(row: Row, beside: _Beside) -> Iterator[int]:
    """The columns that say of a row that it is withdrawn."""
    yield from (at for at in beside.words if folded(row.cells[at]) in _WITHDRAWN)
    yield from (at for at in beside.marks if row.cells[at].strip().casefold() in _TRUE)
