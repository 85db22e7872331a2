"""The arithmetic between two units of one quantity: pint knows the units, the analyte what no factor can say."""

import re
from functools import cache
from typing import TYPE_CHECKING, cast

from creason_core.record.units.tables import Analyte, Scale, Unit, unit_with_code

if TYPE_CHECKING:
    from pint import UnitRegistry
    from pint.facets.plain import PlainQuantity

_KNOWN: dict[tuple[str, str, str], Scale | None] = {}  # analytes are data of the program: each name means one
_DIGITS = 12  # of a factor: what lies beyond is the error of floating point


def scale_between(analyte: Analyte, source: str, target: str) -> Scale | None:
    """How a value in the unit ``source`` reads in ``target``, both UCUM codes; None where nothing says so."""
    key = (analyte.name, source, target)
    if key not in _KNOWN:
        _KNOWN[key] = _between(analyte, source, target)
    return _KNOWN[key]


def _between(analyte: Analyte, source: str, target: str) -> Scale | None:
    if source == target:
        return Scale(factor=1.0)
    if analyte.scales:
        first = analyte.units[0]
        if source not in {first, *analyte.scales} or target not in {first, *analyte.scales}:
            return None
        one, other = (analyte.scales.get(code, Scale(factor=1.0)) for code in (source, target))
        factor = other.factor / one.factor
        return Scale(factor=factor, offset=other.offset - factor * one.offset)
    units = unit_with_code(source), unit_with_code(target)
    if units[0] is None or units[1] is None or _calibration(source) != _calibration(target):
        return None
    return _by_pint(analyte, units[0], units[1])


def same_dimension(one: str, other: str) -> bool:
    """Whether two units (UCUM codes) measure the same kind of thing, a mass and an amount being two."""
    units = unit_with_code(one), unit_with_code(other)
    return units[0] is not None and units[1] is not None and _dimension(units[0]) == _dimension(units[1])


def _calibration(code: str) -> str:
    """The calibration that a UCUM code names in braces: one of FEU is no factor away from DDU, or from one unnamed."""
    found = re.search(r"\{(FEU|DDU)\}", code)
    return found[1] if found else ""


@cache
def _registry() -> "UnitRegistry[float]":
    from pint import UnitRegistry

    return UnitRegistry()


def _by_pint(analyte: Analyte, source: Unit, target: Unit) -> Scale | None:
    if _dimension(source) == {"[temperature]": 1}:
        units = _registry()
        offset = units.convert(0.0, source.pint, target.pint)
        factor = units.convert(1.0, source.pint, target.pint) - offset
        return Scale(factor=round(factor, _DIGITS), offset=round(offset, 9))
    if _dimension(source) != _dimension(target):
        sizes = _size(source, analyte, by_mass=True), _size(target, analyte, by_mass=True)
    else:
        sizes = _size(source, analyte), _size(target, analyte)
    if sizes[0] is None or sizes[1] is None or sizes[0][1] != sizes[1][1]:
        return None
    return Scale(factor=float(f"{sizes[0][0] / sizes[1][0]:.{_DIGITS}g}"))


def _size(unit: Unit, analyte: Analyte, *, by_mass: bool = False) -> tuple[float, dict[str, float]] | None:
    """A unit in base units and its dimension; with ``by_mass`` an amount of substance as its mass."""
    size, dimension = _quantity(unit)
    if unit.equivalents:
        if analyte.valence is None:
            return None
        size /= analyte.valence
    moles = dimension.get("[substance]", 0)
    if not by_mass or not moles:
        return size, dimension
    if analyte.molar_mass is None:
        return None
    mass = dimension.get("[mass]", 0) + moles
    rest = {name: power for name, power in dimension.items() if name not in {"[substance]", "[mass]"}}
    return size * (analyte.molar_mass / 1000) ** moles, {**rest, "[mass]": mass}  # kg/mol


def _dimension(unit: Unit) -> dict[str, float]:
    return _quantity(unit)[1]


@cache
def _quantity(unit: Unit) -> tuple[float, dict[str, float]]:
    quantity: PlainQuantity[float] = _registry().Quantity(unit.pint or unit.code).to_base_units()
    dimension = {str(name): float(cast(float, power)) for name, power in quantity.dimensionality.items()}
    return quantity.magnitude, dimension
