"""The SOFA score, organ by organ; a part whose inputs are missing is a span of points, never counted as normal.

Source: Vincent et al., Intensive Care Med 1996;22:707-710, with the worst values of a day; bilirubin and creatinine by
its limits in mg/dL, whichever unit they came in.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Literal

from creason_core.frozen import Frozen
from creason_core.record.computed import (
    NAMES,
    Given,
    Quantity,
    mean_arterial_pressure,
    missing_of,
    pf_ratio,
    refused_of,
)

Organ = Literal["respiration", "coagulation", "liver", "cardiovascular", "nervous system", "kidney"]

_KIDNEY: tuple[Quantity, ...] = ("creatinine", "urine")


class SofaPart(Frozen):
    """One organ of the SOFA score: between ``low`` and ``high`` points, equal where nothing is missing."""

    organ: Organ
    low: int
    high: int
    because: str
    missing: tuple[str, ...] = ()

    @property
    def score(self) -> int | None:
        """The points, or None while an input that could change them is missing."""
        return self.low if self.low == self.high else None


class Sofa(Frozen):
    """The score over six organs; never complete while a part is missing."""

    parts: tuple[SofaPart, ...]
    provenance: Literal["computed"] = "computed"

    @property
    def score(self) -> int | None:
        """The total, or None while a part is missing."""
        return self.low if not self.missing else None

    @property
    def low(self) -> int:
        """The least that the total can be with what is recorded."""
        return sum(part.low for part in self.parts)

    @property
    def high(self) -> int:
        """The most that the total can be with what is recorded."""
        return sum(part.high for part in self.parts)

    @property
    def missing(self) -> tuple[Organ, ...]:
        """The organs whose points are not certain."""
        return tuple(part.organ for part in self.parts if part.score is None)

    @property
    def text(self) -> str:
        """As shown: "SOFA 9", or "SOFA 5–17 (3 of 6 parts missing)"."""
        if not self.missing:
            return f"SOFA {self.low}"
        return f"SOFA {self.low}–{self.high} ({len(self.missing)} of {len(self.parts)} parts missing)"


def sofa(given: Given) -> Sofa:
    """The SOFA score, organ by organ. Ventilation and vasopressors are never among the inputs: see ``because``."""
    return Sofa(parts=(_respiration(given), _coagulation(given), _liver(given), _circulation(given), _nerves(given),
                       _kidney(given)))  # fmt: skip


def _those_refused(given: Given, *quantities: Quantity) -> tuple[Quantity, ...]:
    return tuple(quantity for quantity in quantities if quantity in refused_of(given))


def _shown(quantity: Quantity, given: Given) -> str:
    return f"{NAMES[quantity]} {round(given[quantity], 3):g}"


def _falling(value: float, limits: Sequence[float]) -> int:
    """Points for a value that is worse the lower it is: one for each of ``limits`` (rising) that it is below."""
    return len(limits) - bisect_right(limits, value)


def _part(organ: Organ, quantity: Quantity, given: Given, points: int) -> SofaPart:
    return SofaPart(organ=organ, low=points, high=points, because=_shown(quantity, given))


def _absent(given: Given, organ: Organ, *missing: Quantity) -> SofaPart:
    names = missing_of(given, missing)
    return SofaPart(organ=organ, low=0, high=4, because=f"missing: {', '.join(names)}", missing=names)


def _respiration(given: Given) -> SofaPart:
    pf = given.get("pf", None if _those_refused(given, "pf") else pf_ratio(given).value)
    if pf is None:
        return _absent(given, "respiration", "pf", *_those_refused(given, "pao2", "fio2"))
    points = _falling(pf, (100, 200, 300, 400))
    if points <= 2:
        return SofaPart(organ="respiration", low=points, high=points, because=f"PaO₂/FiO₂ {pf:.0f} mmHg")
    because = f"PaO₂/FiO₂ {pf:.0f} mmHg gives 2 points, or {points} with respiratory support, which is not recorded"
    return SofaPart(organ="respiration", low=2, high=points, because=because, missing=("respiratory support",))


def _coagulation(given: Given) -> SofaPart:
    if "platelets" not in given:
        return _absent(given, "coagulation", "platelets")
    return _part("coagulation", "platelets", given, _falling(given["platelets"], (20, 50, 100, 150)))


def _liver(given: Given) -> SofaPart:
    if "bilirubin" not in given:
        return _absent(given, "liver", "bilirubin")
    return _part("liver", "bilirubin", given, bisect_right((1.2, 2.0, 6.0, 12.0), given["bilirubin"]))


def _circulation(given: Given) -> SofaPart:
    mean = given.get("map", None if _those_refused(given, "map") else mean_arterial_pressure(given).value)
    if mean is None:
        return _absent(given, "cardiovascular", "map", *_those_refused(given, "systolic", "diastolic"))
    points = int(mean < 70)
    because = f"mean arterial pressure {mean:.0f} mmHg gives {points}, vasopressors 2 to 4, and those are not recorded"
    return SofaPart(organ="cardiovascular", low=points, high=4, because=because, missing=("vasopressors",))


def _nerves(given: Given) -> SofaPart:
    if "glasgow" not in given:
        return _absent(given, "nervous system", "glasgow")
    return _part("nervous system", "glasgow", given, _falling(given["glasgow"], (6, 10, 13, 15)))


def _kidney(given: Given) -> SofaPart:
    """The worse of creatinine and urine of the day; with one of them missing, that one could still give 4 points."""
    creatinine, urine = given.get("creatinine"), given.get("urine")
    if creatinine is None and urine is None:
        return _absent(given, "kidney", *_KIDNEY)
    by_creatinine = bisect_right((1.2, 2.0, 3.5, 5.0), creatinine) if creatinine is not None else 0
    by_urine = (4 if urine < 200 else 3 if urine < 500 else 0) if urine is not None else 0
    points = max(by_creatinine, by_urine)
    because = ", ".join(_shown(quantity, given) for quantity in _KIDNEY if quantity in given)
    missing = missing_of(given, _KIDNEY)
    if missing and points < 4:
        because = f"{because}; missing: {missing[0]}, which alone can give 4 points"
        return SofaPart(organ="kidney", low=points, high=4, because=because, missing=missing)
    return SofaPart(organ="kidney", low=points, high=points, because=because)
