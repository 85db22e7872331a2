"""One cell that tells a time: a date in any usual order and language, hours and minutes, a number, or a day's number.

What one cell cannot say (the order of "01/02/2020", the unit of "516") stays open; ``times`` decides it by the column.
Written here and not taken from a library that guesses: those fill in what a cell does not say, today's day included.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

Kind = Literal["date", "clock", "number", "day", "lapse"]
Order = Literal["dmy", "mdy", "ymd"]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS = (1850, 2300)  # of dates in records; those that were shifted lie up to two centuries ahead

_MONTHS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janner jänner janvier janv enero ene gennaio gen janeiro januari stycznia styczeń sty",
            "feb february februar feber fevrier février fevr févr febrero febbraio fevereiro februari lutego luty lut",
            "mar march marz märz maerz mrz mars marzo março maart mrt marca marzec",
            "apr april avril avr abril abr aprile kwietnia kwiecień kwi",
            "may mai mayo maggio mag maio mei maja maj",
            "jun june juni juin junio giugno giu junho czerwca czerwiec cze",
            "jul july juli juillet juil julio luglio lug julho lipca lipiec lip",
            "aug august aout août agosto ago augustus sierpnia sierpień sie",
            "sep sept september septembre septiembre setiembre settembre setembro set września wrzesień wrz",
            "oct october okt oktober octobre octubre ottobre ott outubro out października październik paź",
            "nov november novembre noviembre novembro listopada listopad lis",
            "dec december dez dezember decembre décembre déc diciembre dic dicembre dezembro grudnia grudzień gru",
        ),
        start=1,
    )
    for name in names.split()
}
_NUMERIC = re.compile(r"(\d{1,4})([./-])\s?(\d{1,2})\2\s?(\d{1,4})\.?(?:[T ,;:]\s*(.+))?")
_COMPACT = re.compile(r"((?:18|19|2[0-2])\d{2})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?(?:\.\d+)?(Z|[+-]\d{4})?)?")
_NAMED = re.compile(
    r"(?:[^\W\d]{2,10}(?:\.?,\s*|\.?\s+))?(\d{1,2})(?:st|nd|rd|th)?[.\s/-]*(?:de\s+)?([^\W\d]{3,10})\.?[\s/,-]*(?:del?\s+)?"
    r"(\d{4}|\d{2})(?:[T\s,:]+(.+))?"
)
_MONTH_FIRST = re.compile(
    r"(?:[^\W\d]{2,10}\.?,\s*)?([^\W\d]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:[\s,]+(.+))?"
)
_EAST = re.compile(r"(\d{4})\s?[년年]\s*(\d{1,2})\s?[월月]\s*(\d{1,2})\s?[일日]\s*(.+)?")
_CLOCK = re.compile(
    r"(?P<before>오전|오후|午前|午後|上午|下午)?\s*(?P<sign>[+-])?(?P<h>\d{1,4})"
    r"(?:\s?(?::|h|시|時|时|点|點|Uhr)\s?(?P<m>\d{2})(?:\s?(?::|min|분|分)\s?(?P<s>\d{2}(?:[.,]\d+)?))?"
    r"\s?(?:s|초|분|分|秒)?)?"
    r"\s*(?P<after>a\.?\s?m\.?|p\.?\s?m\.?|uhr|시|时|時|点|點)?\s*(?P<zone>z|utc|gmt|[+-]\d{2}(?::?\d{2})?)?",
    re.IGNORECASE,
)
_BEFORE_NOON, _AFTER_NOON = frozenset("am 오전 午前 上午".split()), frozenset("pm 오후 午後 下午".split())
_FOUR = re.compile(r"([01]?\d|2[0-4])([0-5]\d)")  # spreadsheets take the first zero of 0830 away
_DOTTED = re.compile(r"(\d{1,2})\.([0-5]\d)(?:\.([0-5]\d)(?:\.\d+)?)?\s*([AaPp][Mm]|Uhr)?")  # of a day: 8.30
_NUMBER = re.compile(r"[+−-]?\d{1,16}(?:[.,]\d+)?|[+−-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[+−-]?[.,]\d+")
_LAPSE = re.compile(
    r"(?:T|H)?\s?(?P<sign>[+-])?(?:(?P<d>\d+(?:[.,]\d+)?)\s?(?:d|days?|tage?|jours?|d[ií]as?|일)\b,?\s?)?"
    r"(?:(?P<h>\d+(?:[.,]\d+)?)\s?(?:h|hrs?|hours?|std\.?|stunden?|heures?|horas?|시간)\.?\s?)?"
    r"(?:(?P<m>\d+(?:[.,]\d+)?)\s?(?P<short>m)?(?(short)|(?:mins?|minutes?|minuten?|minutos?|분))\.?)?(?:(?P<clock>\d{1,3}:\d{2}(?::\d{2}(?:\.\d+)?)?))?",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"(?:day|d|tag|jour|j|d[ií]a|icu day|study day|hospital day|pod|post-?op(?:erative)? day)"
    r"\s?\.?\s?([+-]?\d{1,4})|(\d{1,4})\s?일차",
    re.IGNORECASE,
)
_VISIT = re.compile(
    r"(?P<one>week|wk|woche|semaine|semana|settimana|month|monat|mois|mes|mese)\s?\.?\s?(?P<n>\d{1,3})|"
    r"(?P<m>\d{1,3})[\s-]?(?P<many>weeks?|wochen|semaines|semanas|months?|monate|mois|meses)(?: follow-?up)?",
    re.IGNORECASE,
)
_HOUR = re.compile(r"(?:hour|hr|h|stunde|std|heure|hora)\s?\.?\s?([+-]?\d{1,4})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a cell says, by its kind.

    Hours since 1970 (``date``), of the day or since admission (``clock``, ``lapse``), a number of a day (``day``) or a
    bare number. ``parts`` are three numbers whose order is open, with the ``orders`` that they allow.
    """

    kind: Kind
    hours: float = 0.0
    timed: bool = False
    zoned: bool = False
    parts: tuple[int, int, int] | None = None
    orders: tuple[Order, ...] = ()


def moment(text: str) -> Moment | None:
    """The time that a cell tells; None where it tells none."""
    plain = text.strip().replace("\u00a0", " ").replace("\u202f", " ")
    if len(plain) > 60 or not plain:
        return None
    if len(plain) >= 10 and plain[4:5] == "-" and (quick := _iso(plain)):
        return quick
    return _date(plain) or _clock(plain) or _number(plain) or _day(plain) or _lapse(plain)


def ordered(at: Moment, order: Order) -> float | None:
    """Hours since 1970 of a date whose order was open; None where it is no date in that order."""
    if at.parts is None or order not in at.orders:
        return None
    year, month, day = _in_order(at.parts, order)
    hours = _hours(year, month, day)
    return None if hours is None else hours + at.hours


def _iso(text: str) -> Moment | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    zoned = found.tzinfo is not None
    if not _YEARS[0] <= found.year <= _YEARS[1]:
        return None
    hours = ((found if zoned else found.replace(tzinfo=UTC)) - EPOCH).total_seconds() / 3600
    return Moment("date", hours, timed=len(text) > 10, zoned=zoned)


def _date(text: str) -> Moment | None:  # noqa: PLR0911 — one return a form
    if found := _NUMERIC.fullmatch(text):
        numbers = (int(found[1]), int(found[3]), int(found[4]))
        if len(found[1]) == 4:
            return _at(*numbers, found[5])
        return _open(numbers, found[2], found[5], short=len(found[4]) < 4) if len(found[4]) in {2, 4} else None
    if found := _COMPACT.fullmatch(text):
        clock = f"{found[4]}:{found[5]}:{found[6] or '00'}{found[7] or ''}" if found[4] else None
        return _at(int(found[1]), int(found[2]), int(found[3]), clock)
    if found := _EAST.fullmatch(text):
        return _at(int(found[1]), int(found[2]), int(found[3]), found[4])
    if (found := _NAMED.fullmatch(text)) and (month := _MONTHS.get(found[2].casefold())):
        return _at(_year(int(found[3]), short=len(found[3]) == 2), month, int(found[1]), found[4])
    if (found := _MONTH_FIRST.fullmatch(text)) and (month := _MONTHS.get(found[1].casefold())):
        return _at(int(found[3]), month, int(found[2]), found[4])
    return None


def _at(year: int, month: int, day: int, clock: str | None) -> Moment | None:
    hours, of_day = _hours(year, month, day), _of_day(clock)
    if hours is None or of_day is None:
        return None
    return Moment("date", hours + of_day[0], timed=bool(clock), zoned=of_day[1])


def _open(numbers: tuple[int, int, int], sign: str, clock: str | None, *, short: bool) -> Moment | None:
    """A date with the year behind, or with two digits of it; points and a whole year have the day first."""
    of_day = _of_day(clock)
    if of_day is None:
        return None
    allowed: tuple[Order, ...] = ("dmy", "mdy", "ymd") if short else ("dmy",) if sign == "." else ("dmy", "mdy")
    orders = tuple(order for order in allowed if _hours(*_in_order(numbers, order)) is not None)
    if not orders:
        return None
    return Moment("date", of_day[0], timed=bool(clock), zoned=of_day[1], parts=numbers, orders=orders)


def _in_order(parts: tuple[int, int, int], order: Order) -> tuple[int, int, int]:
    first, second, third = parts
    year, month, day = {"dmy": (third, second, first), "mdy": (third, first, second), "ymd": parts}[order]
    return _year(year, short=year < 100), month, day


def _year(year: int, *, short: bool) -> int:
    return year + (2000 if year < 70 else 1900) if short else year


def _hours(year: int, month: int, day: int) -> float | None:
    if not _YEARS[0] <= year <= _YEARS[1]:
        return None
    try:
        return (datetime(year, month, day, tzinfo=UTC) - EPOCH) / timedelta(hours=1)
    except ValueError:
        return None


def _of_day(text: str | None) -> tuple[float, bool] | None:
    """A time of day in hours, with whether it has a zone; 0 for none, None for what is none."""
    if not text:
        return 0.0, False
    if found := _FOUR.fullmatch(text):
        text = f"{found[1]}:{found[2]}"
    elif found := _DOTTED.fullmatch(text):
        text = f"{found[1]}:{found[2]}:{found[3] or '00'} {found[4] or ''}".strip()
    parsed = _clock_parts(text)
    if parsed is None:
        return None
    hours, zone, told = parsed
    if not told or not 0 <= hours <= 24:
        return None
    return hours - (zone or 0.0), zone is not None


def _clock(text: str) -> Moment | None:
    parsed = _clock_parts(text)
    if parsed is None or parsed[1] is not None or not parsed[2]:
        return None
    return Moment("clock", parsed[0], timed=True)


def _clock_parts(text: str) -> tuple[float, float | None, bool] | None:
    """Hours, the zone's hours if it has one, and whether it is told as a time (and is no bare number)."""
    found = _CLOCK.fullmatch(text)
    if not found:
        return None
    half = (found["before"] or found["after"] or "").replace(".", "").replace(" ", "").casefold()
    hour, minute, second = int(found["h"]), int(found["m"] or 0), float((found["s"] or "0").replace(",", "."))
    if minute > 59 or second >= 60:
        return None
    if half in _BEFORE_NOON | _AFTER_NOON:
        if hour > 12:
            return None
        hour = hour % 12 + (12 if half in _AFTER_NOON else 0)
    hours = (hour + minute / 60 + second / 3600) * (-1 if found["sign"] == "-" else 1)
    return hours, _zone(found["zone"]), bool(found["m"] or half)


def _zone(text: str | None) -> float | None:
    if not text:
        return None
    if not text[1:2].isdigit():
        return 0.0
    digits = text[1:].replace(":", "")
    size = int(digits[:2]) + int(digits[2:] or 0) / 60
    return -size if text[0] == "-" else size


def _number(text: str) -> Moment | None:
    return Moment("number") if _NUMBER.fullmatch(text) else None


def _day(text: str) -> Moment | None:
    if found := _DAY.fullmatch(text):
        return Moment("day", float(found[1] or found[2]))
    if found := _VISIT.fullmatch(text):  # of a study: in whole days from its first
        length = 7 if (found["one"] or found["many"]).casefold()[0] in "ws" else 30
        return Moment("day", 1.0 + length * int(found["n"] or found["m"]))
    return None


def _lapse(text: str) -> Moment | None:
    if found := _HOUR.fullmatch(text):
        return Moment("lapse", float(found[1]), timed=True)
    found = _LAPSE.fullmatch(text)
    if not found or not any(found[part] for part in ("d", "h", "m", "clock")):
        return None
    if found["short"] and not found["h"]:
        return None  # "3m" may be months
    days, hours, minutes = (float((found[part] or "0").replace(",", ".")) for part in ("d", "h", "m"))
    clock = _clock_parts(found["clock"]) if found["clock"] else (0.0, None, True)
    if clock is None:
        return None
    total = days * 24 + hours + minutes / 60 + clock[0]
    return Moment("lapse", -total if found["sign"] == "-" else total, timed=True)
