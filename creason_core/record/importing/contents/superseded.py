"""Results that another row of their test and time replaces: preliminary ones beside final, those beside corrected.

A column that holds nothing but such words says so, one of versions, one that marks the latest, and a comment that a
result corrects another. Where only the time of its report tells two results of one time apart, it is asked. Without a
time nothing tells which result another replaces.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from creason_core.record.identifiers import shown_column
from creason_core.record.importing.cells.moments import moment
from creason_core.record.importing.columns.headers import folded
from creason_core.record.importing.columns.mapping import TableMapping
from creason_core.record.importing.columns.role_words import words_of
from creason_core.record.importing.columns.roles import guess
from creason_core.record.importing.contents.agreeing import values_differ
from creason_core.record.importing.contents.beside_values import FALSE, TRUE, WITHDRAWN
from creason_core.record.importing.contents.comments import corrects, is_comment
from creason_core.record.importing.decisions import Question
from creason_core.record.importing.files.protocol import Row, Table
from creason_core.record.importing.report import Item, safe_text

_RANKS: Mapping[str, int] = {
    word: rank
    for rank, words in enumerate(
        (
            "preliminary|prelim|provisional|partial|registered|vorlaufig|vorlaufiger befund|teilbefund|provisoire|"
            "preliminar|provisorio|preliminare|voorlopig|wstepny|예비|임시|p",
            "final|verified|validated|complete|completed|resulted|endbefund|endgultig|freigegeben|validiert|definitif|"
            "valide|definitivo|definitief|ostateczny|최종|f|auth (verified)|authenticated|original",
            "corrected|amended|revised|modified|appended|korrigiert|korrektur|corrige|corregido|corrigido|corretto|"
            "gecorrigeerd|skorygowany|정정|수정|c|modified/corrected|final/corrected|final corrected",
        )
    )
    for word in words.split("|")
}
_MANY = 20  # different words of a column of statuses
_LETTERS = frozenset("pfc")  # as HL7 has them, in a column called a status
_VERSIONS = frozenset("version versie versione wersja versao fassung revision rev amendment 版".split())
_NUMBERS = frozenset("result test lab no nr number num id of the".split())
_LATEST = frozenset("islatest latest iscurrent current ismostrecent mostrecent isnewest newest aktuell".split())
_REPORTS = frozenset(
    "reported report result resulted released verified validated updated issued finalized signed befunddatum "
    "befundzeit freigabe gemeldet valide rapport".split()
)
# Of columns that tell two samples of one time apart.
_SAMPLES = frozenset("specimen sample accession order probe auftrag container barcode tube echantillon".split())
Ranks = tuple[int, Sequence[float]]  # a column's place, and how late it says each row to be; below 0 for not said


def without_superseded(
    table: Table, mapping: TableMapping, labels: Mapping[str, str]
) -> tuple[Table, tuple[Item, ...], tuple[Question, ...]]:
    """``table`` without the results that another row of their patient, test and time replaces.

    With what was left out, and what is asked. ``labels`` are those of the mapped names; of others nothing is told.
    Rows stay.
    """
    used = {role: item for role in ("name", "value", "time", "clock", "patient") if (item := mapping.column(role))}
    if mapping.layout != "long" or not {"name", "value", "time"} <= used.keys():
        return table, (), ()
    value, name = (table.columns.index(used[role].column) for role in ("value", "name"))
    key = [table.columns.index(item.column) for role, item in used.items() if role != "value"]
    said = _said(table, mapping)
    if said is None and (late := _reported(table, mapping)):
        key += _apart(table, mapping)
        if mapping.replaced == "last":
            said = late
        elif not mapping.replaced:
            return table, (), _asked(table, (name, value, key), late, labels)
    if said is None:
        return table, (), ()
    column, ranks = said
    most: dict[tuple[str, ...], float] = {}
    for row, rank in zip(table.rows, ranks, strict=True):
        if row.cells[value]:
            same = tuple(row.cells[at] for at in key)
            most[same] = max(rank, most.get(same, rank))
    rows, items = [], []
    for row, rank in zip(table.rows, ranks, strict=True):
        text, called = row.cells[value], row.cells[name]
        if not text or not 0 <= rank < most[tuple(row.cells[at] for at in key)]:
            rows.append(row)
            continue
        if called in labels:
            says = safe_text(row.cells[column])[:40] or "nothing"
            rule = f"'{says}' in '{shown_column(table.columns[column])}': replaced by another row"
            items.append(Item("left out", row.number, shown_column(called), labels[called], safe_text(text), "", rule))
        rows.append(Row(row.number, (*row.cells[:value], "", *row.cells[value + 1 :])))
    return replace(table, rows=tuple(rows)), tuple(items), ()


def _asked(
    table: Table, places: tuple[int, int, Sequence[int]], late: Ranks, labels: Mapping[str, str]
) -> tuple[Question, ...]:
    """The question about two results of one patient, test and time that were reported one after the other."""
    name, value, key = places
    first: dict[tuple[str, ...], tuple[Row, float]] = {}
    for row, rank in zip(table.rows, late[1], strict=True):
        if row.cells[name] not in labels or not row.cells[value] or rank < 0:
            continue
        other, when = first.setdefault(tuple(row.cells[at] for at in key), (row, rank))
        if when != rank and values_differ(other.cells[value], row.cells[value]):
            message = (
                f"Rows {other.number} and {row.number} are of one patient, test and time, say other things, and differ "
                f"in '{shown_column(table.columns[late[0]])}'."
            )
            options = (("last", "The later report corrects the earlier one"), ("each", "Each is a result of its own"))
            return (Question("replaced", 0, "", message, "It holds for all such rows.", options=options),)
    return ()


def _said(table: Table, mapping: TableMapping) -> Ranks | None:
    """What a column without a use says of how final the results are; None where there is none, or all are the same."""
    for item in mapping.columns:
        if item.role != "ignored":
            continue
        at = table.columns.index(item.column)
        given = {row.cells[at] for row in table.rows}
        if (rank := _rank(item.column, given)) and len({rank(cell) for cell in given} - {-1}) > 1:
            return at, [rank(row.cells[at]) for row in table.rows]
    return None


def _rank(column: str, given: set[str]) -> Callable[[str], float] | None:
    """How a column called ``column`` with these cells ranks results; None where it does not."""
    plain = folded(column)
    words = frozenset(plain.split())
    if words & _VERSIONS and words <= _VERSIONS | _NUMBERS and all(cell.isdecimal() or not cell for cell in given):
        return lambda cell: int(cell) if cell else -1
    if "".join(plain.split()) in _LATEST and {cell.casefold() for cell in given} <= TRUE | FALSE | {""}:
        return lambda cell: float(cell.casefold() in TRUE)
    said = {folded(cell) for cell in given} - {""} - WITHDRAWN if len(given) <= _MANY else set()
    letters = bool(said & _LETTERS) and "status" not in words
    if said and said <= _RANKS.keys() and not letters:
        return lambda cell: _RANKS.get(folded(cell), -1)
    if is_comment(column) and any(map(corrects, given)):
        return lambda cell: float(corrects(cell))
    return None


def _reported(table: Table, mapping: TableMapping) -> Ranks | None:
    """The column of the times at which results were reported, and those."""
    for item in mapping.columns:
        if item.role != "ignored" or _REPORTS.isdisjoint(words_of(item.column)):
            continue
        at = table.columns.index(item.column)
        known = {cell: moment(cell) for cell in {row.cells[at] for row in table.rows}}
        hours = {cell: found.hours for cell, found in known.items() if found and found.kind == "date"}
        if len(hours) > 1:
            return at, [hours.get(row.cells[at], -1.0) for row in table.rows]
    return None


def _apart(table: Table, mapping: TableMapping) -> list[int]:
    """The columns that tell samples of one time apart."""
    given = [item.column for item in mapping.columns if item.role in {"ignored", "specimen", "site"}]
    named = [name for name in given if not _SAMPLES.isdisjoint(folded(name).split())]
    return [table.columns.index(name) for name in named if (said := guess(name)) is None or said.role != "time"]
