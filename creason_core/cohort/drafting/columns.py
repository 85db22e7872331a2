"""A column of a table as it is judged: its texts, its numbers, and what does not fit among them."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from creason_core.arrays import Floats
from creason_core.cohort.table_files.cells import Texts, as_numbers, as_texts, decimals_of
from creason_core.cohort.table_files.numbers import suspected
from creason_core.record.importing.cells.values import Decimal, plain_number
from creason_core.record.importing.contents.decimals import TableSign, column_decimal

if TYPE_CHECKING:
    import pandas as pd

_NONE = TableSign()
_STRAY_SHARE = 0.05  # of a column of numbers: texts among them up to this share mean "not recorded" or a limit


@dataclass(frozen=True)
class Column:
    """A column: its ``texts`` and ``numbers`` row by row, and how often each different text stands there.

    ``codes`` are numbers that may stand for "not recorded"; they are not among ``numbers``. ``decimal`` is None where
    the numbers can be read in two ways, and are then read with a point.
    """

    name: str
    texts: Texts
    numbers: Floats
    different: Counter[str]
    codes: tuple[float, ...] = ()
    decimal: Decimal | None = "point"

    @property
    def rows(self) -> int:
        """How many rows have anything in it."""
        return sum(self.different.values())


def read_column(name: str, values: "pd.Series[str]", rest: TableSign = _NONE) -> Column:
    """The column called ``name``, with these values; ``rest`` is the decimal sign of the table's other columns."""
    texts = as_texts(values)
    different = Counter(text for text in texts if text is not None)
    decimal = column_decimal(different, rest.decimal, typed=rest.typed)
    numbers = as_numbers(texts, decimal or "point")
    column = Column(name, texts, numbers, different, (), decimal)
    if codes := suspected(numbers) if is_numeric(column) else ():
        numbers[np.isin(numbers, codes)] = np.nan
    return replace(column, codes=codes)


def is_numeric(column: Column) -> bool:
    """Whether nearly all that is recorded are numbers."""
    strays = strays_of(column)
    known = column.rows - sum(column.different[text] for text in strays)
    return known >= (1 - _STRAY_SHARE) * column.rows and len(strays) <= 10 and bool(np.isfinite(column.numbers).any())


def strays_of(column: Column) -> tuple[str, ...]:
    """The different texts that are no numbers."""
    return tuple(text for text in column.different if plain_number(text, column.decimal or "point") is None)


def written_decimals(column: Column) -> int:
    """The most decimals that its numbers are written with."""
    known = column.numbers[np.isfinite(column.numbers)]
    if np.all(known % 1 == 0):  # "120.0" is written so because a column had gaps once
        return 0
    strays = strays_of(column)
    told = [text for text in column.different if text not in strays]
    return decimals_of(told, column.decimal or "point")
