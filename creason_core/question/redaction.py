"""A case's name beside a question about the case: what the question hides is not told by the name either.

Names are free text, so this looks for the hidden values in it, with their unit, beside their feature's name in any
language that is known, or as a number that is hardly another one: "4,8", "MAP dropped to 37", "37 mm Hg", "39.6". A
value in another unit counts too. It is no check of a name: a reader who spells a number in words is told it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from creason_core.question.asked import QuestionBase
from creason_core.record.ages import is_age
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.hours import parted
from creason_core.record.languages import UNSPACED, any_of, listed
from creason_core.record.over_time import counted
from creason_core.record.units import (
    Unit,
    alternatives,
    analyte_of,
    convert,
    names_with_loinc,
    seldom,
    unit_named,
    unit_with_code,
)

GAP = "…"
EVERYWHERE = frozenset({"yes", "no"})
_BETWEEN = (
    r"(?:[\W_]{0,3}|(?:[^\d,;.\n]|\b(?:ca|approx)\.){1,24}[\W_])"  # a feature's name, or what fell, and its value
)
_APART = r"[,. '\u202f·]"  # between the digits of a number
_SIGNS = {"-": "[-−–]", "µ": "[µμu]", "μ": "[µμu]"}
_SPELT = {"/min": ("bpm", "b.p.m.", "beats", "breaths", "per min", "per minute", "a minute"), "Cel": ("degrees",)}
# How names tell the sex of a person whose level is called so, and an age beside it.
PERSONS = {
    "Female": "female|wom[ae]n|lady|girl|she|her|mrs|frau|weiblich|femme|mujer|donna|patientin|♀",
    "Male": "male|m[ae]n|gentleman|boy|he|his|him|mr|mann|herr|männlich|homme|hombre|uomo|♂",
}
_ANYBODY = "|".join((*PERSONS.values(), "[fmw]"))


def asked_name(label: str, case: PatientCase, question: QuestionBase, codebook: Codebook) -> str:
    """``label`` with a gap for each value of ``case`` that ``question`` masks, or hides with the masked one."""
    hidden = (question.masked_feature, *(item.feature for item in question.hidden))
    return name_without(label, case, hidden, codebook)


def name_without(label: str, case: PatientCase, hidden: Iterable[str], codebook: Codebook) -> str:
    """``label`` with a gap for each value that ``case`` has for the features ``hidden``."""
    for name in hidden:
        feature = codebook.by_name.get(parted(name)[0])
        if feature is None:
            continue
        values = [entry.value for entry in case.of(name)]
        if len(values) > 1 and feature.counts and (one := counted(case, feature, codebook)):
            values.append(one.value)  # a mean or a sum is a value of its own
        for value in values:
            label = _without(label, feature, value)
    return label


def _without(label: str, feature: Feature, value: float | str) -> str:
    names = "|".join(re.escape(name) for name in _names(feature))
    if isinstance(value, str):
        return _without_level(label, feature, value, names)
    label = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in label)
    before, after = rf"(?<![^\W_])(?:{names}){_BETWEEN}", rf"[\s([_-]{{0,3}}(?:{names})(?![^\W_])"
    if is_age(feature):
        before += rf"|\baged?\W{{1,2}}|(?<!\w)(?:{_ANYBODY})(?:\sof|\sde)?[\s(/,-]{{0,2}}"
        after += rf"|{_years()}|[\s/,-]{{0,2}}(?:{_ANYBODY})(?!\w)"
    compact = re.sub(_APART, "", label)
    for text, units in _told(feature, value, label):
        if re.sub(r"[-.]", "", text.rstrip("0") if "." in text else text) not in compact:
            continue
        number = rf"(?<!\d)(?<!\d[.,·]){_number(text)}(?!\d|[.,·]\d)"
        beside = rf"(?i)({before})?{number}({after}|\s?(?:{units})(?![^\W\d_]))?"
        label = re.sub(
            beside, _bare if "." in text.rstrip("0").rstrip(".") and units == _units(feature) else _gap, label
        )
    return label


def _without_level(label: str, feature: Feature, value: str, names: str) -> str:
    level = feature.text(value)
    if level not in PERSONS and not any(word.casefold() in label.casefold() for word in (level, value)):
        return label
    words = [re.escape(level), *([re.escape(value)] if re.search(r"[^\W\d_]{2}", value) else [])]
    if level in PERSONS:
        words.append(PERSONS[level])
        sign = "[fw]" if level == "Female" else "m"
        label = re.sub(rf"(?i)(?<=\d)([\s/,-]{{0,2}}|\s?y\.?/?o?\.?\s?){sign}(?!\w)", rf"\1{GAP}", label)
        label = re.sub(rf"(?i)(?<!\w){sign}(?=[\s/,-]{{0,2}}\d)", GAP, label)
    optional = "" if level.casefold() in EVERYWHERE else "?"  # "no" by itself is said of anything
    told = rf"(?i)(\b(?:{names})\W{{1,3}}){optional}(?<!\w)(?:{'|'.join(words)})(?!\w)"
    return re.sub(told, lambda found: f"{found[1] or ''}{GAP}", label)


@lru_cache(maxsize=512)
def _names(feature: Feature) -> tuple[str, ...]:
    return tuple(dict.fromkeys((feature.label, *feature.words, *names_with_loinc(feature.loinc))))


def _told(feature: Feature, value: float, label: str) -> Iterator[tuple[str, str]]:
    """The value as a name may tell it: its text, and a pattern for the unit that it is in; as recorded first."""
    yield feature.text(value), _units(feature)
    if not _speaks_of(feature, label.casefold()):
        return
    for unit in (*alternatives(feature)[1:], *seldom(feature)):
        nothing, one = convert(feature, 0.0, unit.code), convert(feature, 1.0, unit.code)
        there = (value - nothing) / (one - nothing)
        for text in dict.fromkeys((f"{there:.0f}", f"{there:.1f}", f"{there:.2f}")):
            if float(text):
                yield text, _spelt(unit, unit.code, unit.label)


def _speaks_of(feature: Feature, label: str) -> bool:
    """Whether a name, in small letters, has the feature's name or a unit that it comes in."""
    analyte = analyte_of(feature)
    units = [unit.label for code in (analyte.units if analyte else ()) if (unit := unit_with_code(code))]
    return any(word.casefold() in label for word in (*_names(feature), *units) if word)


def _number(text: str) -> str:
    """A pattern for a number: with a comma, without or with further zeros, its thousands apart."""
    whole, _, part = text.partition(".")
    digits = "".join(_SIGNS.get(sign, sign) + "[,. '\u202f]?" * (place % 3 == 1 and place > 1 and sign.isdigit())
                     for place, sign in zip(range(len(whole), 0, -1), whole, strict=True))  # fmt: skip
    return rf"{digits}[.,·]{part.rstrip('0')}0*" if part.rstrip("0") else rf"{digits}(?:[.,·]0+)?"


def _units(feature: Feature) -> str:
    return _spelt(unit_named(feature.unit), feature.unit_label, feature.unit)


@lru_cache(maxsize=512)
def _spelt(unit: Unit | None, *also: str) -> str:
    """A pattern for a unit as people and UCUM write it, blanks apart; one that nothing fits without a unit."""
    words = {*also, *((*unit.spellings, *_SPELT.get(unit.code, ())) if unit else ())} - {"", "1"}
    spelt = (r"\s?".join(_SIGNS.get(sign, re.escape(sign)) for sign in word if sign != " ") for word in sorted(words))
    return "|".join(spelt) or "(?!)"


@lru_cache(maxsize=1)
def _years() -> str:
    """A pattern for what follows an age in years, in every language."""
    spaced = any_of(listed("years", without=UNSPACED) - set("t l a n".split()))
    glued = any_of(listed("years", only=UNSPACED))
    return rf"(?:\s?-?(?:{spaced}\.?(?:[-\s]old)?|jährig\w*|or over)(?![^\W\d_])|{glued})"


def _gap(found: re.Match[str]) -> str:
    before, after = found[1] or "", found[2] or ""
    return f"{before}{GAP}{after}" if before or after else found[0]


def _bare(found: re.Match[str]) -> str:
    """As ``_gap``, of a number with decimals: by itself it is hardly another value, such as a bed's."""
    return f"{found[1] or ''}{GAP}{found[2] or ''}"
