"""Column names: what they mean once decoration is taken off, and the unit that they carry."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from creason_core.units import Unit, unit_named

_BRACKETED = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_BREAKS = re.compile(r"[\s_.,;:\-–—|+]+")
_LOINC = re.compile(r"(?<!\d)(\d{3,5}-\d)(?!\d)")
# Words that say when or how a value was taken, not what it is.
_DECORATION = frozenset(
    "day1 d1 day 1 first last worst max min maximum minimum mean adm admission baseline at on value result val "
    "most abnormal 24h t0 initial serum plasma blood level lab vital patient pt".split()
)


@dataclass(frozen=True, slots=True)
class Header:
    """A column's name in parts: ``key`` to compare, ``bare`` without words of time, the unit and LOINC in it."""

    key: str
    bare: str
    unit: Unit | None
    loinc: str


@lru_cache(maxsize=8192)
def parse_header(name: str) -> Header:
    """The parts of a column's name: "Krea_max (µmol/L)" has the key "krea max" and the unit µmol/L."""
    loinc = _LOINC.search(name)
    rest = name.replace(loinc[0], " ") if loinc else name
    unit: Unit | None = None
    for inside in _BRACKETED.findall(rest):
        unit = unit or unit_named(inside)
    if unit or _BRACKETED.search(rest):
        rest = _BRACKETED.sub(
            lambda found: " " if unit_named(found[1]) or not found[1].strip() else f" {found[1]} ", rest
        )
    words = folded(rest).split()
    if unit is None:
        unit, words = _unit_at_end(words)
    bare = " ".join(word for word in words if word not in _DECORATION)
    return Header(key=" ".join(words), bare=bare or " ".join(words), unit=unit, loinc=loinc[1] if loinc else "")


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """Lower case, without accents and marks, words apart: how names are compared."""
    split = _CAMEL.sub(" ", text)
    plain = unicodedata.normalize("NFKD", split).replace("µ", "u").replace("μ", "u").casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return _BREAKS.sub(" ", unicodedata.normalize("NFC", plain)).strip()


def _unit_at_end(words: list[str]) -> tuple[Unit | None, list[str]]:
    """A unit in the last one to three words ("creatinine umol l"); single letters count only as °C and °F."""
    for length in (3, 2, 1):
        tail = words[-length:]
        if len(words) <= length:
            continue
        unit = unit_named("/".join(tail)) or unit_named("".join(tail))
        if unit and (len("".join(tail)) > 1 or tail[0] in {"c", "f", "%"}):
            return unit, words[:-length]
    return None, words
