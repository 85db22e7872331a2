"""Columns that say who is over 89 without being an age in years: ages in days, weeks or months, years of birth."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from creason_core.record.ages import TOP_CODED_AGE, has_word_for_age
from creason_core.record.feature import Feature
from creason_core.record.identifiers import kind_of_column

# Units in which ages are told too, per year.
_PER_YEAR: Mapping[str, float] = MappingProxyType(
    dict.fromkeys(("d", "day", "days"), 365.25)
    | dict.fromkeys(("wk", "week", "weeks"), 365.25 / 7)
    | dict.fromkeys(("mo", "month", "months"), 12.0)
)
_EARLIEST_BIRTH = 1850


def told_otherwise(feature: Feature) -> tuple[float, float] | None:
    """From what to what value the feature says that somebody is over 89 without being an age in years.

    It may be an age in days, weeks or months, or a year of birth. None where it is neither by its name and unit, and
    where the codebook says whether it is an age: a codebook's ages are in years.
    """
    names = (feature.name, feature.label, feature.column)
    if feature.age is not None or not feature.numeric:
        return None
    if (per_year := _PER_YEAR.get(feature.unit)) and has_word_for_age(*names):
        return TOP_CODED_AGE * per_year, math.inf
    if any(kind_of_column(name) == "birth date" for name in names if name):
        return _EARLIEST_BIRTH, datetime.now(UTC).year - TOP_CODED_AGE
    return None
