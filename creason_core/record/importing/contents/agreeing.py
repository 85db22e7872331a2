"""Whether two cells of one row say the same: a number in another form, a time to the day, a unit in another spelling.

What cannot be compared (a word beside a number, an empty cell) is no difference.
"""

import re
from collections.abc import Iterator
from typing import get_args

from creason_core.errors import CaseError
from creason_core.record.codebook import Feature
from creason_core.record.importing.cells.level_codes import BLANK
from creason_core.record.importing.cells.moments import Moment, moment, ordered
from creason_core.record.importing.cells.values import Decimal, plain_number
from creason_core.record.importing.columns.specimen_words import BLOOD, FLUID
from creason_core.record.importing.columns.specimens import specimen
from creason_core.record.importing.contents.column_units import stated
from creason_core.record.units import convert, unit_named

_NUMBER = re.compile(r"(?P<sign>[<>≤≥~≈=\s]*)(?P<number>[+\-−]?[\d.,]*\d[\d.,]*(?:[eE][+-]?\d+)?)\D{0,20}")
_WORDS = re.compile(r"(?=.*[^\W\d_]{3})[^\d<>≤≥]+", re.DOTALL)
_WIDE = {BLOOD: ("arterial", "venous", "capillary")}  # blood, and what it may be more nearly
_SHARE = 0.04  # by which one result in two units may differ, since each was rounded
_LENGTHS = (60.0, 3600.0, 24.0, 1440.0)  # of one time in two units


def values_differ(one: str, other: str) -> bool:
    """Whether two results are different numbers or words; of a number and a word nobody knows."""
    if one.casefold() == other.casefold() or not one or not other:
        return False
    first, second = _NUMBER.fullmatch(one.strip()), _NUMBER.fullmatch(other.strip())
    if not first or not second:
        short, long = sorted((one.casefold().strip(), other.casefold().strip()), key=len)
        return not first and not second and not long.startswith(short)
    tolerance = 0.5 * 10.0 ** -min(_decimals(first["number"]), _decimals(second["number"])) + 1e-9
    return all(abs(a - b) > tolerance for a in _readings(first["number"]) for b in _readings(second["number"]))


def limit_of(number: str, other: str, *, alike: bool = False) -> str:
    """The sign that makes a limit of a number, by another form of it ("0.2" beside "<0.2"); "" for none.

    ``alike`` says that the two are known to be one result, in whatever units ("3.4" µmol/L beside "<0.2" mg/dL).
    """
    first, second = _NUMBER.fullmatch(number.strip()), _NUMBER.fullmatch(other.strip())
    if not first or not second or first["sign"].strip() or (not alike and values_differ(number, other)):
        return ""
    return second["sign"].strip(" =")


def says_no_number(cell: str) -> bool:
    """Whether a cell says in words what no number says: "haemolysed", "see note"."""
    return bool(_WORDS.fullmatch(cell.strip())) and cell.strip().casefold() not in BLANK


def is_plain_number(cell: str) -> bool:
    """Whether a cell holds a number that is no limit."""
    found = _NUMBER.fullmatch(cell.strip())
    return found is not None and not found["sign"].strip()


def converted_differ(one: str, other: str, units: tuple[str, str], feature: Feature) -> bool:
    """The same of results of ``feature`` in two units, by code."""
    first, second = _NUMBER.fullmatch(one.strip()), _NUMBER.fullmatch(other.strip())
    if not first or not second:
        return values_differ(one, other)
    rounded = sum(
        _last_digit(found["number"], unit, feature) for found, unit in zip((first, second), units, strict=True)
    )
    try:
        pairs = [
            (convert(feature, a, units[0]), convert(feature, b, units[1]))
            for a in _readings(first["number"])
            for b in _readings(second["number"])
        ]
    except CaseError:
        return True
    return all(abs(a - b) > max(_SHARE * max(abs(a), abs(b)), rounded) for a, b in pairs)


def _last_digit(number: str, unit: str, feature: Feature) -> float:
    """How much one more in the last digit of a number is, in the unit of ``feature``; 0 where nothing tells."""
    try:
        return abs(convert(feature, 10.0 ** -_decimals(number), unit) - convert(feature, 0.0, unit))
    except CaseError:
        return 0.0


def _readings(number: str) -> Iterator[float]:
    """A number with a decimal point, and with a decimal comma, as far as it can be read so."""
    for sign in get_args(Decimal):
        if (read := plain_number(number, sign)) is not None:
            yield read


def _decimals(number: str) -> int:
    parts = re.split(r"[.,]", number)
    return len(parts[-1]) if len(parts) == 2 else 0


def times_differ(one: str, other: str) -> bool:
    """Whether two times are different, or cannot be compared; a date is the same as a time of that day."""
    first, second = moment(one), moment(other)
    if first is None or second is None:
        return False
    if {first.kind, second.kind} == {"date", "clock"}:  # a time, and its time of day once more
        date, clock = (first, second) if first.kind == "date" else (second, first)
        return date.timed and 1.0 < abs(date.hours % 24 - clock.hours % 24) < 23.0
    if first.kind != second.kind:
        return True
    if first.kind == "number":
        low, high = sorted(abs(next(_readings(number), 0.0)) for number in (one, other))
        return low != high and not any(abs(low * length - high) < 1e-6 * high for length in _LENGTHS)
    apart = 14.0 if first.zoned != second.zoned else 0.0 if first.kind == "day" else 1.0  # hours of a zone, or minutes
    whole = first.kind == "date" and not (first.timed and second.timed)
    pairs = [(a, b) for a in _hours(first) for b in _hours(second)]
    return all(a // 24 != b // 24 if whole else abs(a - b) > apart for a, b in pairs)


def _hours(at: Moment) -> list[float]:
    return [hours for order in at.orders if (hours := ordered(at, order)) is not None] if at.parts else [at.hours]


def units_differ(one: str, other: str) -> bool:
    """Whether two cells say different units; none is said by an empty one."""
    if not stated(one) or not stated(other) or one.casefold() == other.casefold():
        return False
    first, second = unit_named(one), unit_named(other)
    return first is None or second is None or first != second


def specimens_differ(one: str, other: str) -> bool:
    """Whether two cells name different specimens; arterial blood is no other than blood."""
    kinds = {specimen(one), specimen(other)}
    wide = any(kinds <= {kind, *vessels} for kind, vessels in _WIDE.items())
    return len(kinds) == 2 and "" not in kinds and not wide and (FLUID not in kinds or BLOOD in kinds)
