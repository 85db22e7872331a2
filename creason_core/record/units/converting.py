"""Values of features from one unit into another, in words; and values that look as if they came in another unit."""

from functools import lru_cache

from creason_core.errors import CaseError
from creason_core.frozen import Frozen
from creason_core.record.codebook import Feature
from creason_core.record.units.scales import same_dimension, scale_between
from creason_core.record.units.spelling import unit_named
from creason_core.record.units.tables import (
    Analyte,
    Unit,
    analyte_named,
    analyte_with_loinc,
    dimension_of_loinc,
    unit_with_code,
)


class Conversion(Frozen):
    """One value, brought from another unit into the codebook's; units as people write them."""

    feature: str
    value: float
    unit: str
    result: float
    canonical: str
    sentence: str


@lru_cache(maxsize=4096)
def analyte_of(feature: Feature) -> Analyte | None:
    """The analyte that ``feature`` measures, if it is known to come in the feature's own unit.

    By LOINC; where the codebook gives no code, by name, since what is called creatinine converts as creatinine does
    (from whatever specimen: whose value it is, a name does not say).
    """
    found = analyte_with_loinc(feature.loinc) if feature.loinc else _by_name(feature)
    if found is None:
        return None
    own = unit_named(feature.unit, (*found.units, *found.also)) if feature.unit else _unitless(found)
    return found if own and found.takes(own.code) else None


def unit_for(feature: Feature, text: str) -> Unit | None:
    """The unit that ``text`` spells beside a value of ``feature``, or None."""
    analyte = analyte_of(feature)
    return unit_named(text, (*analyte.units, *analyte.also) if analyte else (feature.unit,))


def comes_in(feature: Feature, text: str) -> bool:
    """Whether ``text`` spells a unit that values of ``feature`` come in."""
    unit, analyte = unit_for(feature, text), analyte_of(feature)
    return unit is not None and (unit.code == _own(feature).code or bool(analyte and analyte.takes(unit.code)))


def alternatives(feature: Feature) -> tuple[Unit, ...]:
    """The units that values of ``feature`` may come in: the codebook's first; empty where it has none."""
    if not feature.numeric or not feature.unit:
        return ()
    own = _own(feature)
    analyte = analyte_of(feature)
    others = (
        [code for code in analyte.units if code != own.code and scale_between(analyte, own.code, code)]
        if analyte
        else []
    )
    return (own, *(unit for code in others if (unit := unit_with_code(code))))


def seldom(feature: Feature) -> tuple[Unit, ...]:
    """The units that values of ``feature`` come in here and there, and that nobody is offered (creatinine in mg/L)."""
    analyte, own = analyte_of(feature), _own(feature)
    codes = (
        [code for code in analyte.also if code != own.code and scale_between(analyte, code, own.code)]
        if analyte
        else []
    )
    return tuple(unit for code in codes if (unit := unit_with_code(code)))


def loinc_allows(loinc: str, unit: Unit) -> bool:
    """Whether values under a LOINC code can come in ``unit``: a code of mass per volume rules out one of amount."""
    dimension = dimension_of_loinc(loinc)
    return not dimension or same_dimension(dimension, unit.code)


def needs_asking(feature: Feature) -> bool:
    """Whether a number without a unit could mean different things for ``feature``."""
    return any(not _same(feature, unit) for unit in alternatives(feature)[1:])


def convert(feature: Feature, value: float, unit: str) -> float:
    """``value`` in ``unit`` (any spelling), in the codebook's unit; not rounded.

    Raises:
        CaseError: The unit is unknown, or no conversion of it is known for this feature.
    """
    own, named, analyte = _own(feature), unit_for(feature, unit), analyte_of(feature)
    if unit == feature.unit or (named and named.code == own.code):
        return value
    scale = None
    if named and analyte and analyte.takes(named.code):
        scale = scale_between(analyte, named.code, own.code)
    if scale is None:
        known = ", ".join(option.label or option.code for option in alternatives(feature)) or "no unit"
        shown = named.label if named and unit == named.code and named.label else unit
        raise CaseError(
            f"{feature.label}: the unit '{shown}' is not one that it comes in.",
            remedy=f"It takes: {known}.{_without_time(own, named)}",
        )
    return scale.factor * value + scale.offset


def in_unit(feature: Feature, value: float, unit: str) -> float | None:
    """``value``, in the unit of ``feature``, read in the unit with the code ``unit``; None if nothing says how."""
    analyte, own = analyte_of(feature), _own(feature)
    if analyte is None or not analyte.takes(unit):
        return None
    scale = scale_between(analyte, own.code, unit)
    return None if scale is None else scale.factor * value + scale.offset


def conversion(feature: Feature, value: float, unit: str) -> Conversion:
    """``convert``, with a sentence to show: "Creatinine 177 µmol/L → 2.0 mg/dL".

    Raises:
        CaseError: As ``convert``.
    """
    result = convert(feature, value, unit)
    named = unit_for(feature, unit)
    label = (named.label or named.code) if named else unit
    return Conversion(
        feature=feature.name,
        value=value,
        unit=label,
        result=result,
        canonical=feature.unit_label,
        sentence=f"{feature.label} {value:g} {label} → {_shown(feature, result)}",
    )


def suspect_unit(feature: Feature, value: float) -> tuple[Conversion, ...]:
    """Conversions that would make an implausible value plausible, likeliest first; empty where there is none.

    ``value`` is in the codebook's unit. Implausible means outside the confirm tier (or impossible); plausible
    means inside it, and values inside the reference range come first. Each ``sentence`` is a question.
    """
    if _plausible(feature, value):
        return ()
    found = [
        conversion(feature, value, unit.code)
        for unit in alternatives(feature)[1:]
        if _plausible(feature, convert(feature, value, unit.code)) and not _same(feature, unit)
    ]
    found.sort(key=lambda item: feature.reference is None or not feature.reference.contains(item.result))
    unit = f" {feature.unit_label}" if feature.unit_label else ""
    return tuple(
        item.model_copy(
            update={
                "sentence": f"{feature.label}: {feature.told(value)}{unit} is implausible; "
                f"as {item.unit} it is {_shown(feature, item.result)}. Convert?"
            }
        )
        for item in found
    )


def plausible_share(feature: Feature, values: list[float], unit: str) -> float:
    """The share of ``values`` that are plausible when read in ``unit``; 0 for no values."""
    if not values:
        return 0.0
    return sum(_plausible(feature, convert(feature, value, unit)) for value in values) / len(values)


def usual_share(feature: Feature, values: list[float], unit: str) -> float:
    """The share of ``values`` that lie in the reference range when read in ``unit``; 0 where there is none."""
    if not values or feature.reference is None:
        return 0.0
    return sum(feature.reference.contains(convert(feature, value, unit)) for value in values) / len(values)


def _same(feature: Feature, unit: Unit) -> bool:
    return convert(feature, 1.0, unit.code) == 1.0


def _plausible(feature: Feature, value: float) -> bool:
    tiers = [tier for tier in (feature.impossible, feature.confirm) if tier]
    return all(tier.contains(value) for tier in tiers)


def _shown(feature: Feature, value: float) -> str:
    """With the codebook's decimals, and more where those would hide a small value."""
    text = feature.text(value)
    text = f"{value:.2g}" if value and float(text) == 0 else text
    return f"{text} {feature.unit_label}".rstrip()


def _own(feature: Feature) -> Unit:
    """The codebook's unit, by whatever spelling it stands there."""
    analyte = analyte_of(feature)
    known = unit_for(feature, feature.unit) if feature.unit else _unitless(analyte) if analyte else None
    return known or Unit(code=feature.unit, label=feature.unit_label or feature.unit)


def _unitless(analyte: Analyte) -> Unit | None:
    """The unit of a score, a pH or an INR, which goes without saying; None for what needs one."""
    return unit_with_code(analyte.units[0]) if analyte.units[0] in {"{score}", "[pH]", "{INR}"} else None


def _by_name(feature: Feature) -> Analyte | None:
    return analyte_named(feature.label, feature.name, *feature.aliases)


def _without_time(own: Unit, given: Unit | None) -> str:
    """What is wrong with a volume where a volume of some hours is wanted."""
    if given and given.code in {"mL", "L"} and own.code.startswith(("mL/", "L/")):
        return " A volume without its hours is another quantity: say in how many hours it was collected."
    return ""
