"""A column of a cohort's table as its different values and, for each patient, which of them it is.

Whatever is made from a value (its words, its options, its entry in a case) is made once for each different
value and then looked up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from creason_core.codebook import Feature

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


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

    def texts(self, say: Callable[[float | str], str | None]) -> pa.Array:
        """What ``say`` makes of each patient's value; null where there is none, or where it says None."""
        said = pa.array([say(value) for value in self.values], pa.string())
        return said.take(pa.array(self.codes, mask=~self.recorded))


def code(frame: pd.DataFrame, feature: Feature) -> CodedColumn:
    """The column of ``feature`` in ``frame`` (rows of ``registry.Cohort.table``)."""
    codes, values = pd.factorize(frame[feature.name].to_numpy())
    return CodedColumn(feature, tuple(values.tolist()), codes.astype(np.int64))


def joined(columns: Sequence[pa.Array], between: str) -> pa.Array:
    """Row by row, what is not null of string ``columns``, joined; empty where all is null."""
    # Arrow (26) leaves a row out when "skip" finds nothing in it: so there is always something.
    nothing = pa.array(np.all([column.is_null().to_numpy(zero_copy_only=False) for column in columns], axis=0))
    first = pc.if_else(nothing, "", columns[0])
    return pc.binary_join_element_wise(first, *columns[1:], between, null_handling="skip")
