"""Hours since admission: how they are written and read, and how a value at one time is named. Knows no codebook."""

import math
import re

from creason_core.errors import CaseError

FIRST_DAY = 24.0  # hours of "day 1"
MAX_HOURS = 87_600.0  # ten years: beyond it stand seconds or a date, not hours of a stay
AT = "@"  # no feature's name has it
_TYPED = re.compile(r"(?P<whole>[+\-−]?\d+)(?:(?P<mark>[.,])(?P<part>\d+))?\s*(?:h|hrs?|hours?)?", re.IGNORECASE)


def tidied(hours: float) -> float:
    """``hours`` as they are kept: to a third of a second, so that one time is one number. No negative zero."""
    return round(float(hours), 4) + 0.0


def hours_text(hours: float) -> str:
    """Hours as people write them: "6", "1.5"."""
    return f"{hours:.4f}".rstrip("0").rstrip(".")


def read_hours(text: str) -> float:
    """Hours since admission as a person types them: "9", "1.5", "1,5 h", "-2".

    Raises:
        CaseError: The text is no number, or one with two readings ("1,500").
    """
    found = _TYPED.fullmatch(text.strip())
    if found is None:
        told = f"'{text.strip()}' is no number of hours." if text.strip() else "No time is given."
        raise CaseError(told, remedy="Give the hours since admission as a number, such as 9 or 1.5.")
    whole, part = found["whole"].replace("−", "-"), found["part"] or "0"
    if found["mark"] == "," and len(part) == 3 and whole.lstrip("+-0"):
        raise CaseError(
            f"'{text.strip()}' hours can be read as {whole}{part} or as {whole}.{part}.",
            remedy="Write it without the comma, or with a point.",
        )
    return float(f"{whole}.{part}")


def name_at(feature: str, hours: float | None) -> str:
    """What the value of a feature at one time is called: "lactate@6"; the feature's own name without a time."""
    return feature if hours is None else f"{feature}{AT}{hours_text(hours)}"


def parted(name: str) -> tuple[str, float | None]:
    """The feature and the hours in a name of ``name_at``; no hours where it is a feature's own, or no such name."""
    feature, at, told = name.partition(AT)
    if not at:
        return name, None
    try:
        hours = float(told)
    except ValueError:
        return name, None
    return (feature, hours) if math.isfinite(hours) and name_at(feature, hours) == name else (name, None)
