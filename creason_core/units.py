"""Units: what a value is in the codebook's unit, and when a value looks as if it came in another one.

Factors are data (``codebooks/units/analytes.yaml``), by analyte, since between mass and amount of substance each
analyte has its own. Units are UCUM codes. Nothing here changes a value by itself: a conversion is shown and asked.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

import yaml

from creason_core.codebook import Codebook, Feature, Frozen, SafeLoader, parse_codebook
from creason_core.errors import CaseError

_FOLDER = files("creason_core") / "codebooks" / "units"


class Unit(Frozen):
    """A unit: its UCUM code, how people write it, and other spellings."""

    code: str
    label: str
    spellings: tuple[str, ...] = ()


class Scale(Frozen):
    """How an analyte reads in a unit: ``factor * (value in the analyte's first unit) + offset``.

    ``same`` marks a unit that differs from the first in spelling only.
    """

    code: str
    factor: float = 1.0
    offset: float = 0.0
    same: bool = False


class Analyte(Frozen):
    """A quantity that comes in several units; recognised by any of its LOINC codes."""

    name: str
    loinc: tuple[str, ...]
    units: tuple[Scale, ...]
    note: str = ""


class _Tables(Frozen):
    units: tuple[Unit, ...]
    analytes: tuple[Analyte, ...]


class Conversion(Frozen):
    """One value, brought from another unit into the codebook's; units as people write them."""

    feature: str
    value: float
    unit: str
    result: float
    canonical: str
    sentence: str


@cache
def _tables() -> _Tables:
    return _Tables.model_validate(
        yaml.load((_FOLDER / "analytes.yaml").read_text(encoding="utf-8"), Loader=SafeLoader)  # noqa: S506 — safe
    )


@cache
def formula_inputs() -> Codebook:
    """Measurements that formulas take and a codebook may lack, as features with limits of their own."""
    return parse_codebook((_FOLDER / "inputs.yaml").read_text(encoding="utf-8"), "units/inputs.yaml")


@cache
def _by_spelling() -> Mapping[str, Unit]:
    return {
        _folded(spelling): unit
        for unit in _tables().units
        for spelling in (unit.code, unit.label, *unit.spellings)
        if spelling
    }


@cache
def _by_loinc() -> Mapping[str, Analyte]:
    return {code: analyte for analyte in _tables().analytes for code in analyte.loinc}


@lru_cache(maxsize=4096)
def unit_named(text: str) -> Unit | None:
    """The unit that ``text`` spells (µmol/l, "umol_L", "mm Hg"), or None."""
    return _by_spelling().get(_folded(text))


def analyte_of(feature: Feature) -> Analyte | None:
    """The analyte that ``feature`` measures, if conversions of it are known for the feature's own unit."""
    analyte = _by_loinc().get(feature.loinc)
    return analyte if analyte and any(scale.code == feature.unit for scale in analyte.units) else None


def analyte_with_loinc(code: str) -> Analyte | None:
    """The analyte that a LOINC code names, in whichever unit the code stands for."""
    return _by_loinc().get(code)


def alternatives(feature: Feature) -> tuple[Unit, ...]:
    """The units that values of ``feature`` may come in: the codebook's first; empty where it has none."""
    if not feature.numeric or not feature.unit:
        return ()
    own = unit_named(feature.unit) or Unit(code=feature.unit, label=feature.unit_label or feature.unit)
    analyte = analyte_of(feature)
    others = [unit_named(scale.code) for scale in analyte.units if scale.code != own.code] if analyte else []
    return (own, *(unit for unit in others if unit))


def needs_asking(feature: Feature) -> bool:
    """Whether a number without a unit could mean different things for ``feature``."""
    analyte = analyte_of(feature)
    return analyte is not None and any(not scale.same and scale.code != feature.unit for scale in analyte.units)


def convert(feature: Feature, value: float, unit: str) -> float:
    """``value`` in ``unit`` (any spelling), in the codebook's unit; not rounded.

    Raises:
        CaseError: The unit is unknown, or no conversion of it is known for this feature.
    """
    named = unit_named(unit)
    if (named and named.code == feature.unit) or unit == feature.unit:
        return value
    analyte = analyte_of(feature)
    scales = {scale.code: scale for scale in analyte.units} if analyte else {}
    if named is None or named.code not in scales:
        known = ", ".join(option.label or option.code for option in alternatives(feature)) or "no unit"
        raise CaseError(
            f"{feature.label}: the unit '{unit}' is not one that it comes in.", remedy=f"It takes: {known}."
        )
    source, target = scales[named.code], scales[feature.unit]
    return target.factor * (value - source.offset) / source.factor + target.offset


def conversion(feature: Feature, value: float, unit: str) -> Conversion:
    """``convert``, with a sentence to show: "Creatinine 177 µmol/L → 2.0 mg/dL".

    Raises:
        CaseError: As ``convert``.
    """
    result = convert(feature, value, unit)
    named = unit_named(unit)
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
                "sentence": f"{feature.label}: {value:g}{unit} is implausible; "
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


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).replace("μ", "u").replace("µ", "u").casefold()
    return re.sub(r"[\s_.^*°]", "", plain)
