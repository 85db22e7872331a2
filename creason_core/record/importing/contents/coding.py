"""What the cells of each mapped column mean, read from the whole column; what can mean more than one thing is asked.

A question is about a column, once, and its answer holds for all of its cells. A cell whose meaning is open is kept out
of the cases, and no case is made while a question is open.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from creason_core.errors import CaseError
from creason_core.record.ages import is_age
from creason_core.record.case import check_value
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.importing.cells.checking import Checked, check_cell
from creason_core.record.importing.cells.level_codes import LevelReading, folded_code, read_levels
from creason_core.record.importing.cells.values import Decimal, is_missing, plain_number
from creason_core.record.importing.columns.headers import parse_header
from creason_core.record.importing.columns.mapping import ColumnMap, NameMap, TableMapping
from creason_core.record.importing.contents.column_texts import places_of, texts_of, units_beside
from creason_core.record.importing.contents.column_units import SAMPLE, unit_of_column
from creason_core.record.importing.contents.decimals import cell_decimal, column_decimal, table_decimal, two_readings
from creason_core.record.importing.contents.legends import explained, marks
from creason_core.record.importing.contents.missing_codes import missing_codes
from creason_core.record.importing.decisions import AskedCode, CodeMeaning, Decisions, Question
from creason_core.record.importing.files.protocol import Table
from creason_core.record.importing.report import safe_text
from creason_core.record.units import alternatives, convert, unit_for

FOR_ALL = re.compile(r"-\d+|9{3,}")
_AGES_AS_CODES = frozenset({98.0, 99.0})  # years that hardly anybody has, and common codes of two digits
NOT_RECORDED, AS_WRITTEN, SIGN = "", "=", ""  # meanings of a code, and the "code" of a column's decimal sign
_SHOWN = 40


@dataclass(frozen=True)
class Coding:
    """How one column (or the values of one name of a long table) is read; ``decimal`` None: nobody said yet.

    ``levels`` is of a feature with levels. ``not_recorded`` and ``open`` are numbers that a person said to stand for
    "not recorded", or that may.
    """

    column: str
    feature: Feature
    decimal: Decimal | None
    levels: LevelReading = field(default_factory=LevelReading)
    not_recorded: frozenset[str] = frozenset()
    open: Mapping[str, int] = field(default_factory=dict)
    example: tuple[str, str, str] = ("", "", "")
    typed: bool = False
    texts: Mapping[str, int] = field(default_factory=dict)  # how many cells have each text
    marks: frozenset[str] = frozenset()  # signs beside numbers that a legend explains

    def check(self, text: str, unit: str, *, stated: bool = False) -> Checked:
        """``check_cell``, of a cell in this column; without a value where its meaning is open."""
        if not self.feature.numeric:
            return self._level(text)
        if any(mark in text for mark in self.marks):
            said = f"{self.feature.label} = '{safe_text(text)}' has a mark that a legend of the file explains."
            return Checked(value=None, refused=said, remedy="Correct it, or leave it out.", rule="parse")
        plain = self.number_text(text)
        if self.decimal is None or plain in self.not_recorded or plain in self.open:
            return Checked(value=None)
        return check_cell(text, unit, self._sign(text), self.feature, stated=stated)

    def _sign(self, text: str) -> Decimal:
        return cell_decimal(text, self.decimal or "point", typed=self.typed)

    def number(self, text: str) -> float | None:
        """The plain number of a cell, as this column writes numbers; None where it is anything else."""
        return plain_number(text, self._sign(text))

    def number_text(self, text: str) -> str:
        """The same, as a code is written; "" for none."""
        number = self.number(text)
        return "" if number is None else f"{number:.10g}"

    def _level(self, text: str) -> Checked:
        key = folded_code(text)
        if key in self.levels.asked or not text:
            return Checked(value=None)
        means = self.levels.meanings.get(key)
        if means is None:
            remedy = f"Choose one of: {', '.join(level.label for level in self.feature.levels)}."
            said = f"{self.feature.label} = '{safe_text(text)}' is not one of its levels."
            return Checked(value=None, refused=said, remedy=remedy, rule="parse")
        if not means:
            return Checked(value=None)
        label = self.feature.text(means)
        plain = text in {means, label} or text.casefold() == label.casefold()
        how = "" if plain else f"'{text[:_SHOWN]}' read as {label}"
        return Checked(value=means, how=how, rule="parse" if how else "")

    def questions(self) -> tuple[Question, ...]:
        """What a person must say about this column."""
        label = self.feature.label
        if self.decimal is None:
            number, with_point, with_comma = self.example
            ways = (("point", f"{number} is {with_point}"), ("comma", f"{number} is {with_comma}"))
            said = f"{label}: the numbers of '{self.column}', such as {number}, can be read in two ways."
            return (self._question("decimal sign", said, "Say which of the two it is.", (AskedCode(SIGN, 0, ways),)),)
        if self.levels.asked:
            options = tuple((level.code, level.label) for level in self.feature.levels)
            codes = tuple(
                AskedCode(code, count, (*options, (NOT_RECORDED, "Not recorded")))
                for code, count in self.levels.asked.items()
            )
            shown = ", ".join(f"{safe_text(code)} ({_rows(count)})" for code, count in self.levels.asked.items())
            said = f"{label}: '{self.column}' holds {shown}, and nothing in the file says what that means."
            return (self._question("codes", said, "Say it once; it holds for the whole column.", codes),)
        if self.open:
            choices = ((NOT_RECORDED, "Not recorded"), (AS_WRITTEN, "A value"))
            codes = tuple(AskedCode(code, count, choices) for code, count in self.open.items())
            shown = ", ".join(f"{code} ({_rows(count)})" for code, count in self.open.items())
            said = f"{label}: {shown} in '{self.column}' may stand for \"not recorded\": no other value is near."
            return (self._question("missing codes", said, "Say it once; it holds for the whole column.", codes),)
        return ()

    def _question(self, asks: str, said: str, remedy: str, codes: tuple[AskedCode, ...]) -> Question:
        return Question(asks, 0, self.feature.name, said, remedy, column=self.column, codes=codes)  # type: ignore[arg-type]


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def codings(table: Table, mapping: TableMapping, decisions: Decisions, codebook: Codebook) -> Mapping[str, Coding]:
    """How each mapped column of ``table`` is read, by its name; in a long table by the name in its name column."""
    places = places_of(mapping, codebook)
    texts = texts_of(table, mapping, set(places))
    beside = units_beside(table, mapping)
    told = table_decimal(table)
    if mapping.decimal != (told or "point"):
        told = mapping.decimal  # chosen for the whole table
    if told is None:
        told = _sign_said(decisions)
    made, marked = {}, marks(table)
    for place, (feature, unit) in places.items():
        given = {item.code: item.means for item in decisions.codes if item.column == place}
        if feature.numeric:
            given = dict.fromkeys(_codes_said(decisions), NOT_RECORDED) | given
            empty = Coding(place, feature, None, typed=not table.delimiter, texts=texts[place], marks=marked)
            made[place] = _of_numbers(empty, (unit,) if unit else beside.get(place, ()), given, told)
        else:
            said = explained(place, texts[place], feature, table)
            levels = read_levels(texts[place], feature, {**said.meanings, **given}, place, said.unclear)
            made[place] = Coding(place, feature, "point", levels, texts=texts[place])
    return made


def _sign_said(decisions: Decisions) -> Decimal | None:
    """The decimal sign that a person gave for columns of the table, where it is one: others are written alike."""
    signs = {item.means for item in decisions.codes if item.code == SIGN}
    return None if len(signs) != 1 else "comma" if signs == {"comma"} else "point"


def _codes_said(decisions: Decisions) -> set[str]:
    """The codes that stand for "not recorded" in some column by a person's word, and so in others where they stand out.

    Only what few quantities can be, a number below 0 or nines: 9 and 0 are values elsewhere. Not where a person wants
    to be asked of each column.
    """
    each = {item.code for item in decisions.codes if not item.column}
    said = {item.code for item in decisions.codes if item.means == NOT_RECORDED and FOR_ALL.fullmatch(item.code)}
    return said - each


def _of_numbers(empty: Coding, units: Sequence[str], given: Mapping[str, str], rest: Decimal | None) -> Coding:
    """``empty`` with the decimal sign of its texts and what may stand for "not recorded" among them."""
    recorded = [text for text in empty.texts if not is_missing(text, empty.feature)]
    decimal = column_decimal(recorded, rest, typed=empty.typed, whole=empty.feature.decimals == 0)
    if decimal is None and given.get(SIGN) in {"point", "comma"}:
        decimal = "comma" if given[SIGN] == "comma" else "point"
    if decimal is None:
        return replace(empty, example=two_readings(recorded))
    column = replace(empty, decimal=decimal)
    counts: Counter[float] = Counter()
    for text in recorded:
        if (number := column.number(text)) is not None:
            counts[number] += empty.texts[text]
    usual = _usual(empty.feature, units)
    named = {unit.code for text in units if text and (unit := unit_for(empty.feature, text))}
    found = {
        f"{value:.10g}": counts[value]
        for value in missing_codes(counts, usual)
        if len(named) < 2 or not usual(value)  # of two units' values one lot lies far from the other
    }
    return replace(
        column,
        not_recorded=frozenset(code for code in found if given.get(code) == NOT_RECORDED),
        open={code: count for code, count in found.items() if code not in given},
    )


def _usual(feature: Feature, written: Sequence[str]) -> Callable[[float], bool]:
    """Whether a value in one of the units ``written``, or else as the codebook has it, is usual for the feature.

    Where some are written and "" among them, a value may be in any unit that the feature comes in.
    """
    if "" in written:
        units = [unit.code for unit in alternatives(feature)]
    else:
        units = [unit.code for text in written if (unit := unit_for(feature, text))]

    def usual(value: float) -> bool:
        if is_age(feature) and value in _AGES_AS_CODES:
            return False
        return any(_reference(feature, value, unit) for unit in units or [""])

    return usual


def _reference(feature: Feature, value: float, unit: str) -> bool:
    try:
        here = convert(feature, value, unit) if unit else value
    except CaseError:
        return False
    return all(finding.tier == "reference" for finding in check_value(feature, here))


def with_checked_units(table: Table, mapping: TableMapping, read: Mapping[str, Coding]) -> TableMapping:
    """``mapping``, where a unit told by the values is only assumed if the values, as now read, tell another.

    Values that a unit stands beside say nothing of the others.
    """
    beside = mapping.column("unit")
    bare: Mapping[str, Mapping[str, int]] = {place: coding.texts for place, coding in read.items()}
    if beside and mapping.layout == "long":
        at = table.columns.index(beside.column)
        bare = texts_of(replace(table, rows=tuple(row for row in table.rows if not row.cells[at])), mapping, set(read))

    def checked(item: ColumnMap | NameMap, place: str) -> ColumnMap | NameMap:
        coding = read.get(place)
        if coding is None or item.unit_from != "values" or not coding.feature.numeric:
            return item
        left_out = {*coding.not_recorded, *coding.open}
        settled = (text for text in bare[place] if coding.number_text(text) not in left_out)
        cells = list(islice(settled, SAMPLE))
        found = unit_of_column(coding.feature, cells if coding.decimal else (), coding.decimal or "point",
                               parse_header(place), beside is not None)  # fmt: skip
        return item if found == (item.unit, "values") else item.model_copy(update={"unit_from": "assumed"})

    return mapping.model_copy(update={
        "columns": tuple(checked(item, item.column) for item in mapping.columns),
        "names": tuple(checked(item, item.name) for item in mapping.names),
    })  # fmt: skip


def code_answered(codes: tuple[CodeMeaning, ...], column: str, code: str, means: str) -> tuple[CodeMeaning, ...]:
    """``codes`` with what a person says of one, in place of what was said before."""
    kept = tuple(item for item in codes if (item.column, item.code) != (column, code))
    return (*kept, CodeMeaning(column=column, code=code, means=means))
