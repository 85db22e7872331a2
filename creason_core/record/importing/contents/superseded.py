"""Results that another row of their test and time replaces: preliminary ones beside final, those beside corrected.

Only a column that holds nothing but such words says so; without a time nothing tells which result another replaces.
"""

from collections.abc import Mapping
from dataclasses import replace

from creason_core.record.identifiers import shown_column
from creason_core.record.importing.columns.headers import folded
from creason_core.record.importing.columns.mapping import TableMapping
from creason_core.record.importing.files.protocol import Row, Table
from creason_core.record.importing.report import Item, safe_text

_RANKS: Mapping[str, int] = {
    word: rank
    for rank, words in enumerate(
        (
            "preliminary|prelim|provisional|partial|registered|vorlaufig|vorlaufiger befund|teilbefund|provisoire|"
            "preliminar|provisorio|preliminare|voorlopig|wstepny|예비|임시|p",
            "final|verified|validated|complete|completed|resulted|endbefund|endgultig|freigegeben|validiert|definitif|"
            "valide|definitivo|definitief|ostateczny|최종|f",
            "corrected|amended|revised|modified|appended|korrigiert|korrektur|corrige|corregido|corrigido|corretto|"
            "gecorrigeerd|skorygowany|정정|수정|c",
        )
    )
    for word in words.split("|")
}
_MANY = 20  # different words of a column of statuses
_LETTERS = frozenset("pfc")  # as HL7 has them, in a column called a status


def without_superseded(
    table: Table, mapping: TableMapping, labels: Mapping[str, str]
) -> tuple[Table, tuple[Item, ...]]:
    """``table`` without the results that another row of their patient, test and time replaces, and what was left out.

    ``labels`` are those of the mapped names; of others nothing is told. Rows stay.
    """
    used = {role: item for role in ("name", "value", "time", "clock", "patient") if (item := mapping.column(role))}
    status = _status(table, mapping)
    if mapping.layout != "long" or status is None or not {"name", "value", "time"} <= used.keys():
        return table, ()
    value = table.columns.index(used.pop("value").column)
    key = [table.columns.index(item.column) for item in used.values()]
    most: dict[tuple[str, ...], int] = {}
    ranks = [_RANKS.get(folded(row.cells[status]), -1) for row in table.rows]
    for row, rank in zip(table.rows, ranks, strict=True):
        if row.cells[value]:
            same = tuple(row.cells[at] for at in key)
            most[same] = max(rank, most.get(same, rank))
    name = table.columns.index(used["name"].column)
    rows, items = [], []
    for row, rank in zip(table.rows, ranks, strict=True):
        text, called = row.cells[value], row.cells[name]
        if not text or not 0 <= rank < most[tuple(row.cells[at] for at in key)]:
            rows.append(row)
            continue
        if called in labels:
            rule = (
                f"'{safe_text(row.cells[status])}' in '{shown_column(table.columns[status])}': replaced by another row"
            )
            items.append(Item("left out", row.number, shown_column(called), labels[called], safe_text(text), "", rule))
        rows.append(Row(row.number, (*row.cells[:value], "", *row.cells[value + 1 :])))
    return replace(table, rows=tuple(rows)), tuple(items)


def _status(table: Table, mapping: TableMapping) -> int | None:
    """The column without a use whose cells say nothing but how final a result is, and not all of them the same."""
    for item in mapping.columns:
        at = table.columns.index(item.column)
        if item.role != "ignored":
            continue
        given = {row.cells[at] for row in table.rows}
        said = {folded(cell) for cell in given} - {""} if len(given) <= _MANY else set()
        letters = bool(said & _LETTERS) and "status" not in folded(item.column).split()
        if len({_RANKS[word] for word in said & _RANKS.keys()}) > 1 and said <= _RANKS.keys() and not letters:
            return at
    return None
