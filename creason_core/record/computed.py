"""What follows from other values by a formula, and values that do not fit one another.

Everything here is arithmetic on measurements, marked as computed and never stored as if somebody had measured it.
A missing input is shown as missing and never counted as normal. Features are found by LOINC, so that any
codebook that names its measurements takes part, and their values are brought from the codebook's unit into the
formula's first. What cannot be converted, and a quantity that two features give, is no input: it is said why.

Over time a formula takes inputs of one time, never one value of the morning and one of the evening.

Source: MAP as diastolic + a third of the pulse pressure. SOFA is in ``sofa``.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from creason_core.errors import CaseError
from creason_core.frozen import Frozen
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook, Counts, Feature, Range
from creason_core.record.over_time import counted
from creason_core.record.units import analyte_with_loinc, in_unit

Quantity = Literal[
    "systolic", "diastolic", "map", "heart_rate", "pao2", "fio2", "pf", "creatinine", "bilirubin", "platelets",
    "glasgow", "urine",
]  # fmt: skip

# The analyte (``codebooks/units``) that a quantity is, and the unit that the formulas take it in.
TAKEN: Mapping[Quantity, tuple[str, str]] = {
    "systolic": ("systolic pressure", "mm[Hg]"),
    "diastolic": ("diastolic pressure", "mm[Hg]"),
    "map": ("mean arterial pressure", "mm[Hg]"),
    "heart_rate": ("heart rate", "/min"),
    "pao2": ("arterial oxygen pressure", "mm[Hg]"),
    "fio2": ("inspired oxygen fraction", "1"),
    "pf": ("oxygen pressure over inspired fraction", "mm[Hg]"),
    "creatinine": ("creatinine", "mg/dL"),
    "bilirubin": ("bilirubin", "mg/dL"),
    "platelets": ("platelets", "10*3/uL"),
    "glasgow": ("Glasgow Coma Scale", "{score}"),
    "urine": ("urine volume of a day", "mL/d"),
}
NAMES: Mapping[Quantity, str] = {
    "systolic": "systolic pressure", "diastolic": "diastolic pressure", "map": "mean arterial pressure",
    "heart_rate": "heart rate", "pao2": "PaO₂", "fio2": "FiO₂", "pf": "PaO₂/FiO₂", "creatinine": "creatinine",
    "bilirubin": "bilirubin", "platelets": "platelets", "glasgow": "Glasgow Coma Scale", "urine": "urine output",
}  # fmt: skip
_QUANTITIES: Mapping[str, Quantity] = {analyte: quantity for quantity, (analyte, _) in TAKEN.items()}
PAIRED: frozenset[Quantity] = frozenset({"systolic", "diastolic", "heart_rate", "pao2", "fio2"})
TAKES: Mapping[Quantity, tuple[Counts, ...]] = {  # of several values over time
    "creatinine": ("highest", "worst"), "bilirubin": ("highest", "worst"), "platelets": ("lowest", "worst"),
    "glasgow": ("lowest", "worst"), "map": ("lowest", "worst"), "pf": ("lowest", "worst"), "urine": ("sum",),
}  # fmt: skip
_FRACTIONS = Range(low=0.2, high=1)  # of oxygen that anybody breathes: air has 0.209

Given = Mapping[Quantity, float]  # in the units of TAKEN


class Readings(Mapping[Quantity, float]):
    """Measured numbers by quantity, in the units of ``TAKEN``; ``refused`` says of others why they are no input."""

    def __init__(self, values: Given, refused: Mapping[Quantity, str]) -> None:
        self._values, self.refused = dict(values), dict(refused)

    def __getitem__(self, quantity: Quantity) -> float:
        return self._values[quantity]

    def __iter__(self) -> Iterator[Quantity]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class Computed(Frozen):
    """A computed value: ``value`` is None where inputs are missing, and ``missing`` names them."""

    name: str
    label: str
    value: float | None
    text: str
    formula: str
    missing: tuple[str, ...] = ()
    provenance: Literal["computed"] = "computed"


class Contradiction(Frozen):
    """Values that cannot all be right, as a sentence; ``quantities`` are those involved."""

    quantities: tuple[Quantity, ...]
    message: str


def quantity_of(feature: Feature) -> Quantity | None:
    """The quantity that a feature measures, where a formula takes it; one known only at the end is of another day."""
    analyte = analyte_with_loinc(feature.loinc) if feature.time != "outcome" else None
    return _QUANTITIES.get(analyte.name) if analyte else None


def readings(case: PatientCase, codebook: Codebook) -> Readings:
    """The measured numbers of a case that formulas take; filled-in normals do not count as measured.

    Of several values over time the one that counts, where that is the one that scores take. P/F and MAP are then the
    lowest of those at one time, and what formulas pair is refused: two values that count need not be of one time.

    Raises:
        CaseError: There are several values, and the codebook does not say which counts.
    """
    entries = [(feature, counted(case, feature, codebook)) for feature in codebook.features]
    found = readings_of((feature, entry.value) for feature, entry in entries if entry and entry.measured)
    over_time = {codebook.feature(entry.feature) for entry in case.entries if entry.hours is not None}
    refused = {quantity: why for feature in over_time for quantity, why in _not_taken(case, feature)}
    values = {quantity: value for quantity, value in found.items() if quantity not in refused}
    if not refused.keys().isdisjoint(PAIRED):
        for quantity, formula in _PAIRS.items():
            worked = [formula(given).value for given in readings_at(case, codebook).values()]
            known = [value for value in worked if value is not None]
            if known and quantity not in found and quantity not in found.refused:
                values[quantity] = min(known)
    return Readings(values, {**found.refused, **refused})


def _not_taken(case: PatientCase, feature: Feature) -> Iterator[tuple[Quantity, str]]:
    """Why the value of ``feature`` that counts is no input, where it is told over time and is none."""
    quantity, several = quantity_of(feature), len(case.of(feature.name)) > 1
    if quantity is None:
        return
    if quantity in PAIRED:
        yield quantity, f"{NAMES[quantity]} (told over time, so it is paired at each time)"
    elif quantity in TAKES and several and feature.counts not in TAKES[quantity]:
        yield (
            quantity,
            f"{NAMES[quantity]} (the {feature.counts} of several counts, a score takes the {TAKES[quantity][0]})",
        )


def readings_at(case: PatientCase, codebook: Codebook) -> Mapping[float | None, Readings]:
    """The same by time, in hours since admission, rising; None: the values without a time, which come first."""
    times = sorted({entry.hours for entry in case.entries}, key=lambda hours: -math.inf if hours is None else hours)
    return {
        hours: readings_of(
            (codebook.feature(entry.feature), entry.value)
            for entry in case.entries
            if entry.measured and entry.hours == hours
        )
        for hours in times
    }


def readings_of(values: Iterable[tuple[Feature, float | str]]) -> Readings:
    """The same from loose pairs of feature and value, each in the unit of its feature."""
    by_quantity: dict[Quantity, list[tuple[Feature, float]]] = {}
    for feature, value in values:
        quantity = quantity_of(feature)
        if quantity and not isinstance(value, str):
            by_quantity.setdefault(quantity, []).append((feature, value))
    found: dict[Quantity, float] = {}
    refused: dict[Quantity, str] = {}
    for quantity, given in by_quantity.items():
        try:
            found[quantity] = _input(quantity, given)
        except CaseError as error:
            refused[quantity] = f"{NAMES[quantity]} ({error.message})"
    return Readings(found, refused)


def _input(quantity: Quantity, given: Sequence[tuple[Feature, float]]) -> float:
    """The one value of ``quantity``, in the unit of the formulas.

    Raises:
        CaseError: Two features give it, its unit says nothing, or it is no fraction of oxygen.
    """
    if len(given) > 1:
        labels = " and ".join(feature.label for feature, _ in given)
        raise CaseError(f"ambiguous: {labels} both give it, and nothing says which counts")
    feature, value = given[0]
    result = in_unit(feature, value, TAKEN[quantity][1])
    if result is None:
        unit = f"in '{feature.unit}'" if feature.unit else "without a unit in the codebook"
        raise CaseError(f"{feature.label} is {unit}, which cannot be converted")
    if quantity == "fio2" and not _FRACTIONS.contains(result):
        raise CaseError(f"{result:g} is no fraction of inspired oxygen: those are {_FRACTIONS}")
    # Stored values are rounded in their own unit: 1.2 mg/dL kept as 106.08 µmol/L comes back as 1.19998.
    return result if result == value else float(f"{result:.4g}")


def mean_arterial_pressure(given: Given) -> Computed:
    """MAP from systolic and diastolic pressure, in mmHg."""
    formula = "diastolic + (systolic − diastolic) / 3"
    if missing := missing_of(given, ("systolic", "diastolic")):
        return _unknown("map", "Mean arterial pressure", formula, missing)
    value = given["diastolic"] + (given["systolic"] - given["diastolic"]) / 3
    return Computed(name="map", label="Mean arterial pressure", value=value, text=f"{value:.0f} mmHg", formula=formula)


def pf_ratio(given: Given) -> Computed:
    """P/F: arterial oxygen pressure over the inspired fraction, in mmHg."""
    formula = "PaO₂ / FiO₂"
    if missing := missing_of(given, ("pao2", "fio2")):
        return _unknown("pf", "PaO₂/FiO₂ ratio", formula, missing)
    if not _FRACTIONS.contains(given["fio2"]):
        return _unknown("pf", "PaO₂/FiO₂ ratio", formula, (f"an FiO₂ of {_FRACTIONS}",))
    value = given["pao2"] / given["fio2"]
    return Computed(name="pf", label="PaO₂/FiO₂ ratio", value=value, text=f"{value:.0f} mmHg", formula=formula)


_PAIRS: Mapping[Quantity, Callable[[Given], Computed]] = {"pf": pf_ratio, "map": mean_arterial_pressure}


def shock_index(given: Given) -> Computed:
    """Heart rate over systolic pressure; no value for a systolic pressure of 0."""
    formula = "heart rate / systolic pressure"
    missing = missing_of(given, ("heart_rate", "systolic"))
    if missing or not given["systolic"]:
        return _unknown("shock_index", "Shock index", formula, missing or ("a systolic pressure above 0",))
    value = given["heart_rate"] / given["systolic"]
    return Computed(name="shock_index", label="Shock index", value=value, text=f"{value:.2f}", formula=formula)


def computed_values(given: Given) -> tuple[Computed, ...]:
    """MAP, P/F and shock index, each with its value or with what is missing for it."""
    return (mean_arterial_pressure(given), pf_ratio(given), shock_index(given))


def contradictions(given: Given) -> tuple[Contradiction, ...]:
    """Pairs and triples of values that do not fit one another."""
    found: list[Contradiction] = []
    systolic, diastolic, mean = given.get("systolic"), given.get("diastolic"), given.get("map")
    if systolic is not None and diastolic is not None:
        if diastolic > systolic:
            message = f"A diastolic pressure of {diastolic:g} does not fit a systolic pressure of {systolic:g} mmHg."
            found.append(Contradiction(quantities=("systolic", "diastolic"), message=message))
        elif mean is not None and not diastolic <= mean <= systolic:
            message = f"A mean arterial pressure of {mean:g} does not fit {systolic:g}/{diastolic:g} mmHg."
            found.append(Contradiction(quantities=("map", "systolic", "diastolic"), message=message))
    ratio, pf = pf_ratio(given).value, given.get("pf")
    if ratio is not None and pf is not None and abs(pf - ratio) > 0.1 * ratio:
        message = f"A PaO₂/FiO₂ of {pf:.0f} does not fit PaO₂ and FiO₂, which give {ratio:.0f} mmHg."
        found.append(Contradiction(quantities=("pf", "pao2", "fio2"), message=message))
    return tuple(found)


def missing_of(given: Given, wanted: Sequence[Quantity]) -> tuple[str, ...]:
    """Those of ``wanted`` that are not given, each with why it is not where it was refused."""
    return tuple(refused_of(given).get(quantity, NAMES[quantity]) for quantity in wanted if quantity not in given)


def refused_of(given: Given) -> Mapping[Quantity, str]:
    """Quantities that are given and no input, with why."""
    return given.refused if isinstance(given, Readings) else {}


def _unknown(name: str, label: str, formula: str, missing: tuple[str, ...]) -> Computed:
    return Computed(
        name=name, label=label, value=None, text=f"missing: {', '.join(missing)}", formula=formula, missing=missing
    )
