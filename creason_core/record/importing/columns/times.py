"""A column of times as hours: since 1970 where they are dates, else since admission.

One cell is looked at by ``moments``; what one cell leaves open (the order of day and month, the unit of a bare number)
is decided here by the whole column, or left open as ``options`` for a person. Nothing that is not read has a time.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Literal

from creason_core.record.hours import MAX_HOURS
from creason_core.record.importing.cells.moments import EPOCH, Moment, Order, moment, ordered
from creason_core.record.importing.columns.role_words import words_of

TimesAs = Literal[
    "", "day first", "month first", "year first", "seconds", "minutes", "hours", "days", "day numbers", "Excel days",
    "time of day", "since admission",
]  # fmt: skip
SAID: Mapping[TimesAs, str] = {
    "day first": "dates with the day first (31.12.)",
    "month first": "dates with the month first (12/31)",
    "year first": "dates with the year first",
    "seconds": "seconds since admission",
    "minutes": "minutes since admission",
    "hours": "hours since admission",
    "days": "days since admission, the day of admission being 0",
    "day numbers": "days of the stay, the first being day 1 and the one before it day -1",
    "Excel days": "dates as a spreadsheet counts them",
    "time of day": "times of day, all of one day",
    "since admission": "hours and minutes since admission",
}
_UNITS: Mapping[TimesAs, str] = {
    "seconds": "s sec secs second seconds sekunden secondes segundos",
    "minutes": "min mins minute minutes minuten minutos 분",
    "hours": "h hr hrs hour hours std stunde stunden heures horas iculos",
    "days": "d day days tag tage jour jours dia dias",
}
_ORDERS: Mapping[Order, TimesAs] = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}
_HOURS: Mapping[TimesAs, float] = {"seconds": 1 / 3600, "minutes": 1 / 60, "hours": 1.0, "days": 24.0}
_UNIX = (5e8, 1e10)  # seconds: 1985 to 2286; thousand times as many are milliseconds
_EXCEL = (20_000, 130_000)  # days: 1954 to 2255
# What CDISC calls study days (LBDY, ADY, LBSTDY): the first is day 1, and there is no day 0.
_STUDY_DAY = re.compile(r"^(?:[A-Z]{2}|A)(?:ST|EN)?DY$")
_LONG = 400  # days that are numbered from before the first; greater numbers beside negative ones are of another unit
_YEAR, _APART = 8766.0, 20.0  # hours; and years by which a date that stands for none lies apart
_NO_DATES = tuple(
    (datetime(*day, tzinfo=UTC) - EPOCH).total_seconds() / 3600
    for day in ((1899, 12, 30), (1899, 12, 31), (1900, 1, 1), (1904, 1, 1), (1970, 1, 1))
)
_EXCEL_ZERO = (datetime(1899, 12, 30, tzinfo=UTC) - EPOCH).total_seconds() / 3600


@dataclass(frozen=True, slots=True)
class Times:
    """Hours by the text of a cell.

    ``options`` are the readings of which a person must choose one; then ``hours`` is empty. ``whole_days`` says that no
    time tells an hour.
    """

    hours: Mapping[str, float] = field(default_factory=dict)
    absolute: bool = False
    whole_days: bool = False
    unread: frozenset[str] = frozenset()
    options: tuple[TimesAs, ...] = ()
    said: str = ""
    zoned: bool = False


def read_times(texts: Collection[str], name: str, chosen: TimesAs = "", *, comma: bool = False) -> Times:
    """The times in the different ``texts`` of the column ``name``, as ``chosen`` where a person has said it.

    ``comma`` says that the table's numbers have a decimal comma, for those that could be read either way ("1,440").
    """
    found = {text: moment(text) for text in texts if text}
    kinds = [at.kind for at in found.values() if at]
    if not kinds:
        return Times(unread=frozenset(found))
    kind = max(dict.fromkeys(kinds), key=kinds.count)
    alike = {text: at for text, at in found.items() if at and at.kind == kind}
    if kind == "date":
        return _dates(alike, frozenset(found) - frozenset(alike), chosen)
    if kind == "number":
        return _numbers(list(alike), frozenset(found) - frozenset(alike), name, chosen, comma=comma)
    rest = frozenset(found) - frozenset(alike)
    if kind == "clock":
        return _clocks(alike, rest, chosen)
    if kind == "day":
        return _days({text: at.hours for text, at in alike.items()}, rest, chosen)
    return Times({text: at.hours for text, at in alike.items()}, unread=rest, said="time since admission")


def read_as(times: Times) -> TimesAs:
    """How a column of times was read, "" where that was never open."""
    return next((option for option, said in SAID.items() if said == times.said), "")


def _defaults(found: Mapping[str, Moment]) -> frozenset[str]:
    """Dates that programs write where they have none (1900, 1970), far from all others of the column."""
    years = {text: at.hours / _YEAR if not at.parts else _open_year(at) for text, at in found.items()}
    empty = {text for text, at in found.items() if _at_default(at)}
    rest = [year for text, year in years.items() if text not in empty]
    return frozenset(text for text in empty if rest and min(abs(years[text] - year) for year in rest) > _APART)


def _at_default(at: Moment) -> bool:
    hours = {ordered(at, order) for order in at.orders} if at.parts else {at.hours}
    return any(day <= hour < day + 24 for hour in hours if hour is not None for day in _NO_DATES)


def _open_year(at: Moment) -> float:
    return next((hours / _YEAR for order in at.orders if (hours := ordered(at, order)) is not None), 0.0)


def _dates(found: Mapping[str, Moment], rest: frozenset[str], chosen: TimesAs) -> Times:
    if empty := _defaults(found):
        found, rest = {text: at for text, at in found.items() if text not in empty}, rest | empty
    zoned = [text for text, at in found.items() if at.zoned]
    if 0 < len(zoned) < len(found):  # nothing says in which zone the others are
        few = frozenset(zoned) if len(zoned) * 2 < len(found) else frozenset(found) - frozenset(zoned)
        found, rest = {text: at for text, at in found.items() if text not in few}, rest | few
    open_ = {text: at for text, at in found.items() if at.parts}
    orders = [order for order in _ORDERS if all(order in at.orders for at in open_.values())]
    mixed = bool(open_) and not orders
    if mixed:  # no order reads all: those that read the most are offered, and what they do not read is told
        read = {order: sum(order in at.orders for at in open_.values()) for order in _ORDERS}
        orders = [order for order in _ORDERS if read[order] * 2 > len(open_)] or [max(read, key=lambda one: read[one])]
    by_choice = [order for order in _ORDERS if _ORDERS[order] == chosen]
    different = len({tuple(ordered(at, order) for at in open_.values()) for order in orders}) > 1
    if not by_choice and different:
        return Times(absolute=True, unread=rest, options=tuple(_ORDERS[order] for order in orders))
    order: Order = (by_choice or orders or ["ymd"])[0]
    hours: dict[str, float] = {}
    for text, at in found.items():
        value = ordered(at, order) if at.parts else at.hours
        if value is not None:
            hours[text] = value
    whole = all(
        not at.timed or (at.hours % 24 == 0 and not at.zoned) for at in found.values()
    )  # "00:00" in all of them
    said = SAID[_ORDERS[order]] if open_ else "dates"
    zone = any(at.zoned for at in found.values())
    lost = rest | (frozenset(found) - frozenset(hours))
    return Times(hours, absolute=True, whole_days=whole, unread=lost, said=said, zoned=zone)


def _numbers(texts: list[str], rest: frozenset[str], name: str, chosen: TimesAs, *, comma: bool) -> Times:
    comma = comma or any(_comma(text) for text in texts)
    values = {text: _number(text, comma=comma) for text in texts}
    low, high = min(values.values()), max(values.values())
    if low >= _UNIX[0]:
        scale = 3600.0 if high < _UNIX[1] else 3_600_000.0
        if high < _UNIX[1] or (low >= _UNIX[0] * 1000 and high < _UNIX[1] * 1000):
            hours = {text: value / scale for text, value in values.items()}
            return Times(hours, absolute=True, unread=rest, said="seconds since 1970")
    options = _units_of(name, list(values.values()))
    if chosen not in options and len(options) > 1:
        return Times(unread=rest, options=tuple(options))
    unit = chosen if chosen in options else options[0]
    if unit == "Excel days":
        hours = {text: value * 24 + _EXCEL_ZERO for text, value in values.items()}
        whole = all(value.is_integer() for value in values.values())
        return Times(hours, absolute=True, whole_days=whole, unread=rest, said=SAID[unit])
    hours = _in_hours(values, unit)
    whole = unit in {"days", "day numbers"} and all(value.is_integer() for value in values.values())
    return Times(hours, whole_days=whole, unread=rest, said=SAID[unit])


def _in_hours(values: Mapping[str, float], unit: TimesAs) -> dict[str, float]:
    """Numbers of a unit as hours; of numbered days the one before day 1 is day -1."""
    if unit == "day numbers":
        return {text: (value - 1 if value > 0 else value) * 24 for text, value in values.items()}
    return {text: value * _HOURS[unit] for text, value in values.items()}


def _days(days: Mapping[str, float], rest: frozenset[str], chosen: TimesAs) -> Times:
    """Days that words call so ("Day 3")."""
    options = _counted_days(list(days.values()), certain=True)
    if len(options) > 1 and chosen not in options:
        return Times(unread=rest, options=tuple(options))
    unit = chosen if chosen in options else options[0]
    return Times(_in_hours(days, unit), whole_days=True, unread=rest, said=SAID[unit])


def _counted_days(values: list[float], *, certain: bool = False) -> list[TimesAs]:
    """How days can be counted: from 0 where one is 0, else from 1 too; ``certain`` where words call them days."""
    if 0 in values or not all(value.is_integer() for value in values):
        return ["days"]
    if min(values) > 0:
        return ["day numbers"] if certain else ["days", "day numbers"]
    return ["days", "day numbers"] if 0 < max(values) <= _LONG else ["days"]


def _units_of(name: str, values: list[float]) -> list[TimesAs]:
    """What bare numbers can be; one where the column's name states it."""
    words = set(words_of(name))
    low, high = min(values), max(values)
    excel = _EXCEL[0] <= low and high <= _EXCEL[1]
    stated: list[TimesAs] = [unit for unit, spelled in _UNITS.items() if words & set(spelled.split())]
    if len(stated) == 1 and stated != ["days"]:
        return stated
    if excel and ("date" in words or "datum" in words or "fecha" in words):
        return ["Excel days"]
    days = _counted_days(values) if high * 24 <= MAX_HOURS else []
    if _STUDY_DAY.search(name) and "day numbers" in days:
        return ["day numbers"]
    if stated == ["days"] and days:
        return days
    hours: list[TimesAs] = ["minutes", "hours"] if high <= MAX_HOURS else ["seconds", "minutes"]
    return [*hours, *days, *(["Excel days"] if excel else [])]  # type: ignore[list-item]


def _clocks(found: Mapping[str, Moment], rest: frozenset[str], chosen: TimesAs) -> Times:
    hours = {text: at.hours for text, at in found.items()}
    over = any(value < 0 or value > 24 for value in hours.values())
    if not over and chosen not in {"since admission", "time of day"}:
        return Times(unread=rest, options=("since admission", "time of day"))
    said = SAID["since admission" if over or chosen == "since admission" else "time of day"]
    return Times(hours, unread=rest, said=said)


def _comma(text: str) -> bool:
    """Whether a number's comma can only be a decimal one."""
    before, sign, after = text.partition(",")
    return bool(sign) and (len(after) != 3 or before.lstrip("+-0") == "" or len(before.lstrip("+-")) > 3)


def _number(text: str, *, comma: bool) -> float:
    plain = text.replace("−", "-")
    return float(plain.replace(",", ".") if comma else plain.replace(",", ""))


@cache
def looks_like_time(text: str) -> bool:
    """Whether a cell can be a time at all."""
    return moment(text) is not None


def is_date(text: str) -> bool:
    """Whether a cell is a date without a time of day."""
    found = moment(text)
    return bool(found and found.kind == "date" and not found.timed)


def is_clock(text: str) -> bool:
    """Whether a cell is a time of day without a date."""
    found = moment(text)
    return bool(found and found.kind == "clock" and 0 <= found.hours <= 24)
