"""The period of an antibiogram: one for the whole table, over, and told by the file or a person."""

import re
from collections.abc import Sequence
from datetime import date

from creason_core.errors import GuidelineError
from creason_core.guideline.library import days

_WAYS = (
    "Write a year, a month, a day or two of them: 2025, 2025-01/2025-06, 2025-01-01 to 2025-12-31. Nothing was added."
)
_PART = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
_ONE = re.compile(_PART)
_TWO = re.compile(rf"({_PART})\s*(?:/|–|—|\.\.|to|until|\s-\s)\s*({_PART})|(\d{{4}})-(\d{{4}})")


def one_period(cells: Sequence[tuple[int, str]], told: str, today: date, name: str) -> tuple[date, date]:
    """The first and last day of the period that every cell (with the number of its row) and ``told`` say.

    Raises:
        GuidelineError: Nobody says it, two are said, it is none, or it is not over ``today``.
    """
    told = told.strip()
    if not told and not any(text for _, text in cells):
        raise GuidelineError(
            f"{name} does not say from which period it is.",
            remedy=f"Add a column 'period', or say it with --period. {_WAYS}",
        )
    if blank := next((row for row, text in cells if not text), None):
        if any(text for _, text in cells):
            raise GuidelineError(f"{name}, row {blank}: it has no period, as other rows have.", remedy=_WAYS)
        cells = []
    found = {days_of(text, f"{name}, row {row}"): (row, text) for row, text in reversed(cells)}
    if told:
        found.setdefault(days_of(told, name), (0, told))
    if len(found) > 1:
        (_, one), (row, other) = sorted(found.values())[:2]
        where = f"row {row}: " if row else ""
        raise GuidelineError(
            f"{name}, {where}the period '{other}' is not that of the rest, '{one}'.",
            remedy="An antibiogram has one period: give a file for each. Nothing was added.",
        )
    ((start, end), (row, text)) = next(iter(found.items()))
    if end > today:
        raise GuidelineError(
            f"{name}: the period '{text}' ends on {end}, which lies in the future.",
            remedy=f"Say until which day isolates were counted. {_WAYS}",
        )
    return start, end


def days_of(text: str, where: str) -> tuple[date, date]:
    """The first and the last day of a period as it is written.

    Raises:
        GuidelineError: It is none, or ends before it begins; ``where`` says in which file and row.
    """
    plain = text.strip().removesuffix(".0")
    try:
        if _ONE.fullmatch(plain):
            return days(plain)
        if two := _TWO.fullmatch(plain):
            first, last = (part for part in two.groups() if part)
            start, end = days(first)[0], days(last)[1]
            if start <= end:
                return start, end
            raise GuidelineError(f"{where}: the period '{text}' ends before it begins.", remedy=_WAYS)
    except ValueError:
        pass
    raise GuidelineError(f"{where}: '{text}' is no period.", remedy=_WAYS)
