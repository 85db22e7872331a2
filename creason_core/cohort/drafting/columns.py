"""A column of a table as it is judged: its texts, its numbers, and what does not fit among them."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from creason_core.arrays import Floats
from creason_core.cohort.table_files.cells import (
    Texts,
    as_numbers,
    as_texts,
    decimals_of,
    is_number,
)

if TYPE_CHECKING:
    import pandas as pd

_STRAY_SHARE = 0.05  # of a column of numbers: texts among them up to this share mean "not recorded" or a limit


@dataclass(frozen=True)
class Column:
    """A column: its ``texts`` and ``numbers`` row by row, and how often each different text stands there."""

    name: str
    texts: Texts
    numbers: Floats
    different: Counter[str]

    @property
    def rows(self) -> int:
        """How many rows have anything in it."""
        return sum(self.different.values())


def read_column(name: str, values: "pd.Series[str]") -> Column:
    """The column called ``name``, with these values."""
    texts = as_texts(values)
    return Column(name, texts, as_numbers(texts), Counter(text for text in texts if text is not None))


def is_numeric(column: Column) -> bool:
    """Whether nearly all that is recorded are numbers."""
    known = int(np.isfinite(column.numbers).sum())
    return known >= (1 - _STRAY_SHARE) * column.rows and len(strays_of(column)) <= 10


def strays_of(column: Column) -> tuple[str, ...]:
    """The different texts that are no numbers."""
    return tuple(text for text in column.different if not is_number(text))


def written_decimals(column: Column) -> int:
    """The most decimals that its numbers are written with."""
    known = column.numbers[np.isfinite(column.numbers)]
    if np.all(known % 1 == 0):  # "120.0" is written so because a column had gaps once
        return 0
    strays = strays_of(column)
    return decimals_of([text for text in column.different if text not in strays])
