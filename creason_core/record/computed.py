"""What follows from other values by a formula, and values that do not fit one another.

Everything here is arithmetic on measurements, marked as computed and never stored as if somebody had measured it.
A missing input is shown as missing and never counted as normal. Features are found by LOINC, so that any
codebook that names its measurements takes part, and their values are brought from the codebook's unit into the
formula's first. What cannot be converted, and a quantity that two features give, is no input: it is said why.

Sources: MAP as diastolic + a third of the pulse pressure. SOFA as Vincent et al., Intensive Care Med 1996;22:707-710,
with the worst values of a day; bilirubin and creatinine by its limits in mg/dL, whichever unit they came in.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from creason_core.errors import CaseError
from creason_core.frozen import Frozen
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook, Feature, Range
from creason_core.record.units import analyte_with_loinc, in_unit

Quantity = Literal[
    "systolic", "diastolic", "map", "heart_rate", "pao2", "fio2", "pf", "creatinine", "bilirubin", "platelets",
    "glasgow", "urine",
]  # fmt: skip
Organ = Literal["respiration", "coagulation", "liver", "cardiovascular", "nervous system", "kidney"]

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
_KIDNEY: tuple[Quantity, ...] = ("creatinine", "urine")
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


class Contradiction(Frozen):
    """Values that cannot all be right, as a sentence; ``quantities`` are those involved."""

    quantities: tuple[Quantity, ...]
    message: str


def quantity_of(feature: Feature) -> Quantity | None:
    """The quantity that a feature measures, where a formula takes it; one known only at the end is of another day."""
    analyte = analyte_with_loinc(feature.loinc) if feature.time != "outcome" else None
    return _QUANTITIES.get(analyte.name) if analyte else None


def readings(case: PatientCase, codebook: Codebook) -> Readings:
    """The measured numbers of a case that formulas take; filled-in normals do not count as measured."""
    return readings_of((codebook.feature(entry.feature), entry.value) for entry in case.entries if entry.measured)


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
    if missing := _missing(given, ("systolic", "diastolic")):
        return _unknown("map", "Mean arterial pressure", formula, missing)
    value = given["diastolic"] + (given["systolic"] - given["diastolic"]) / 3
    return Computed(name="map", label="Mean arterial pressure", value=value, text=f"{value:.0f} mmHg", formula=formula)


def pf_ratio(given: Given) -> Computed:
    """P/F: arterial oxygen pressure over the inspired fraction, in mmHg."""
    formula = "PaO₂ / FiO₂"
    if missing := _missing(given, ("pao2", "fio2")):
        return _unknown("pf", "PaO₂/FiO₂ ratio", formula, missing)
    if not _FRACTIONS.contains(given["fio2"]):
        return _unknown("pf", "PaO₂/FiO₂ ratio", formula, (f"an FiO₂ of {_FRACTIONS}",))
    value = given["pao2"] / given["fio2"]
    return Computed(name="pf", label="PaO₂/FiO₂ ratio", value=value, text=f"{value:.0f} mmHg", formula=formula)


def shock_index(given: Given) -> Computed:
    """Heart rate over systolic pressure; no value for a systolic pressure of 0."""
    formula = "heart rate / systolic pressure"
    missing = _missing(given, ("heart_rate", "systolic"))
    if missing or not given["systolic"]:
        return _unknown("shock_index", "Shock index", formula, missing or ("a systolic pressure above 0",))
    value = given["heart_rate"] / given["systolic"]
    return Computed(name="shock_index", label="Shock index", value=value, text=f"{value:.2f}", formula=formula)


def sofa(given: Given) -> Sofa:
    """The SOFA score, organ by organ. Ventilation and vasopressors are never among the inputs: see ``because``."""
    return Sofa(parts=(_respiration(given), _coagulation(given), _liver(given), _circulation(given), _nerves(given),
                       _kidney(given)))  # fmt: skip


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


def _missing(given: Given, wanted: Sequence[Quantity]) -> tuple[str, ...]:
    """Those of ``wanted`` that are not given, each with why it is not where it was refused."""
    return tuple(_refused(given).get(quantity, NAMES[quantity]) for quantity in wanted if quantity not in given)


def _refused(given: Given) -> Mapping[Quantity, str]:
    return given.refused if isinstance(given, Readings) else {}


def _refused_of(given: Given, *quantities: Quantity) -> tuple[Quantity, ...]:
    return tuple(quantity for quantity in quantities if quantity in _refused(given))


def _shown(quantity: Quantity, given: Given) -> str:
    return f"{NAMES[quantity]} {round(given[quantity], 3):g}"


def _unknown(name: str, label: str, formula: str, missing: tuple[str, ...]) -> Computed:
    return Computed(
        name=name, label=label, value=None, text=f"missing: {', '.join(missing)}", formula=formula, missing=missing
    )


def _falling(value: float, limits: Sequence[float]) -> int:
    """Points for a value that is worse the lower it is: one for each of ``limits`` (rising) that it is below."""
    return len(limits) - bisect_right(limits, value)


def _part(organ: Organ, quantity: Quantity, given: Given, points: int) -> SofaPart:
    return SofaPart(organ=organ, low=points, high=points, because=_shown(quantity, given))


def _absent(given: Given, organ: Organ, *missing: Quantity) -> SofaPart:
    names = _missing(given, missing)
    return SofaPart(organ=organ, low=0, high=4, because=f"missing: {', '.join(names)}", missing=names)


def _respiration(given: Given) -> SofaPart:
    pf = given.get("pf", None if _refused_of(given, "pf") else pf_ratio(given).value)
    if pf is None:
        return _absent(given, "respiration", "pf", *_refused_of(given, "pao2", "fio2"))
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
    mean = given.get("map", None if _refused_of(given, "map") else mean_arterial_pressure(given).value)
    if mean is None:
        return _absent(given, "cardiovascular", "map", *_refused_of(given, "systolic", "diastolic"))
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
    missing = _missing(given, _KIDNEY)
    if missing and points < 4:
        because = f"{because}; missing: {missing[0]}, which alone can give 4 points"
        return SofaPart(organ="kidney", low=points, high=4, because=because, missing=missing)
    return SofaPart(organ="kidney", low=points, high=points, because=because)
