"""A column of a table as it is judged: its texts, its numbers, and what does not fit among them."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from creason_core.arrays import Floats
from creason_core.cohort.drafting.naming import label_of
from creason_core.cohort.table_files.cells import Texts, as_numbers, as_texts, decimals_of
from creason_core.cohort.table_files.numbers import suspected
from creason_core.errors import CaseError
from creason_core.record.codebook import Feature
from creason_core.record.importing.cells.checking import in_unit
from creason_core.record.importing.cells.level_codes import folded_code
from creason_core.record.importing.cells.values import Decimal, plain_number
from creason_core.record.importing.contents.decimals import TableSign, column_decimal
from creason_core.record.importing.contents.legends import marks, words_for
from creason_core.record.importing.understanding import NO_UNIT, Said
from creason_core.record.units import unit_named

if TYPE_CHECKING:
    import pandas as pd

_NONE, _NOTHING = TableSign(), Said()
# "<0.6", one number where others are two pressures, and what a spreadsheet makes of 2.1
_LIMIT = re.compile(r"[<>≤≥]=?\s*\d|\d+/\?|0\d\.\d\d$")
_WITH_UNIT = re.compile(r"(?P<number>[+-]?\d[\d.,]*)\s*(?P<unit>[^\d\s.,].*)", re.DOTALL)
_STRAY_SHARE = 0.05  # of a column of numbers: texts among them up to this share mean "not recorded" or a limit


@dataclass(frozen=True)
class Column:
    """A column: its ``texts`` and ``numbers`` row by row, and how often each different text stands there.

    ``codes`` are numbers that may stand for "not recorded"; they are not among ``numbers``. ``decimal`` is None where
    the numbers can be read in two ways, and are then read with a point. ``called`` is its name with the unit that the
    file states elsewhere, ``unit`` the one that stands in its cells. ``words`` are the file's for its codes, folded,
    ``perhaps`` those of a legend that names no column; ``marked`` are signs that a legend explains.
    """

    name: str
    texts: Texts
    numbers: Floats
    different: Counter[str]
    codes: tuple[float, ...] = ()
    decimal: Decimal | None = "point"
    called: str = ""
    unit: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    perhaps: Mapping[str, str] = field(default_factory=dict)
    marked: frozenset[str] = frozenset()

    @property
    def rows(self) -> int:
        """How many rows have anything in it."""
        return sum(self.different.values())

    def has_mark(self, text: str) -> bool:
        """Whether a value has a sign that a legend of the file explains: what it is worth, a person must say."""
        return not self.marked.isdisjoint(text)


def read_column(name: str, values: "pd.Series[str]", rest: TableSign = _NONE, said: Said = _NOTHING) -> Column:
    """The column called ``name``, with these values; ``rest`` is the decimal sign of the table's other columns."""
    texts = as_texts(values)
    different = Counter(text for text in texts if text is not None)
    decimal = column_decimal(different, rest.decimal, typed=rest.typed)
    called = said.name(name)
    words, perhaps = words_for(called, {folded_code(text) for text in different}, said.table)
    column = Column(name, texts, as_numbers(texts, decimal or "point"), different, (), decimal, called,
                    words=words, perhaps=perhaps, marked=marks(said.table))  # fmt: skip
    if beside := units_beside(different, decimal or "point"):
        column = _in_its_unit(column, beside)
    if column.marked:
        column.numbers[[text is not None and column.has_mark(text) for text in texts]] = np.nan
    if codes := suspected(column.numbers) if is_numeric(column) else ():
        column.numbers[np.isin(column.numbers, codes)] = np.nan
    return replace(column, codes=codes)


def units_beside(different: Mapping[str, int], decimal: Decimal) -> Mapping[str, tuple[float, str]]:
    """The number and the unit of each text that has both: "81 µmol/L"."""
    found = {}
    for text in different:
        match = _WITH_UNIT.fullmatch(text)
        number = plain_number(match["number"], decimal) if match else None
        if match and number is not None and plain_number(text, decimal) is None and unit_named(match["unit"]):
            found[text] = number, match["unit"]
    return found


def _in_its_unit(column: Column, beside: Mapping[str, tuple[float, str]]) -> Column:
    """``column`` with its numbers in the unit that most of its cells name; NaN where nothing converts them to that."""
    units: Counter[str] = Counter()
    for text, (_, unit) in beside.items():
        units[unit] += column.different[text]
    if 2 * units.total() < column.rows:
        return column
    most = units.most_common(1)[0][0]
    feature = Feature(name="x", label=label_of(column.called), section="x", kind="number", time="admission",
                      unit=_code(most), decimals=2)  # fmt: skip
    read = {text: _converted(number, unit, feature) for text, (number, unit) in beside.items()}
    numbers = [read.get(text or "", number) for text, number in zip(column.texts, column.numbers, strict=True)]
    return replace(column, numbers=np.array(numbers, dtype=np.float64), unit=most)


def _converted(number: float, unit: str, feature: Feature) -> float:
    try:
        return number if _code(unit) == feature.unit else in_unit(feature, number, unit)[0]
    except CaseError:
        return np.nan


def _code(unit: str) -> str:
    found = unit_named(unit)
    return found.code if found else unit


def is_numeric(column: Column) -> bool:
    """Whether nearly all that is recorded are numbers, or limits of such."""
    strays = [text for text in strays_of(column) if not _LIMIT.match(text)]
    known = column.rows - sum(column.different[text] for text in strays)
    numbers = column.rows - sum(column.different[text] for text in strays_of(column))
    few = known >= (1 - _STRAY_SHARE) * column.rows and len(strays) <= 10 and 2 * numbers > column.rows
    return few and bool(np.isfinite(column.numbers).any())


def strays_of(column: Column) -> tuple[str, ...]:
    """The different texts that are no numbers, with a unit, without one that others have, or as they are."""
    decimal = column.decimal or "point"
    beside = units_beside(column.different, decimal) if column.unit else {}
    none = (text for text in column.different if plain_number(text, decimal) is None and text not in beside)
    return tuple(text for text in none if not column.unit or NO_UNIT not in text)


def unread(column: Column) -> tuple[str, ...]:
    """The texts that hold a value and are read as none: in another unit than most, or with a sign of a legend."""
    beside = units_beside(column.different, column.decimal or "point") if column.unit else {}
    none = {text for text, number in zip(column.texts, column.numbers, strict=True) if np.isnan(number)}
    return tuple(
        text for text in column.different
        if text in none and (text in beside or NO_UNIT in text or column.has_mark(text))
    )  # fmt: skip


def written_decimals(column: Column) -> int:
    """The most decimals that its numbers are written with."""
    known = column.numbers[np.isfinite(column.numbers)]
    if np.all(known % 1 == 0):  # "120.0" is written so because a column had gaps once
        return 0
    strays = strays_of(column)
    beside = units_beside(column.different, column.decimal or "point") if column.unit else {}
    told = [text.removesuffix(beside[text][1]) if text in beside else text
            for text in column.different if text not in strays]  # fmt: skip
    return decimals_of(told, column.decimal or "point")
