"""What a formula takes from two values of one patient: those that were taken together, never one of morning and night.

Together are values of one time, else the nearest within ``SPAN``; without times, those of one row, or the only two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from creason_core.record.computed import (
    Computed,
    Contradiction,
    Given,
    Quantity,
    contradictions,
    mean_arterial_pressure,
    pf_ratio,
    readings_of,
)
from creason_core.record.importing.columns.headers import never_together
from creason_core.record.importing.patients.patients import Value

# Hours: a pressure is one reading; an inspired fraction stands until it is changed, and a gas is drawn on it.
SPAN: Mapping[Quantity, float] = {"map": 0.25, "pf": 1.0}
INPUTS: Mapping[Quantity, tuple[Quantity, Quantity]] = {"map": ("systolic", "diastolic"), "pf": ("pao2", "fio2")}
_INVOLVED: Mapping[Quantity, tuple[tuple[Quantity, float], ...]] = {
    "map": (("systolic", SPAN["map"]), ("diastolic", SPAN["map"])),
    "systolic": (("diastolic", SPAN["map"]),),
    "pf": (("pao2", SPAN["pf"]), ("fio2", SPAN["pf"])),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A computed value and the two that it was computed from; its time is that of the first."""

    result: float
    computed: Computed
    inputs: tuple[Value, Value]


class Together:
    """The values of one patient that formulas take, by quantity; a quantity that two features give is none."""

    def __init__(self, values: Sequence[Value], quantities: Mapping[str, Quantity | None]) -> None:
        """``quantities`` is what each feature measures, by its name."""
        self._quantities = quantities
        self._by_quantity: dict[Quantity, list[Value]] = {}
        features: dict[Quantity, set[str]] = {}
        for value in values:
            quantity = quantities.get(value.feature.name)
            if quantity and value.checked.value is not None:
                self._by_quantity.setdefault(quantity, []).append(value)
                features.setdefault(quantity, set()).add(value.feature.name)
        for quantity, names in features.items():
            if len(names) > 1:
                del self._by_quantity[quantity]

    def pairs(self, quantity: Quantity) -> list[Pair]:
        """Everything that the formula of ``quantity`` gives, in order of time."""
        first, second = INPUTS[quantity]
        formula = mean_arterial_pressure if quantity == "map" else pf_ratio
        found = []
        for value in self._by_quantity.get(first, ()):
            other = self._nearest(value, second, SPAN[quantity])
            if other is None:
                continue
            computed = formula(_given(value, other))
            if computed.value is not None:
                found.append(Pair(computed.value, computed, (value, other)))
        return sorted(found, key=lambda pair: (pair.inputs[0].hours or 0.0, pair.inputs[0].row))

    def contradictions(self, value: Value) -> tuple[Contradiction, ...]:
        """What does not fit ``value`` among those that were taken with it."""
        quantity = self._quantities.get(value.feature.name)
        if quantity not in _INVOLVED or quantity not in self._by_quantity:
            return ()
        others = [self._nearest(value, other, span) for other, span in _INVOLVED[quantity]]
        found = contradictions(_given(value, *(other for other in others if other)))
        return tuple(one for one in found if one.quantities[0] == quantity)

    def _nearest(self, value: Value, quantity: Quantity, span: float) -> Value | None:
        """The value of ``quantity`` that was taken with ``value``: of two as near the earlier; none of two at once."""
        known = [one for one in self._by_quantity.get(quantity, []) if not never_together(one.column, value.column)]
        if value.hours is None:
            untimed = [other for other in known if other.hours is None]
            same = [other for other in untimed if other.row == value.row] or (untimed if self._alone(value) else [])
            return same[0] if len({other.checked.value for other in same}) == 1 else None
        near = [(abs(other.hours - value.hours), other.hours, other) for other in known if other.hours is not None]
        near = sorted((one for one in near if one[0] <= span + 1e-6), key=lambda one: one[:2])
        best = [other for distance, hours, other in near if (distance, hours) == near[0][:2]]
        return best[0] if len({other.checked.value for other in best}) == 1 else None

    def _alone(self, value: Value) -> bool:
        """Whether it is the only value of its quantity: then nothing else can have been meant."""
        quantity = self._quantities.get(value.feature.name)
        known = self._by_quantity.get(quantity, []) if quantity else []
        return len({other.checked.value for other in known}) == 1


def _given(*values: Value) -> Given:
    return readings_of((value.feature, value.checked.value) for value in values if value.checked.value is not None)
