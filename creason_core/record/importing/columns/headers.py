"""Column names: what they mean once decoration is taken off, and the unit that they carry."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from creason_core.record.units import Unit, is_loinc, unit_named

_BRACKETED = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_CHOICE = re.compile(r"(?<=\w)___(?=\w+$)")  # REDCap's checkbox: history___1 says whether its choice 1 is ticked
_BREAKS = re.compile(r"[\s_.,;:\-–—|+]+")
_LOINC = re.compile(r"(?<!\d)(\d{3,5}-\d)(?!\d)")
_HOURS = re.compile(r"\b(\d{1,2}) ?(?:h|hr|hrs|hour|hours|std)\b")  # of a volume: "urine output 24h (mL)"
# Words that say when or how a value was taken, not what it is. A mean or a target is another figure, and a baseline
# creatinine is one from before the illness.
_DECORATION = frozenset(
    "day1 d1 day tag jour giorno 1 first last worst max min maximum minimum adm admission at on value result val most "
    "lvl abnormal t0 initial bei aufnahme ingreso opname serum plasma blood level lab vital patient pt".split()
)
_OF_URINE = ("urin", "uop", "diur", "harn")  # of these alone "24h" says nothing of another quantity
_IN_GERMAN = re.compile(r"\bi\.? ?([SPBU])\.?(?=[\s)\]]|$)|[(\[]\s*([SPBU])\s*[)\]]")  # im Serum, (S)
_SPECIMENS = {"S": "serum", "P": "plasma", "B": "blood", "U": "urine"}
# LOINC's long names: Creatinine [Mass/volume] in Serum or Plasma; Leukocytes [#/volume] in Blood by Automated count.
_LONG_NAME = re.compile(
    r"(?P<name>.+?) \[(?:(?:Mass|Moles|#|Units|Volume)[ /][^\]]+|(?P<kind>Partial pressure))\] (?:in|of) (?P<of>.+?)"
    r"(?: by [^(\[]+)?",
    re.IGNORECASE,
)
_OF = re.compile(
    r"\b(?:in|of) (?=(?:arterial|venous|capillary|whole|blood|serum|plasma|urine|cerebral)\b)", re.IGNORECASE
)
_CODES = re.compile(  # Sex (m/f), Sepsis (y/n), Sex (1 = male, 2 = female), which legends read
    r"[(\[](?:[mfhw]/[mfwhdv]|[ynjo01]/[ynjo01]|[^()\[\]]*?\d\s*[=:：]\s*[^\W\d][^()\[\]]*|"
    r"[^()\[\]]*?[^\W\d]\s*=\s*\d[^()\[\]]*)[)\]]",
    re.IGNORECASE,
)

_EXTREMES = frozenset("worst max min maximum minimum highest lowest most abnormal".split())
_WHEN = frozenset("first last initial adm admission aufnahme ingreso opname t0 d1 day1 day".split())
_STATISTICS = frozenset("first last worst max min maximum minimum mean median avg lowest highest".split())
# Units that are ordinary words as well (minimum, ratio, day) or names (pH): in brackets the unit of a quantity that
# comes in them, else part of the name.
ORDINARY = frozenset({"min", "h", "d", "wk", "[in_i]", "1", "{score}", "[pH]", "{INR}"})


@dataclass(frozen=True, slots=True)
class Header:
    """A column's name in parts: ``key`` to compare, ``bare`` without words of time, the unit and LOINC in it.

    ``written`` is the unit as it stands there, since what a spelling means can depend on the quantity (G/L); ``plain``
    is the name without unit and LOINC in its own letters.
    """

    key: str
    bare: str
    unit: Unit | None
    loinc: str
    written: str = ""
    plain: str = ""


@lru_cache(maxsize=8192)
def parse_header(name: str) -> Header:
    """The parts of a column's name: "Krea_max (µmol/L)" has the key "krea max" and the unit µmol/L."""
    loinc = next((found for found in _LOINC.findall(name) if is_loinc(found)), "")
    rest = name.replace(loinc, " ") if loinc else name
    if long := _LONG_NAME.fullmatch(rest.strip()):
        rest = f"{long['name']} {long['kind'] or ''} {long['of'].replace(' or ', ' ')}"
    rest = _OF.sub("", rest)
    rest = _IN_GERMAN.sub(lambda found: _SPECIMENS[found[1] or found[2]], _CODES.sub(" ", rest))
    unit: Unit | None = None
    written = ""
    for inside in _BRACKETED.findall(rest):
        if unit is None and (unit := unit_named(inside)):
            written = inside
    if unit or _BRACKETED.search(rest):
        rest = _BRACKETED.sub(
            lambda found: " " if unit_named(found[1]) or not found[1].strip() else f" {found[1]} ", rest
        )
    words = folded(_CHOICE.sub(" choice ", rest)).split()
    if unit is None:
        unit, words, written = _unit_in(words)
    bare = without_decoration(words)
    if unit and unit.code in {"mL", "L"} and (hours := _HOURS.search(folded(name))):
        timed = f"{unit.code}/{hours[1]}h"
        unit, written = (found, timed) if (found := unit_named(timed)) else (unit, unit.code)
        bare = without_decoration(_HOURS.sub(" ", " ".join(words)).split())
    key = " ".join(words)
    return Header(key=key, bare=bare or key, unit=unit, loinc=loinc, written=written, plain=rest.strip())


def without_decoration(words: Iterable[str]) -> str:
    """The words of a name without those that say when or how a value was taken."""
    given = list(words)
    daily = {"24h"} if any(word.startswith(_OF_URINE) for word in given) else set()
    return " ".join(word for word in given if word not in _DECORATION and word not in daily)


def is_decoration(name: str) -> bool:
    """Whether a name holds nothing but such words: "max", "day 1"."""
    return not without_decoration(folded(name).split())


@lru_cache(maxsize=8192)
def never_together(one: str, other: str) -> bool:
    """Whether columns of these names hold values of two times: one of several, such as a maximum, has a time alone."""
    first, second = (frozenset(parse_header(name).key.split()) for name in (one, other))
    if _EXTREMES & (first | second):
        return True
    times = first & _WHEN, second & _WHEN
    return all(times) and times[0] != times[1]


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """Lower case, without accents and marks, words apart: how names are compared."""
    split = _CAMEL.sub(" ", text)
    plain = unicodedata.normalize("NFKD", split).replace("µ", "u").replace("μ", "u").casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return _BREAKS.sub(" ", unicodedata.normalize("NFC", plain)).strip()


def _unit_in(words: list[str]) -> tuple[Unit | None, list[str], str]:
    """A unit at the end, or before words for which value of several it is: "sodium mmol l min", but "flow l min"."""
    count = next((at for at, word in enumerate(reversed(words)) if word not in _STATISTICS), 0)
    if count:
        unit, left, written = _unit_at_end(words[:-count])
        if unit:
            return unit, [*left, *words[-count:]], written
    return _unit_at_end(words)


def _unit_at_end(words: list[str]) -> tuple[Unit | None, list[str], str]:
    """A unit in the last one to three words ("creatinine umol l"); single letters count only as °C and °F."""
    for length in (3, 2, 1):
        tail = words[-length:]
        if len(words) <= length:
            continue
        for written in ("/".join(tail), "".join(tail)):
            unit = unit_named(written)
            if unit and unit.code not in ORDINARY and (len("".join(tail)) > 1 or tail[0] in {"c", "f", "%"}):
                return unit, words[:-length], written
    return None, words, ""
