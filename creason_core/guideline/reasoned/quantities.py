"""The quantities of a text: number, unit and comparator, as exact values that can be compared.

Mass, volume and time are brought to one unit each (mg, mL, h) by their definitions; amounts of substance and pressures
stay what they are. Digits in names (NEWS2, PaO2, cmH2O, B12) are no quantities.
"""

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Literal

Comparator = Literal["", "<", "<=", ">", ">=", "~"]

# Unit → what it is told in, and how much of that it is.
_UNITS: dict[str, tuple[str, Fraction]] = {
    spelling: (told, Fraction(factor))
    for spellings, told, factor in (
        ("mg milligram milligrams", "mg", "1"),
        ("g gram grams", "mg", "1000"),
        ("µg μg ug mcg microgram micrograms", "mg", "1/1000"),
        ("ng nanogram nanograms", "mg", "1/1000000"),
        ("kg kilogram kilograms", "kg", "1"),
        ("ml millilitre millilitres milliliter milliliters", "mL", "1"),
        ("dl", "mL", "100"),
        ("l litre litres liter liters", "mL", "1000"),
        ("h hr hrs hour hours hourly stunde stunden heure heures hora horas", "h", "1"),
        ("min mins minute minutes minuten minuto minutos", "h", "1/60"),
        ("d day days daily tag tage tagen täglich jour jours día días dia dias", "h", "24"),
        ("week weeks weekly woche wochen semaine semaines semana semanas", "h", "168"),
        ("month months monat monate monaten mois mes meses", "month", "1"),
        ("year years yr yrs jahr jahre jahren année années año años", "year", "1"),
        ("mmol", "mmol", "1"),
        ("µmol μmol umol", "mmol", "1/1000"),
        ("mmhg", "mmHg", "1"),
        ("cmh2o", "cmH2O", "1"),
        ("% percent", "%", "1"),
        ("unit units iu", "unit", "1"),
        ("times fold", "times", "1"),
        ("trial trials", "trials", "1"),
        ("mm", "mm", "1"),
    )
    for spelling in spellings.split()
}
_UNIT = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_ONE_UNIT = rf"(?:{_UNIT})(?![^\W\d_])"
_WHOLE_UNIT = rf"{_ONE_UNIT}(?:\s?(?:/|per\b|an?\b)\s?{_ONE_UNIT}|\s(?:daily|hourly)\b)*"
_WORDS = (
    {
        word: str(value)
        for value, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
    }
    | {
        word: str(value)
        for words in (
            "ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
            "une deux trois quatre cinq six sept huit neuf dix onze douze",
            "una dos tres cuatro cinco seis siete ocho nueve diez once doce",
        )
        for value, word in enumerate(words.split(), 1)
    }
    | {"twenty": "20", "twenty-four": "24", "thirty": "30", "forty-eight": "48", "sixty": "60", "seventy-two": "72"}
)
_WORD = re.compile(rf"\b({'|'.join(sorted(_WORDS, key=len, reverse=True))})(?=[\s-]+{_ONE_UNIT})", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?<![\w.])(?<![A-Za-z]-)(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    rf"(?:[\s-]{{0,8}}(?P<unit>{_WHOLE_UNIT}))?(?![\w])",
    re.IGNORECASE,
)
_BEFORE: tuple[tuple[Comparator, str], ...] = (
    (">=", r"at least|no(?:t)? (?:less|fewer|lower) than|a minimum of|minimum|≥|>=|at or (?:above|over)"
           r"|mindestens|wenigstens|au moins|al menos|como mínimo"),
    ("<=", r"at most|up to|no(?:t)? (?:more|greater|higher|longer|later) than|a maximum of|maximum"
           r"|within(?: the first)?|(?:in|during|over) the first|≤|<=|at or (?:under|below)|not exceeding"
           r"|höchstens|maximal|au plus|au maximum|como máximo"),
    (">", r"above|(?<!suggested )(?<!recommended )(?<!preferred )(?<!favoured )over"
          r"|(?:more|greater|higher|longer|older|later|larger) than|exceed(?:s|ed|ing)?|beyond|>"
          r"|über|oberhalb von|plus de|supérieure? à|más de|por encima de|superior a"),
    ("<", r"below|under|(?:less|fewer|lower|shorter|younger|smaller|sooner) than|<"
          r"|unter|unterhalb von|moins de|inférieure? à|menos de|por debajo de|inferior a"),
    ("~", r"about|around|approximately|roughly|nearly|almost|~|≈"),
)  # fmt: skip
_LEADING = tuple(
    (
        comparator,
        re.compile(rf"(?:^|[^\w])(?:{words})\s*(?:an?\s|the\s)?(?:[^\W\d]+\s){{0,2}}(?:of\s)?$", re.IGNORECASE),
    )
    for comparator, words in _BEFORE
)
_OR_MORE = re.compile(r"^\s*(?:(?:or|and) (?:more|higher|greater|over|above|older|longer)\b|\+)", re.IGNORECASE)
_OR_LESS = re.compile(r"^\s*(?:or|and) (?:less|lower|below|under|fewer|younger|shorter)\b", re.IGNORECASE)
# Of the number before, where it stands between two: "65 or over an initial MAP of 60".
_LIMITED = re.compile(
    rf"^\s*(?:{_WHOLE_UNIT}\s+)?(?:or|and) (?:more|higher|greater|over|above|older|longer|less|lower|below|under|fewer"
    r"|younger|shorter)\b",
    re.IGNORECASE,
)
_JOINED = re.compile(r"^\s?(?:to|or|and|-|–|/)\s?$", re.IGNORECASE)
_RANGE = re.compile(r"\s?(?:to|-|–)\s?", re.IGNORECASE)
_TOGETHER = 3  # further numbers behind which the unit of one may stand
_NEAR = 60  # characters before a number in which its comparator stands


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of a text at ``start`` to ``end``; ``unit`` is empty where none stands with it.

    ``ranged`` where it is one end of a range ("5-7 days"), which is not said of one end alone.
    """

    value: Fraction
    unit: str
    comparator: Comparator
    start: int
    end: int
    text: str
    ranged: bool = False

    def told_by(self, other: "Quantity") -> bool:
        """Whether ``other``, a quantity of the source, says as much: the same but for a unit that is left out here."""
        return (self.comparator, self.ranged) == (other.comparator, other.ranged) and (
            self.like(other) and self.value == other.value
        )

    def like(self, other: "Quantity") -> bool:
        """Whether the two are in one unit, or this one in none."""
        return not self.unit or self.unit == other.unit


def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of ``text``, in order; of "60 to 65 mmHg" both are in mmHg."""
    written = _WORD.sub(lambda found: _WORDS[found[1].casefold()].ljust(len(found[1])), text)
    found = list(_NUMBER.finditer(written))
    read: list[Quantity] = []
    for place, number in enumerate(found):
        unit, joined = number["unit"] or "", number
        for later in found[place + 1 : place + 1 + _TOGETHER]:  # the unit that stands behind the last of several
            if unit or not _JOINED.match(written[joined.end() : later.start()]):
                break
            unit, joined = later["unit"] or "", later
        told, factor = _canonical(unit)
        before = written[max(0, number.start() - _NEAR) : number.start()]
        comparator = _comparator(before, written[number.end() :])
        if not comparator and read and _JOINED.match(written[read[-1].end : number.start()]):
            between = written[read[-1].end : number.start()].strip()
            comparator = read[-1].comparator if between == "/" else ""
        value = Fraction(number["number"].replace(",", "")) * factor
        words = " ".join(text[number.start() : number.end()].split())
        read.append(Quantity(value, told, comparator, number.start(), number.end(), words))
    return tuple(_pairs(read, written))


def _pairs(read: list[Quantity], text: str) -> list[Quantity]:
    """``read`` with ranges told as such, and with "185/110" in mmHg, where no unit stands with it."""
    for place, (high, low) in enumerate(pairwise(tuple(read))):
        between = text[high.end : low.start]
        if _RANGE.fullmatch(between):
            read[place : place + 2] = replace(read[place], ranged=True), replace(low, ranged=True)
        bare = not high.unit and not low.unit and between == "/"
        if bare and 60 <= high.value <= 260 and 30 <= low.value <= 160 and low.value < high.value:
            read[place : place + 2] = replace(high, unit="mmHg"), replace(low, unit="mmHg")
    return read


def _comparator(before: str, after: str) -> Comparator:
    if _OR_MORE.match(after):
        return ">="
    if _OR_LESS.match(after):
        return "<="
    # What stands in brackets or behind another number is not about this one.
    *earlier, near = re.split(r"([();:,]|\d)", before)
    if earlier and earlier[-1].isdigit():
        near = _LIMITED.sub("", near)
    return next((comparator for comparator, words in _LEADING if words.search(near)), "")


def _canonical(unit: str) -> tuple[str, Fraction]:
    """A unit as it is compared, and the factor to it; "" and 1 for none."""
    spelt = re.sub(r"\s(?=(daily|hourly)\b)", "/", unit.strip(), flags=re.IGNORECASE)
    parts = [part.strip().casefold() for part in re.split(r"/|\bper\b|\ban?\b", spelt) if part.strip()]
    if not parts:
        return "", Fraction(1)
    told, factor = [], Fraction(1)
    for place, part in enumerate(parts):
        name, size = _UNITS[part]
        told.append(name)
        factor = factor * size if place == 0 else factor / size
    return "/".join([told[0], *sorted(told[1:])]), factor
