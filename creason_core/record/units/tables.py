"""The tables of ``codebooks/units``: units, analytes with the codes that they are known by, and names of both.

LOINC's check digit is its own: modulus 10 over the digits before the dash (LOINC Users' Guide, appendix C).
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Self

import yaml
from pydantic import model_validator

from creason_core.frozen import Frozen
from creason_core.record.codebook import Codebook, SafeLoader, parse_codebook

_FOLDER = files("creason_core.record") / "codebooks" / "units"
_LOINC = re.compile(r"(\d{1,7})-(\d)")


class Unit(Frozen):
    """A unit: its UCUM code, how people write it, and other spellings.

    ``pint`` is the unit in pint's words, where that is not the code; with ``equivalents`` the amount is one of charges.
    ``own`` are spellings that mean this unit only where a value is known to come in it, ``exact`` those in which upper
    and lower case tell it from another unit.
    """

    code: str
    label: str
    pint: str = ""
    equivalents: bool = False
    spellings: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()


class Scale(Frozen):
    """How a quantity reads in a unit where that is no factor: ``factor * (value in the first unit) + offset``."""

    factor: float
    offset: float = 0.0


class Analyte(Frozen):
    """A quantity that comes in several units.

    ``units`` are those offered to a person, the first one first, ``also`` those accepted beside them. ``molar_mass`` is
    in g/mol, ``valence`` in charges a molecule. ``loinc`` lists codes by dimension.
    """

    name: str
    names: tuple[str, ...] = ()
    loinc: Mapping[str, tuple[str, ...]] = {}
    units: tuple[str, ...]
    also: tuple[str, ...] = ()
    molar_mass: float | None = None
    valence: int | None = None
    scales: Mapping[str, Scale] = {}
    note: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """Every LOINC code of it."""
        return tuple(code for codes in self.loinc.values() for code in codes)

    def takes(self, unit: str) -> bool:
        """Whether values of it may come in the unit with this UCUM code."""
        return unit in self.units or unit in self.also


class _Units(Frozen):
    units: tuple[Unit, ...]
    words: Mapping[str, tuple[str, ...]]


class _Called(Frozen):
    loinc: str
    names: tuple[str, ...]


class _Names(Frozen):
    names: tuple[_Called, ...]


class _Analytes(Frozen):
    dimensions: Mapping[str, str]
    analytes: tuple[Analyte, ...]

    @model_validator(mode="after")
    def _known(self) -> Self:
        for analyte in self.analytes:
            if unknown := set(analyte.loinc) - set(self.dimensions):
                raise ValueError(f"{analyte.name} has LOINC codes of unknown dimensions: {', '.join(sorted(unknown))}")
        return self


@cache
def unit_table() -> _Units:
    """All units, and the spellings of their parts."""
    return _Units.model_validate(_read("units.yaml"))


@cache
def analyte_table() -> _Analytes:
    """All analytes, and a unit of each dimension."""
    return _Analytes.model_validate(_read("analytes.yaml"))


@cache
def formula_inputs() -> Codebook:
    """Measurements that formulas take and a codebook may lack, as features with limits of their own."""
    return parse_codebook((_FOLDER / "inputs.yaml").read_text(encoding="utf-8"), "units/inputs.yaml")


def unit_with_code(code: str) -> Unit | None:
    """The unit with this UCUM code."""
    return _by_code().get(code)


def analyte_with_loinc(code: str) -> Analyte | None:
    """The analyte that a LOINC code names, whatever the dimension of that code."""
    return _by_loinc().get(code, (None, ""))[0]


def dimension_of_loinc(code: str) -> str:
    """A unit (UCUM) of the dimension that a known LOINC code names; "" for an unknown one."""
    return _by_loinc().get(code, (None, ""))[1]


def analyte_named(*names: str) -> Analyte | None:
    """The analyte that is called by one of ``names``; None where they name none, or two."""
    found = {analyte.name: analyte for name in names if (analyte := _by_name().get(_plain(name)))}
    return next(iter(found.values())) if len(found) == 1 else None


def names_with_loinc(code: str) -> tuple[str, ...]:
    """What a quantity with this LOINC code is called in other languages and in short, whatever its dimension."""
    return _called().get(_same_quantity(code), ()) if code else ()


def is_loinc(code: str) -> bool:
    """Whether ``code`` can be one of LOINC's: digits, a dash, and the right check digit."""
    parts = _LOINC.fullmatch(code)
    if not parts:
        return False
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(parts[1])))
    return (-sum(number // 10 + number % 10 for number in doubled)) % 10 == int(parts[2])


def _read(name: str) -> object:
    text = (_FOLDER / name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=SafeLoader)  # noqa: S506 — both are safe loaders


@cache
def _by_code() -> Mapping[str, Unit]:
    return {unit.code: unit for unit in unit_table().units}


@cache
def _by_loinc() -> Mapping[str, tuple[Analyte, str]]:
    table = analyte_table()
    return {
        code: (analyte, table.dimensions[dimension])
        for analyte in table.analytes
        for dimension, codes in analyte.loinc.items()
        for code in codes
    }


@cache
def _by_name() -> Mapping[str, Analyte]:
    return {_plain(name): analyte for analyte in analyte_table().analytes for name in (analyte.name, *analyte.names)}


@cache
def _called() -> Mapping[str, tuple[str, ...]]:
    table = _Names.model_validate(_read("names.yaml"))
    return {_same_quantity(item.loinc): item.names for item in table.names}


def _same_quantity(code: str) -> str:
    """One key for all codes of an analyte; the code itself where none is known."""
    analyte = analyte_with_loinc(code)
    return analyte.name if analyte else code


def _plain(name: str) -> str:
    """Letters and digits in lower case; signs of charge stay."""
    subscripts = name.translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789"))
    return re.sub(r"[^a-z0-9+/]", "", subscripts.casefold())
