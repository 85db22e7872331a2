"""A column of a cohort's table as its different values and, for each patient, which of them it is.

Whatever is made from a value (its words, its options, its entry in a case) is made once for each different
value and then looked up. A text about a patient is a row of numbers of such pieces (``Pieces``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from creason_core.arrays import Bools, Ints
from creason_core.record.codebook import Feature

Numbers = NDArray[np.int32]  # of pieces


@dataclass(frozen=True)
class CodedColumn:
    """One feature of n patients: its different recorded values, and each patient's place in them (−1: none)."""

    feature: Feature
    values: tuple[float | str, ...]
    codes: Ints

    @cached_property
    def recorded(self) -> Bools:
        """Which patients have a value."""
        return self.codes >= 0

    @cached_property
    def measured(self) -> Bools:
        """Which patients have a value that is not a filled normal."""
        really = np.array([self.is_measured(value) for value in self.values] + [False])
        return really[self.codes]

    def is_measured(self, value: float | str) -> bool:
        """Whether ``value`` is one that somebody measured, not a filled normal."""
        return value not in self.feature.not_measured

    def pieces(self, texts: Sequence[str], pieces: "Pieces") -> Numbers:
        """The piece of each patient's value, where ``texts`` are those of ``values``; 0 where there is none."""
        first = pieces.add(pa.array(texts, pa.string()))
        return np.append(np.arange(first, first + len(texts), dtype=np.int32), np.int32(0))[self.codes]


class Pieces:
    """Pieces of text, each with a number, of which longer texts are put together; 0 is the empty one."""

    def __init__(self) -> None:
        self._parts = [pa.array([""])]
        self._count = 1

    def add(self, texts: pa.StringArray) -> int:
        """Takes in ``texts`` (no nulls); the number of the first, the others follow."""
        first = self._count
        self._parts.append(texts)
        self._count += len(texts)
        return first

    def texts(self, rows: Numbers) -> pa.StringArray:
        """Each row's pieces one after another; together less than 2 GB.

        Arrow takes all of them into one buffer, in order: there each row is already one text, of which only
        the ends have to be said.
        """
        pool = pa.concat_arrays(self._parts)
        taken = pc.take(pool, pa.array(np.ascontiguousarray(rows).ravel()), boundscheck=False)
        _, ends, letters = taken.buffers()
        each = np.frombuffer(ends, dtype=np.int32)[: rows.size + 1 : rows.shape[1]]
        return pa.StringArray.from_buffers(len(rows), pa.py_buffer(np.ascontiguousarray(each)), letters)


def code(frame: pd.DataFrame, feature: Feature) -> CodedColumn:
    """The column of ``feature`` in ``frame`` (rows of ``cohort.Cohort.table``)."""
    codes, values = pd.factorize(frame[feature.name].to_numpy())
    return CodedColumn(feature, tuple(values.tolist()), codes.astype(np.int64))
