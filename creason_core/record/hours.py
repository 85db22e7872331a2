"""Hours since admission: how they are written, and how a value at one time is named. Knows no codebook."""

import math

FIRST_DAY = 24.0  # hours of "day 1"
MAX_HOURS = 87_600.0  # ten years: beyond it stand seconds or a date, not hours of a stay
AT = "@"  # no feature's name has it


def tidied(hours: float) -> float:
    """``hours`` as they are kept: to a third of a second, so that one time is one number. No negative zero."""
    return round(float(hours), 4) + 0.0


def hours_text(hours: float) -> str:
    """Hours as people write them: "6", "1.5"."""
    return f"{hours:.4f}".rstrip("0").rstrip(".")


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
