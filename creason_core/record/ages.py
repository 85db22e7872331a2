"""Ages over 89, which may tell who somebody is: kept as 90, which means 90 or older, and shown as "90+".

Which feature is a person's age the codebook says (``age: true`` or ``false``). Where it says nothing, the LOINC code
of an age decides, then the words of name, label and column in many languages, if the unit is years or none is given.
"""

import re
from functools import cache, lru_cache

from creason_core.record.codebook import YEARS, Feature
from creason_core.record.feature import AGE_LOINC
from creason_core.record.languages import LETTER, listed
from creason_core.record.normalising import normal, unaccented

TOP_CODED_AGE = 90
OLDEST_PERSON = 120  # years; a column that goes beyond holds no ages, and such a number is none that is kept as 90
# Ages of something else, or none that is counted in years of life.
_NOT_OF_A_PERSON = frozenset(
    "gestational gestation bone device graft house building vascular heart mental pregnancy ssw ciążowy".split()
)


def is_age(feature: Feature) -> bool:
    """Whether the feature is a patient's age in years."""
    if feature.age is not None:
        return feature.age
    return feature.loinc == AGE_LOINC or (feature.numeric and _named_so(feature))


def is_undecided(feature: Feature) -> bool:
    """Whether nobody said that the feature is an age, or that it is none, and it may be one."""
    if feature.age is not None or feature.loinc == AGE_LOINC or not feature.numeric:
        return False
    return _named_so(feature) or feature.unit in YEARS - {""}


def named_like_an_age(*words: str, unit: str = "") -> bool:
    """Whether a column called so, with this unit ("" for none), seems to hold ages in years."""
    if unit not in YEARS:
        return False
    return has_word_for_age(*words)


def has_word_for_age(*words: str) -> bool:
    """Whether these names of a column have a word for a person's age."""
    tokens = {token for text in words for token in _tokens(text)}
    return not tokens & _NOT_OF_A_PERSON and not tokens.isdisjoint(_words())


def _named_so(feature: Feature) -> bool:
    return named_like_an_age(feature.name, feature.label, feature.column, unit=feature.unit)


@cache
def _words() -> frozenset[str]:
    known = listed("age") - {"만", "בן", "בת"}
    further = "lebensalter lebensjahre patientenalter ptage वय 만나이 starost starosť възраст edat amžius vanus vecums"
    return known | {unaccented(word) for word in known if len(word) > 2} | set(further.split())


@lru_cache(maxsize=4096)
def _tokens(text: str) -> frozenset[str]:
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", normal(text).text)
    return frozenset(word.casefold() for word in re.findall(rf"{LETTER}+", parted))


def top_coded_age(feature: Feature, value: float | str) -> float | str:
    """Ages over 89 as 90; impossible ages, and values of other features, as they are."""
    if isinstance(value, str) or not TOP_CODED_AGE - 1 < value <= OLDEST_PERSON or not is_age(feature):
        return value
    possible = feature.impossible is None or feature.impossible.contains(value)
    return float(TOP_CODED_AGE) if possible else value


def shown_age(value: float) -> str:
    """An age as it may be shown: "90+" from 90 on."""
    return f"{TOP_CODED_AGE}+" if value >= TOP_CODED_AGE else f"{value:.0f}"


def shown_value(feature: Feature, value: float | str) -> str:
    """A value with its unit as it may be shown: "90+ years" for an age of 90 or more."""
    if not isinstance(value, str) and value >= TOP_CODED_AGE and is_age(feature):
        return f"{TOP_CODED_AGE}+ {feature.unit_label}".rstrip()
    return feature.text_with_unit(value)
