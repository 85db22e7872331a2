"""From what people write to a unit: µmol/l, umol.l-1, mL per hour, ×10⁹/L, Tsd/µl, °F.

A spelling is taken apart: marks, case and exponents are evened out, parts are read by the words of ``units.yaml``, and
counts per volume by their power of ten. What then is no unit of the table is no unit.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache, lru_cache

from creason_core.record.units.tables import Unit, unit_table

_SIGNS = str.maketrans(
    {"µ": "u", "μ": "u", "×": "x", "·": ".", "⋅": ".", "∙": ".", "•": ".", "−": "-", "–": "-", "⁻": "-"}
)
_NEGATIVE = re.compile(r"[.*\s]*\b([a-z]+)\^?-([1-3])(?!\d)")  # l-1, kg^-1
_PER = re.compile(r"\s*\b(?:per|pro)\b\s*|\s+в\s+|\s+(?:in|over)\s+(?=\d)")
_TIMES = re.compile(r"(?<=[a-z])[.*](?=[a-z])")  # kg.h, in a denominator
_PRODUCT = re.compile(r"(?<=[a-z])\s*\*\s*(?=[a-z])")  # g * m is no gram
_MARKS = re.compile(r"[\s_.^*°'\[\]{}()]")
_DEGREES = re.compile(r"^(?:degrees?|degr[eé]s?|degs?|grad|grados?|gradi|graden)\b[\s_]*|^deg(?=[cf]\b)")
# Counts: 10*9, x10e9, 10E+9, 10x9, 109 (from 10⁹), 1e9, E9; then words for powers of ten.
_POWER = re.compile(r"(?:x?10(?:ex?|x)?\+?|1?e\+?)0?(2|3|4|5|6|9|12)")
_WORDS_OF_POWERS: Mapping[str, int] = {
    name: power
    for power, names in {
        0: "|1|个|個",
        2: "百",
        4: "万|萬|万個|만",
        5: "lakh|lakhs|lac|十万",
        3: "千|천|тыс|bin|tys|k|1000|x1000|1,000|th|thou|thous|thsd|thousand|thousands|tsd|ts|tausend|miles|mila",
        6: "百万|млн|milyon|mln|m|mio|mill|million|millions|mega",
        9: "十亿|млрд|mrd|milliard|giga|gpt|gig",
        12: "tera|tpt",
    }.items()
    for name in names.split("|")
}
_JOINED = re.compile(r"(?:[munp]?g|[munp]?mol|meq)/(?:d|m)?L")  # "mgdl"; not LH, LD or ul
_COUNTED = re.compile(
    r"^cells?(?=x?1)|(?:cells?|кл|клеток|zellen|#|counts?|wbc|leukozyten|leukocytes|thrombozyten|platelets)$"
)
_RATES = frozenset(
    "beats beat breaths breath b br bpm 1 x pulse puls pulsations schläge atemzüge resp resps respirations insp cycles "
    "lat latidos respiraciones battements bat battiti slagen 회 "
    "уд ударов вд дыханий 次 回 atım uderzeń oddechów slag ademhalingen".split()
)
_VOLUMES: Mapping[str, int] = {"l": 0, "dl": 1, "ml": 3, "ul": 6, "nl": 9, "pl": 12}  # how many in a litre, as powers


@lru_cache(maxsize=4096)
def unit_named(text: str, among: tuple[str, ...] = ()) -> Unit | None:
    """The unit that ``text`` spells (µmol/l, "umol_L", "mm Hg"), or None.

    ``among`` are codes of units that the value is known to come in: for them, spellings count that mean something
    else or nothing elsewhere, as G/L (giga, not gram) among counts of cells.
    """
    if unit := _exact().get(text.strip()):
        return unit
    key = _canonical(_repaired(text))
    if not key:
        return None
    for code in among:
        if unit := _own().get((code, key)):
            return unit
    found = _by_spelling().get(key)
    if found is None and re.search(r"[\s_]", text.strip()):  # "umol_L", "mg dl"
        found = _by_spelling().get(_canonical(re.sub(r"[\s_]+", "/", _repaired(text).strip())))
    return found


def legible(text: str) -> str:
    """UTF-8 that was read as Windows-1252 put right ("Âµmol/L"), and one degree sign for those that look like it."""
    if any(sign in text for sign in "ÂÃâÎË"):
        with suppress(UnicodeError):
            text = text.encode("cp1252").decode("utf-8")
    return text.replace("º", "°").replace("˚", "°")


def _repaired(text: str) -> str:
    """``text`` in lower case, with one sign for those that mean the same, and none that is invisible."""
    plain = unicodedata.normalize("NFKC", legible(text).translate(_SIGNS)).casefold().translate(_SIGNS)
    return "".join(char for char in plain if unicodedata.category(char) != "Cf")


@lru_cache(maxsize=8192)
def _canonical(text: str) -> str:
    """``text``, lower case, in one form: parts by their first word, joined by /; counts as powers of ten per volume."""
    text = _PER.sub("/", _NEGATIVE.sub(lambda found: f"/{found[1]}{'' if found[2] == '1' else found[2]}", text))
    head, *rest = _DEGREES.sub("", text.strip()).split("/")
    denominators = [piece for part in rest for piece in _TIMES.sub("/", part.strip(" ()")).split("/")]
    head = _MARKS.sub("", _PRODUCT.sub("·", head))
    parts = [head if head[:1].isdigit() else _word(head), *(_word(_MARKS.sub("", part)) for part in denominators)]
    if len(parts) == 2:
        if (power := _power(parts[0])) is not None and parts[1] in _VOLUMES:
            return f"count 10^{power}/{parts[1]}"
        if parts[1] == "min" and parts[0] in _RATES:
            parts[0] = ""
    return "/".join(parts)


def _word(part: str) -> str:
    return _words().get(part, part)


def _power(part: str) -> int | None:
    """The power of ten that a numerator of a count is, or None where it is none."""
    plain = _COUNTED.sub("", part)
    found = _POWER.fullmatch(plain)
    return int(found[1]) if found else _WORDS_OF_POWERS.get(plain)


def _per_litre(key: str) -> int | None:
    """The power of ten per litre of a canonical count."""
    found = re.fullmatch(r"count 10\^(\d+)/(\w+)", key)
    return int(found[1]) + _VOLUMES[found[2]] if found else None


@cache
def _words() -> Mapping[str, str]:
    return {_MARKS.sub("", word): name for name, words in unit_table().words.items() for word in words}


@cache
def _by_spelling() -> Mapping[str, Unit]:
    found = {key: unit for unit in unit_table().units for key in _keys((unit.code, unit.label, *unit.spellings))}
    for unit in unit_table().units:  # as in a column called creatinine_mgdl
        if _JOINED.fullmatch(unit.code):
            found.setdefault(unit.code.replace("/", "").casefold(), unit)
    sizes: dict[int, Unit] = {}
    for key, unit in found.items():
        if (size := _per_litre(key)) is not None:
            sizes.setdefault(size, unit)
    for power in range(13):
        for volume in _VOLUMES:
            key = f"count 10^{power}/{volume}"
            if unit_of_size := sizes.get(_per_litre(key) or 0):
                found.setdefault(key, unit_of_size)
    return found


@cache
def _exact() -> Mapping[str, Unit]:
    return {spelling: unit for unit in unit_table().units for spelling in unit.exact}


@cache
def _own() -> Mapping[tuple[str, str], Unit]:
    return {(unit.code, key): unit for unit in unit_table().units for key in _keys(unit.own)}


def _keys(spellings: Iterable[str]) -> Iterable[str]:
    return (_canonical(_repaired(spelling)) for spelling in spellings if spelling)
