"""Where a value stands in the registry: among what was measured in a cohort's training patients, never its own patient.

Statistics of one feature at a time; what the rest of a record says of a value is ``evaluation.second_opinion``.
"""

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from creason_core.cohort.cohort import Cohort
from creason_core.record.case import check_value
from creason_core.record.feature import Feature
from creason_core.record.hours import name_at, parted

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

TIED = 0.1  # share of the registry with the very same value from which on it is told


@dataclass(frozen=True)
class Standing:
    """The place of one value among ``count`` measured ones, at least one, of other patients.

    ``below`` and ``equal`` are the shares (0 to 1) that are smaller and the same; ``low`` and ``high`` the 5 % and 95 %
    quantiles (linear between ranks) in the feature's unit. Of levels ``below`` goes by their order, or is 0 where they
    have none. ``pooled``: they are values of all times, because the registry has none at this one.
    """

    count: int
    below: float
    equal: float
    low: float | None = None
    high: float | None = None
    ordered: bool = True
    pooled: bool = False

    @cached_property
    def place(self) -> float | None:
        """The quantile (0 to 1) at which the value stands, the middle of those like it; None where no order is."""
        return self.below + self.equal / 2 if self.ordered else None

    @property
    def words(self) -> str:
        """The standing as words after a value."""
        others = f"the registry's {self.count:,} {'values over time' if self.pooled else 'training patients'}"
        above = max(0.0, 1 - self.below - self.equal)
        if not self.ordered or max(self.below, above) == 0:
            return f"as in {_percent(self.equal)} of {others}"
        side, share = ("higher", self.below) if self.below >= above else ("lower", above)
        tied = f", the same as {_percent(self.equal)}" if self.equal >= TIED else ""
        return f"{side} than {_percent(share)} of {others}{tied}"


class Registry:
    """The measured values of a cohort's training patients, each feature sorted once when it is first asked for."""

    def __init__(self, cohort: Cohort) -> None:
        self._cohort = cohort
        self._known: dict[str, tuple[pd.Series[float], np.ndarray]] = {}

    def standing(self, name: str, value: float | str, patient: str) -> Standing | None:
        """Where ``value`` of the feature ``name`` (or of it at one time: "lactate@6") stands; None where nothing tells.

        What a training patient has is left out for that ``patient``. A time at which the registry has no values of
        the feature is held to those of all of its times.

        Raises:
            CodebookError: The cohort's codebook has no such feature.
        """
        import numpy as np

        feature, columns = self._cohort.codebook.feature(name), self._columns(name)
        coded = _coded(feature, value)
        known = [self._others(column, patient) for column in columns]
        values = known[0] if len(known) == 1 else np.sort(np.concatenate(known)) if known else np.empty(0)
        if coded is None or not len(values):
            return None
        first, after = np.searchsorted(values, coded, "left"), np.searchsorted(values, coded, "right")
        low, high = np.quantile(values, [0.05, 0.95]) if feature.numeric else (None, None)
        return Standing(
            count=len(values),
            below=float(first / len(values)) if feature.ordered else 0.0,
            equal=float((after - first) / len(values)),
            low=None if low is None else float(low),
            high=None if high is None else float(high),
            ordered=feature.ordered,
            pooled=len(columns) > 1,
        )

    def rising(self, column: str) -> "np.ndarray":
        """What was measured in the training patients, rising (read-only); of levels their places among the codes."""
        return self._of(column)[1]

    def _columns(self, name: str) -> tuple[str, ...]:
        there = self._cohort.training.columns
        if name in there:
            return (name,)
        base = parted(name)[0]
        points = self._cohort.codebook.points_of(self._cohort.codebook.feature(base))
        return tuple(one for one in [name_at(base, hours) for hours in points] or [base] if one in there)

    def _others(self, column: str, patient: str) -> "np.ndarray":
        """The sorted values of ``column`` without that of ``patient``."""
        import numpy as np

        by_patient, values = self._of(column)
        own = by_patient.get(patient)
        return values if own is None else np.delete(values, np.searchsorted(values, own))

    def _of(self, column: str) -> "tuple[pd.Series[float], np.ndarray]":
        found = self._known.get(column)
        if found is None:
            import numpy as np

            feature = self._cohort.codebook.feature(column)
            measured = self._cohort.measured_training(feature)
            places = {level.code: place for place, level in enumerate(feature.levels)}
            by_patient = (measured if feature.numeric else measured.map(places).dropna()).astype(float)
            rising = np.sort(by_patient.to_numpy())
            rising.flags.writeable = False
            found = self._known[column] = (by_patient, rising)
        return found


@lru_cache(maxsize=8)
def registry(cohort: Cohort) -> Registry:
    """The registry of ``cohort``, kept as long as the cohort is in use."""
    return Registry(cohort)


def standing_words(feature: Feature, value: float | str, standing: Standing | None) -> str:
    """How ``value`` lies to the reference range and to the registry, as words after it; empty where nothing tells."""
    found = check_value(feature, value)
    way = {"low": "below", "high": "above"}[found[0].direction] if found else "within"
    limits = f"{way} the reference range" if feature.reference and not isinstance(value, str) else ""
    return ", ".join(part for part in (limits, standing.words if standing else "") if part)


def _coded(feature: Feature, value: float | str) -> float | None:
    """A number as it is, a level as its place in the codebook; None for what is neither."""
    if feature.numeric:
        return None if isinstance(value, str) else float(value)
    return next((float(place) for place, level in enumerate(feature.levels) if level.code == value), None)


def _percent(share: float) -> str:
    """``share`` in whole per cent, never rounded up: what is higher than 99.7 % is not higher than all."""
    if share >= 1:
        return "all"
    return f"{math.floor(share * 100 + 1e-9)}%" if share >= 0.01 else "less than 1%"
