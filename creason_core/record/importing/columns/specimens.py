"""What a value was measured in: blood, urine, ascites …, by the words of a column's name or of a specimen column.

A value of another specimen is another quantity. Blood is what a feature is of, unless its label or what it measures
says otherwise; arterial is blood, and blood whose vessel nobody names may be arterial.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from creason_core.record.codebook import Codebook, Feature
from creason_core.record.identifiers import shown_column
from creason_core.record.importing.columns.headers import folded
from creason_core.record.importing.columns.mapping import TableMapping, target_feature
from creason_core.record.importing.columns.role_words import meanings, words_of
from creason_core.record.importing.columns.specimen_words import BLOOD, CELLS, ENDS, FLUID, STARTS, WORDS
from creason_core.record.importing.decisions import Decisions, Question
from creason_core.record.importing.files.protocol import Row, Table
from creason_core.record.importing.report import Item, safe_text
from creason_core.record.units import analyte_of

OTHER_SPECIMEN = "another specimen"
_PER_VOLUME = re.compile(r"/[munpfd]?L$")
_GAS = re.compile(r"\b(?:oxygen|carbon dioxide) pressure\b")
_OF_BODIES = frozenset(
    [
        "temperature",
        "mass",
        "length",
        "mass per area",
        "time",
        "rate",
        "volume",
        "volume of 24 hours",
        "volume rate",
        "score",
    ]
)
_USED = frozenset({"feature", "patient", "name", "value", "unit", "time"})
_OF_ALL = frozenset({"", BLOOD, FLUID})  # what is said of blood, or of fluids, tells no value of blood apart
_NAMES = 2_000  # different names of tests, said in more words in another column
_MANY, _FIRST = 40, 20  # different specimens of a table, and cells of a column that are looked at before the rest
_VESSELS = frozenset({"arterial", "venous", "capillary"})


@lru_cache(maxsize=4096)
def specimen(text: str) -> str:
    """The specimen that a cell of a specimen column names; "" where it names none, or two that are not one."""
    words = folded(text).replace("/", " ").split()
    known = CELLS if len(words) == 1 else WORDS
    kinds = {kind for word in words if (kind := known.get(word) or _by_its_end(word))}
    for wide in (FLUID, BLOOD):  # pleural fluid, arterial blood
        if len(kinds) > 1:
            kinds.discard(wide)
    return kinds.pop() if len(kinds) == 1 else ""


def _by_its_end(word: str) -> str:
    """The specimen of a German compound (Spontanurin, Citratplasma, Urinchemie); "" for any other word."""
    found = next((kind for end, kind in ENDS.items() if word.endswith(end)), "")
    return found or next((kind for start, kind in STARTS.items() if word.startswith(start)), "")


def tells_specimens(cells: Iterable[str]) -> bool:
    """Whether a column's cells name specimens, at least one in four: one called "sample" may hold numbers of tubes."""
    given = [cell for cell in cells if cell]
    return 4 * sum(bool(specimen(cell)) for cell in given) >= max(len(given), 1)


@lru_cache(maxsize=4096)
def specimen_of(feature: Feature) -> str:
    """The specimen that ``feature`` is measured in."""
    analyte = analyte_of(feature)
    for text in (feature.label, analyte.name if analyte else ""):
        found = [WORDS[word] for word in folded(text).split() if word in WORDS]
        if found:
            return found[-1] if len(set(found)) == 1 else next(kind for kind in found if kind != BLOOD)
    return BLOOD


def fits(feature: Feature, kind: str) -> bool:
    """Whether a value of the specimen ``kind`` can be one of ``feature``."""
    own = specimen_of(feature)
    if own == BLOOD:
        return kind == BLOOD or kind in _VESSELS
    return kind == own or (own in _VESSELS and kind == BLOOD)


def words_of_others(feature: Feature) -> frozenset[str]:
    """The words of a name that say that it is of another specimen than ``feature``."""
    return frozenset(word for word, kind in WORDS.items() if not fits(feature, kind))


def in_specimen(feature: Feature) -> bool:
    """Whether ``feature`` is measured in a specimen: a gas in blood is, a pressure of the blood itself is not."""
    analyte = analyte_of(feature)
    if analyte is None:
        return feature.numeric and _PER_VOLUME.search(feature.unit) is not None
    if "pressure" in analyte.loinc:
        return _GAS.search(analyte.name) is not None
    return not set(analyte.loinc) <= _OF_BODIES and "inspired" not in analyte.name


def says_vessel(name: str) -> bool:
    """Whether a name says from which vessel the blood was."""
    return any(WORDS.get(word) in _VESSELS for word in folded(name).split())


def says_specimen(name: str) -> bool:
    """Whether a name says in what was measured."""
    return any(word in WORDS for word in folded(name).split())


def is_gas(feature: Feature) -> bool:
    """Whether ``feature`` is a gas in blood."""
    analyte = analyte_of(feature)
    return analyte is not None and _GAS.search(analyte.name) is not None


def of_vessel(feature: Feature) -> bool:
    """Whether ``feature`` is of blood from one kind of vessel only."""
    return specimen_of(feature) in _VESSELS


def without_specimen(name: str) -> str:
    """The words of a name that do not say in what was measured."""
    return " ".join(word for word in name.split() if word not in WORDS)


@dataclass(frozen=True)
class Apart:
    """A table whose values are all of the right specimen, what was left out of it, and what must be asked."""

    table: Table
    items: tuple[Item, ...] = ()
    questions: tuple[Question, ...] = ()


def tell_apart(table: Table, mapping: TableMapping, codebook: Codebook, decisions: Decisions) -> Apart:
    """``table`` without the values of specimens that their features are not measured in; rows stay.

    Of a specimen that is not known, and of none beside others of the same name, nobody is sure: they are asked about
    at once, and used by nobody.
    """
    column, places = column_of_specimens(table, mapping), _Places(table, mapping, codebook)
    if column is None:
        return _by_their_kind(table, mapping, places)
    at = table.columns.index(column)
    texts: dict[str, set[str]] = {}  # the specimens that each name has
    for row in table.rows:
        for _, name, _ in places.of(row):
            texts.setdefault(name, set()).add(row.cells[at])
    rows, items, unclear = [], [], []
    for row in table.rows:
        cells = list(row.cells)
        for place, name, feature in places.of(row):
            if not cells[place] or (mapping.layout == "wide" and not in_specimen(feature)):
                continue  # a patient's age stands in the row of urine, too
            why = _unfit(row.cells[at], texts[name], feature)
            if why is None:
                continue
            left = Item("left out", row.number, shown_column(name), feature.label, safe_text(cells[place]), "", *why)
            asked = why[0] != OTHER_SPECIMEN
            if asked and decisions.leave_out_rejected:
                left = replace(left, remedy="Left out by you.")
            elif asked:
                unclear.append(left := replace(left, disposition="rejected"))
            items.append(left)
            cells[place] = ""
        rows.append(Row(row.number, tuple(cells)))
    return Apart(replace(table, rows=tuple(rows)), tuple(items), _question(unclear))


def _by_their_kind(table: Table, mapping: TableMapping, places: "_Places") -> Apart:
    """``table`` without the values that a column of kinds of tests ("Urinalysis") says to be of another specimen."""
    kinds = _kinds(table, mapping, places)
    if not kinds:
        return Apart(table)
    rows, items = [], []
    for row in table.rows:
        left = list(row.cells)
        for place, name, feature in places.of(row):
            said = {specimen(row.cells[at]) for at in kinds} - _OF_ALL
            other = next((kind for kind in sorted(said) if not fits(feature, kind)), None)
            if other and row.cells[place] and in_specimen(feature):
                why = OTHER_SPECIMEN, f"It is of {other}; {feature.label} is of {specimen_of(feature)}."
                text = safe_text(row.cells[place])
                items.append(Item("left out", row.number, shown_column(name), feature.label, text, "", *why))
                left[place] = ""
        rows.append(Row(row.number, tuple(left)))
    return Apart(replace(table, rows=tuple(rows)), tuple(items))


def column_of_kinds(table: Table, mapping: TableMapping, codebook: Codebook) -> str | None:
    """The first column of a long table that says of some tests that they are of another specimen than blood."""
    return next((table.columns[at] for at in _kinds(table, mapping, _Places(table, mapping, codebook))), None)


def _kinds(table: Table, mapping: TableMapping, places: "_Places") -> list[int]:
    kinds = [
        table.columns.index(item.column)
        for item in mapping.columns
        if mapping.layout == "long" and item.role not in _USED
    ]
    cells = {at: {row.cells[at] for row in table.rows} for at in kinds}
    kinds = [at for at in kinds if len(cells[at]) <= _MANY or (len(cells[at]) <= _NAMES and _longer(table, at, places))]
    return [at for at in kinds if any(specimen(cell) not in _OF_ALL for cell in cells[at])]


def _longer(table: Table, at: int, places: "_Places") -> bool:
    """Whether a column says the names of tests in more words, such as "creatinine in urine" beside "creatinine"."""
    pairs = {(name, row.cells[at]) for row in table.rows for _, name, _ in places.of(row) if row.cells[at]}
    longer = sum(set(folded(name).split()) < set(folded(cell).split()) for name, cell in pairs)
    return 2 * longer > len(pairs)


def column_of_specimens(table: Table, mapping: TableMapping) -> str | None:
    """The column of specimens: the one with that role if it names some, else one of no use that names nothing else."""
    if item := mapping.column("specimen"):
        return item.column if item.why == "chosen" or tells_specimens(table.column(item.column)) else None
    for item in mapping.columns:
        if item.role not in _USED and item.why != "chosen":
            if not _called_one(item.column) and not all(map(_names_one, table.column(item.column, _FIRST))):
                continue
            given = {cell.strip() for cell in table.column(item.column)} - {""}
            if given and _called_one(item.column) and tells_specimens(given):
                return item.column
            if given and len(given) <= _MANY and all(map(_names_one, given)):
                return item.column
    return None


def _called_one(name: str) -> bool:
    """Whether a column's name has a word for a specimen."""
    return any("specimen" in meanings(word) for word in words_of(name))


def _names_one(cell: str) -> bool:
    """Whether a cell names a specimen in more than a letter, or is empty."""
    return not cell.strip() or (len(cell.strip()) > 1 and bool(specimen(cell)))


class _Places:
    """Where a row's values stand, what they are called, and the features that they are of."""

    def __init__(self, table: Table, mapping: TableMapping, codebook: Codebook) -> None:
        index = {name: at for at, name in enumerate(table.columns)}
        name, value = mapping.column("name"), mapping.column("value")
        self._long = (index[name.column], index[value.column]) if name and value else None
        self._names = {item.name: target_feature(item.target, codebook) for item in mapping.names if item.target}
        self._wide = [
            (index[item.column], item.column, target_feature(item.target, codebook))
            for item in mapping.columns
            if item.role == "feature" and item.target
        ]

    def of(self, row: Row) -> Sequence[tuple[int, str, Feature]]:
        if self._long is None:
            return self._wide
        name = row.cells[self._long[0]]
        return [(self._long[1], name, self._names[name])] if name in self._names else []


def _unfit(text: str, others: Iterable[str], feature: Feature) -> tuple[str, str] | None:
    """Why a value with ``text`` in the specimen's cell is not used, as a rule and in words; None where it fits."""
    kind, own = specimen(text), specimen_of(feature)
    if kind:
        return None if fits(feature, kind) else (OTHER_SPECIMEN, f"It is of {kind}; {feature.label} is of {own}.")
    if text:
        return "specimen not known", f"'{safe_text(text)[:40]}' is no known specimen; {feature.label} is of {own}."
    if all(not other or fits(feature, specimen(other)) for other in others):
        return None
    return "specimen not said", f"Other rows of this name are not of {own}, and this one does not say."


def _question(unclear: Sequence[Item]) -> tuple[Question, ...]:
    if not unclear:
        return ()
    first, more = unclear[0], len(unclear) - 1
    also = f" The same holds for {more:,} further value{'s' if more > 1 else ''}." if more else ""
    message = f"Row {first.row}: {first.feature}: {first.rule}. {first.remedy}{also}"
    return (Question("rejected", first.row, "", message, "Correct the specimens in the file, or leave them out."),)
