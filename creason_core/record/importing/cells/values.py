"""One cell: text to a number or a level, and what was read into it on the way.

Nothing is guessed silently: a reading that is not the plain one comes with ``how``, for the report.
"""

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from creason_core.errors import CaseError
from creason_core.record.ages import OLDEST_PERSON, TOP_CODED_AGE, is_age
from creason_core.record.case import parse_value
from creason_core.record.codebook import Feature
from creason_core.record.importing.cells.level_codes import MISSING, folded_code, read_levels
from creason_core.record.units import comes_in, legible, unit_for

Decimal = Literal["point", "comma"]

_NUMBER: Mapping[Decimal, re.Pattern[str]] = {
    "point": re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d{1,3})?"),
    "comma": re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)?(?:,\d*)?(?:[eE][+-]?\d{1,3})?"),
}
# Numbers that can be read with one decimal sign only: a group of thousands has three digits, and never begins with 0.
COMMA_ONLY = re.compile(
    r"[+\-−]?(?:\d*,(?:\d{1,2}|\d{4,})|(?:0\d*|\d{4,})?,\d+|[1-9]\d{0,2}(?:(?:\.\d{3})+,\d*|(?:\.\d{3}){2,}))"
    r"(?:[eE][+-]?\d{1,3})?|[+\-−]?\d*,\d+[eE][+-]?\d{1,3}"
)
POINT_ONLY = re.compile(
    r"[+\-−]?(?:\d*\.(?:\d{1,2}|\d{4,})|(?:0\d*|\d{4,})?\.\d+|[1-9]\d{0,2}(?:(?:,\d{3})+\.\d*|(?:,\d{3}){2,}))"
    r"(?:[eE][+-]?\d{1,3})?|[+\-−]?\d*\.\d+[eE][+-]?\d{1,3}"
)
_PARTS = re.compile(r"(?P<number>[+-]?[\d.,]*\d[\d.,]*(?:[eE][+-]?\d+)?)\s*(?P<rest>.*)", re.DOTALL)
_FLAG = re.compile(
    r"(?:[*!↑↓]+|[(\[]?(?:H{1,3}|L{1,3}|high|low|A{1,2}|N|[HL]C|crit(?:ical)?(?: (?:high|low))?|abn(?:ormal)?|panic|"
    r"normal|elevated|increased|decreased|borderline|erhöht|erniedrigt|hoch|niedrig|élevée?|alto|alta|bajo|baja|basso)"
    r"[)\]]?[*!]*)",
    re.IGNORECASE,
)
_FLAG_FIRST = re.compile(r"(?:[*!↑↓]+|[(\[]?(?:HH?|LL?)[)\]]?[*!]*(?=[\s\d]))\s*(?=[\d.,+-])", re.IGNORECASE)
_OLD = re.compile(
    r"(?:>=?|≥|over|more than|older than|über|plus de)\s*(\d{2,3})|"
    r"(\d{2,3})\s*(?:\+|and (?:over|older|above)|or (?:over|older|more)|이상)"
)
# What a compatibility form would turn into a digit of the number: a footnote's mark, a power, a half.
_RAISED = re.compile(r"\s*\D{0,4}?[+\-−]?[\d.,]*\d[⁰¹²³⁴-⁹½¼¾⅓⅔⅛①-⑳]")
_GROUPS = re.compile(r"(?<![\d.,])([1-9]\d{0,2})((?:([ '’])\d{3})(?:\3\d{3})*)(?!\d)")  # 12 300, 12'300
_DOTS = re.compile(r"(?<=\d)[·∙⋅٫](?=\d)")  # 1·2
_DAY_AND_MONTH = re.compile(r"0[1-9]\.(?:0[1-9]|1[0-2])")  # what a spreadsheet makes of 2.1
_SIGNS = re.compile(r"\+{1,3}|-{1,3}|\((?:\+{1,3}|-{1,3})\)")  # flags of laboratories, for high and low
_PER_VOLUME = re.compile(r"/[munpfd]?L$")
_VOLUME, _TIME = re.compile(r"[mdcun]?L(?:/.*)?"), re.compile(r"s|min|h|d|wk|mo|a")  # units of a feature
_LIMIT = re.compile(r"\s*(?:<=?|>=?|≤|≥|~|≈|about|ca\.?|approx\.?|less than|more than|under|over)\s*\d", re.IGNORECASE)
_SPAN = re.compile(r"\s*\d[\d.,]*\s*(?:-|–|to|~|\.\.)\s*\d[\d.,]*\s*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_ERROR = re.compile(r"#(?:DIV/0!|REF!|VALUE!|NAME\?|NUM!|N/A|NULL!|SPILL!|CALC!)")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A cell's value: in ``unit`` where the cell named one ("" otherwise); ``how`` says what was not plain."""

    value: float | str
    unit: str = ""
    how: str = ""


def is_missing(text: str, feature: Feature) -> bool:
    """Whether the cell says that nothing was recorded ("None" may be a level of the feature, and is then a value)."""
    if not text:
        return True
    plain = text.casefold()
    if plain not in MISSING:
        return False
    return feature.numeric or not any(
        plain in {level.code.casefold(), level.label.casefold()} for level in feature.levels
    )


def parse_cell(text: str, feature: Feature, decimal: Decimal) -> Parsed:
    """The value in a cell that is not missing.

    Raises:
        CaseError: It is not one; the message says what it looks like and what to do.
    """
    return _number(text, feature, decimal) if feature.numeric else _level(text, feature)


def plain_number(text: str, decimal: Decimal) -> float | None:
    """The number of a cell without unit or limit, a laboratory's flag left off; None where it is anything else."""
    if text.isdecimal() and text.isascii():
        return float(text)
    if _RAISED.match(text) or _DAY_AND_MONTH.fullmatch(text):
        return None
    parts = _PARTS.fullmatch(_tidied(text))
    if parts is None or not _NUMBER[decimal].fullmatch(parts["number"]):
        return None
    if parts["rest"] and not _FLAG.fullmatch(parts["rest"].strip()):
        return None
    written = parts["number"]
    number = float(written.replace(",", "") if decimal == "point" else written.replace(".", "").replace(",", "."))
    return number if math.isfinite(number) else None


def _tidied(text: str) -> str:
    """``text`` in plain characters, without a flag before the number."""
    plain = plain_text(text)
    flag = _FLAG_FIRST.match(plain)
    return plain[flag.end() :] if flag else plain


def plain_text(text: str) -> str:
    """A cell in plain characters: thousands apart by spaces or apostrophes joined, a dot in mid-line a point."""
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").replace("\u00a0", " ").strip()
    plain = _DOTS.sub(".", plain)
    return _GROUPS.sub(lambda found: found[1] + found[2].replace(found[3], ""), plain, count=1)


def decimal_of(cells: list[str]) -> Decimal:
    """Whether commas in a table's numbers are decimal commas, judged by those that can be read in one way only."""
    commas = points = 0
    for cell in cells:
        if "," in cell or "." in cell:
            number = cell.strip()
            commas += bool(COMMA_ONLY.fullmatch(number))
            points += bool(POINT_ONLY.fullmatch(number))
    return "comma" if commas > points else "point"


def _number(text: str, feature: Feature, decimal: Decimal) -> Parsed:
    plain = plain_text(legible(text))
    if _RAISED.match(text):
        raise CaseError(
            f"{feature.label} = '{text[:40]}' has a raised sign after the number.",
            remedy="It may be a footnote or a power: enter the number alone.",
        )
    if _ERROR.match(plain):
        raise CaseError(f"{feature.label}: the cell holds the error {plain[:10]}.", remedy="Correct the spreadsheet.")
    if is_age(feature) and (old := _oldest(plain)) is not None:
        return Parsed(value=old, how=f"'{text[:40]}' read as an age of {TOP_CODED_AGE} or more")
    if _LIMIT.match(plain) or re.fullmatch(r"[\d.,]+\+", plain):
        raise CaseError(
            f"{feature.label} = '{text[:40]}' is a limit, not a value.", remedy="Enter the value, or leave it empty."
        )
    if _DATE.match(plain) or _DAY_AND_MONTH.fullmatch(plain):
        raise CaseError(
            f"{feature.label} = '{text[:40]}' is a date, not a number.",
            remedy="Spreadsheets turn entries such as 3-5 into dates; enter the number again.",
        )
    if _SPAN.fullmatch(plain) and not re.fullmatch(r"[+-]?\d[\d.,]*[eE]-\d+", plain):
        raise CaseError(f"{feature.label} = '{text[:40]}' is a range, not a value.", remedy="Enter one value.")
    flag = _FLAG_FIRST.match(plain)
    parts = _PARTS.fullmatch(plain[flag.end() :] if flag else plain)
    if not parts:
        raise CaseError(f"{feature.label} = '{text[:40]}' is not a number.", remedy="Correct it or leave it empty.")
    if not _NUMBER[decimal].fullmatch(parts["number"]):
        other: Decimal = "comma" if decimal == "point" else "point"
        if not _NUMBER[other].fullmatch(parts["number"]):
            raise CaseError(f"{feature.label} = '{text[:40]}' is not a number.", remedy="Correct it or leave it empty.")
        raise CaseError(
            f"{feature.label} = '{text[:40]}' does not fit the table's numbers, which use a decimal {decimal}.",
            remedy=f"Correct it, or choose the decimal {other} for the table.",
        )
    unit, how = _rest(parts["rest"], text, feature)
    how = how or (f"'{text[:40]}' read without its flag" if flag else "")
    number = parts["number"]
    number = number.replace(",", "") if decimal == "point" else number.replace(".", "").replace(",", ".")
    if number not in text:
        how = how or f"'{text[:40]}' read as {number}"
    return Parsed(value=_whole(float(number), feature), unit=unit, how=how)


def _oldest(text: str) -> float | None:
    """90 for "> 89" and "90+", as ages are written that are not told; None for anything else."""
    found = _OLD.fullmatch(text.strip().casefold())
    years = int(found[1] or found[2]) if found else 0
    return float(TOP_CODED_AGE) if TOP_CODED_AGE - 1 <= years <= OLDEST_PERSON else None


def _whole(number: float, feature: Feature) -> float:
    """Through the codebook's own reading; whole numbers are asked of what is stored, after any conversion."""
    value = parse_value(feature if feature.kind == "number" else feature.model_copy(update={"kind": "number"}), number)
    assert not isinstance(value, str)
    return value


def _rest(rest: str, text: str, feature: Feature) -> tuple[str, str]:
    """What stands after the number: a unit, or a laboratory's flag; a spelling of the unit and what was read."""
    if not rest:
        return "", ""
    words = rest.strip()
    if (
        _SIGNS.fullmatch(words)
        and text.strip()[-len(words) - 1 :][:1] in {" ", "("}
        and _PER_VOLUME.search(feature.unit)
    ):
        return "", f"'{text[:40]}' read without its flag"
    if _FLAG.fullmatch(words) and not comes_in(feature, words) and not _measures(words, feature):
        return "", f"'{text[:40]}' read without its flag"
    if unit_for(feature, words):
        return words, ""
    head = words[: -len(words.split()[-1])].strip() if " " in words else ""
    if head and unit_for(feature, head) and _FLAG.fullmatch(words.split()[-1]):
        return head, f"'{text[:40]}' read without its flag"
    raise CaseError(
        f"{feature.label} = '{text[:40]}' has something after the number that is no known unit.",
        remedy="Correct it or leave it empty.",
    )


def _measures(flag: str, feature: Feature) -> bool:
    """Whether what may be a flag is litres of a volume, or hours of a time: then it is a unit, converted or refused."""
    quantity = {"l": _VOLUME, "h": _TIME}.get(flag.casefold())
    return quantity is not None and quantity.fullmatch(feature.unit) is not None


def _level(text: str, feature: Feature) -> Parsed:
    found = read_levels({text: 1}, feature, {}).meanings.get(folded_code(text))
    if not found:
        parse_value(feature, text)  # says what it may be
        raise CaseError(f"{feature.label} = '{text[:40]}' is not one of its levels.")
    plain = text in {found, feature.text(found)} or text.casefold() == feature.text(found).casefold()
    return Parsed(value=found, how="" if plain else f"'{text[:40]}' read as {feature.text(found)}")
