"""Columns of a table as arrays of texts and numbers; what a cell means is told by ``record.importing``, for both tools.

A column of plain numbers is common and long, so that each different text is read once.
"""

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from creason_core.arrays import Floats
from creason_core.record.importing.cells.level_codes import BLANK
from creason_core.record.importing.cells.values import Decimal, plain_number

Texts = NDArray[np.object_]  # str, or None where nothing is recorded

_POSITIVE = frozenset(["+", "++", "+++"])
_DATE = re.compile(
    r"(?:19|20)\d\d[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?:[ T]\d\d:.*)?|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d\d(?: .*)?"
)


def as_texts(
    values: Iterable[object], missing: frozenset[str] = frozenset(), kept: frozenset[str] = frozenset()
) -> Texts:
    """Each value as text: whole floats without ".0", None where nothing is recorded or ``missing`` names it.

    In a column that has "+", or one word and no number besides, "-" is no gap: it may mean no. Words such as "unknown"
    may be levels, and stay; so does what looks like a gap and is ``kept``, in lower case, as a level of the codebook.
    """
    known: dict[object, str | None] = {}
    found = []
    for value in values:
        try:
            text = known[value]
        except KeyError:
            text = known[value] = _text(value, missing)
        except TypeError:  # a list or a record
            text = str(value)
        found.append(text)
    texts = np.empty(len(found), dtype=object)
    texts[:] = found
    told = {text.casefold() for text in known.values() if text} - BLANK
    negative = not told.isdisjoint(_POSITIVE) or (len(told) == 1 and not any(map(str.isdigit, "".join(told))))
    blank = BLANK - kept - ({"-"} if negative else set())
    gaps = [text is not None and text.casefold() in blank for text in found]
    texts[np.array(gaps, dtype=bool)] = None
    return texts


def _text(value: object, missing: frozenset[str]) -> str | None:
    if value is None or value != value:  # noqa: PLR0124 — NaN and NaT differ from themselves
        return None
    if isinstance(value, float | np.floating):
        number = float(value)
        text = str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    else:
        text = str(value).strip()
    return None if text in missing else text


def as_numbers(texts: Texts, decimal: Decimal = "point") -> Floats:
    """The number that each text is; NaN where it is none."""
    known = {text: plain_number(text, decimal) for text in set(texts) - {None}}
    read = {text: np.nan if number is None or abs(number) >= 1e300 else number for text, number in known.items()}
    return np.array([np.nan if text is None else read[text] for text in texts], dtype=np.float64)


def is_date(text: str) -> bool:
    """Whether the text looks like a date."""
    return _DATE.fullmatch(text) is not None


def is_date_number(text: str) -> bool:
    """Whether a whole number reads as a date of the years 1900 to 2099, such as 20240131."""
    return re.fullmatch(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", text) is not None


def decimals_of(texts: Iterable[str], decimal: Decimal = "point") -> int:
    """The most digits after the decimal sign, at most 6, that more than one in a hundred of the texts has."""
    sign = "." if decimal == "point" else ","
    counts = [
        len(re.split(r"\D", text.partition(sign)[2], maxsplit=1)[0]) if "e" not in text.casefold() else 6
        for text in texts
    ]
    return min(6, int(np.quantile(counts, 0.99, method="higher"))) if counts else 0
