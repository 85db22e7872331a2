"""The line of a feature's values over time, for many patients at once; the wording is ``prompts.over_time``."""

import numpy as np
import pandas as pd
import pyarrow as pa

from creason_core.arrays import Bools
from creason_core.question.prompts import over_time
from creason_core.question.vectorised.coded import Numbers, Pieces, code
from creason_core.record.case import Entry
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.hours import name_at


class Course:
    """The values of ``feature`` at the time points, of the patients in ``frame`` (rows of a cohort's table)."""

    def __init__(self, feature: Feature, frame: pd.DataFrame, codebook: Codebook, pieces: Pieces) -> None:
        self.name = feature.name
        self._feature, self._codebook, self._pieces = feature, codebook, pieces
        self._times = codebook.points_of(feature)
        self._columns = [code(frame, codebook.feature(name_at(feature.name, hours))) for hours in self._times]
        self._codes = np.column_stack([column.codes for column in self._columns])
        self._made: dict[tuple[tuple[int, ...], float | None], Numbers] = {}

    def shown(self, hidden: set[str]) -> tuple[int, ...]:
        """The places of the time points at which no value is among ``hidden``; none where the feature itself is."""
        if self.name in hidden:
            return ()
        return tuple(n for n, hours in enumerate(self._times) if name_at(self.name, hours) not in hidden)

    def recorded(self, hidden: set[str]) -> Bools:
        """Which patients have a value that is shown."""
        return np.asarray((self._codes[:, list(self.shown(hidden))] >= 0).any(axis=1))

    def lines(self, hidden: set[str], masked: float | None) -> Numbers:
        """The line of each patient without what is ``hidden``, and with the mask at ``masked`` hours; 0 for none."""
        places = self.shown(hidden)
        if (places, masked) not in self._made:
            different, which = np.unique(self._codes[:, list(places)], axis=0, return_inverse=True)
            texts = [self._text(dict(zip(places, codes, strict=True)), masked) for codes in different.tolist()]
            first = self._pieces.add(pa.array(texts, pa.string()))
            self._made[places, masked] = (first + which).astype(np.int32)
        return self._made[places, masked]

    def _text(self, codes: dict[int, int], masked: float | None) -> str:
        entries = []
        for place, at in codes.items():
            if at >= 0:
                column, value = self._columns[place], self._columns[place].values[at]
                measured, hours = column.is_measured(value), self._times[place]
                entry = Entry(
                    feature=self.name, value=value, provenance="registry", measured=measured, hours=hours
                )  # fmt: skip
                entries.append(entry)
        told = entries or masked is not None
        return f"{over_time(self._feature, entries, masked, self._codebook)}\n" if told else ""
