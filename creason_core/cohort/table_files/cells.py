"""Cells of a column: what says "not recorded", what is a number, a date."""

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from creason_core.arrays import Floats

Texts = NDArray[np.object_]  # str, or None where nothing is recorded

# Words such as "unknown" may be levels: a codebook names them under ``missing`` where they are not.
_NOT_RECORDED = frozenset(["", "na", "n/a", "nan", "null", "nat", ".", "-", "--", "?", "<na>", "#n/a"])
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_DATE = re.compile(
    r"(?:19|20)\d\d[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?:[ T]\d\d:.*)?|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d\d(?: .*)?"
)


def as_texts(values: Iterable[object], missing: frozenset[str] = frozenset()) -> Texts:
    """Each value as text: whole floats without ".0", None where nothing is recorded or ``missing`` names it."""
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
    return texts


def _text(value: object, missing: frozenset[str]) -> str | None:
    if value is None or value != value:  # noqa: PLR0124 — NaN and NaT differ from themselves
        return None
    if isinstance(value, float | np.floating):
        number = float(value)
        text = str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    else:
        text = str(value).strip()
    return None if text.casefold() in _NOT_RECORDED or text in missing else text


def as_numbers(texts: Texts) -> Floats:
    """The number that each text is; NaN where it is none."""
    known = {text: float(text) if is_number(text) else np.nan for text in set(texts) - {None}}
    return np.array([np.nan if text is None else known[text] for text in texts], dtype=np.float64)


def is_number(text: str) -> bool:
    """Whether the text is a plain number: digits, a decimal point, an exponent."""
    return _NUMBER.fullmatch(text) is not None and abs(float(text)) < 1e300


def is_date(text: str) -> bool:
    """Whether the text looks like a date."""
    return _DATE.fullmatch(text) is not None


def is_date_number(text: str) -> bool:
    """Whether a whole number reads as a date of the years 1900 to 2099, such as 20240131."""
    return re.fullmatch(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", text) is not None


def decimals_of(texts: Iterable[str]) -> int:
    """The most digits after the point, at most 6, that more than one in a hundred of the texts has."""
    counts = [len(text.partition(".")[2]) if "e" not in text.casefold() else 6 for text in texts]
    return min(6, int(np.quantile(counts, 0.99, method="higher"))) if counts else 0
