"""A case's name beside a question about the case: what the question hides is not told by the name either.

Names are free text, so this looks for the hidden values in it, with their unit or after their feature's name, as people
write numbers: "4,8", "4.80", "MAP of 37", "37 mm Hg". It is no check of a name: a reader who words a value in another
way is told it.
"""

import re
from collections.abc import Iterable

from creason_core.question.asked import QuestionBase
from creason_core.record.ages import is_age
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.hours import parted
from creason_core.record.over_time import counted

GAP = "…"
EVERYWHERE = frozenset({"yes", "no"})
_WORDS = r"(?:aged?|of|is|was|at|about|only|now|von|bei)"  # between a feature's name and its value
_SIGNS = {"-": "[-−–]", "µ": "[µμu]", "μ": "[µμu]"}
_YEARS = r"-?(?:years?|yrs?|y\.?o|y/o|y)|[fm]|or over"
PERSONS = {"Female": "woman", "Male": "man"}  # by label: as the packaged cases are named


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
    names = "|".join(re.escape(name) for name in (feature.label, *feature.words))
    if isinstance(value, str):
        level = feature.text(value)
        words = "|".join(re.escape(word) for word in (level, PERSONS.get(level, level)))
        optional = "" if level.casefold() in EVERYWHERE else "?"  # "no" by itself is said of anything
        told = rf"(?i)(\b(?:{names})\W{{1,3}}){optional}(?<!\w)(?:{words})(?!\w)"
        return re.sub(told, lambda found: f"{found[1] or ''}{GAP}", label)
    before = rf"\b(?:{names})(?:\W{{0,3}}|\W{{1,2}}{_WORDS}\W{{1,2}})" + (r"|\baged?\W{1,2}" if is_age(feature) else "")
    after = rf"\s?(?:{_YEARS if is_age(feature) else _unit(feature)})(?![^\W\d_])"
    told = rf"(?i)({before})?(?<!\d)(?<!\d[.,]){_number(feature.text(value))}(?!\d|[.,]\d)({after})?"
    return re.sub(told, _gap, label)


def _number(text: str) -> str:
    """A pattern for a number: with a comma, without or with further zeros, its thousands apart."""
    whole, _, part = text.partition(".")
    digits = "".join(_SIGNS.get(sign, sign) + "[,. '\u202f]?" * (place % 3 == 1 and place > 1 and sign.isdigit())
                     for place, sign in zip(range(len(whole), 0, -1), whole, strict=True))  # fmt: skip
    return rf"{digits}[.,]{part.rstrip('0')}0*" if part.rstrip("0") else rf"{digits}(?:[.,]0+)?"


def _unit(feature: Feature) -> str:
    """A pattern for a unit as the codebook and as UCUM write it, blanks apart; one that nothing fits without a unit."""
    units = {feature.unit_label, feature.unit, *(["bpm"] if feature.unit == "/min" else [])} - {"", "1"}
    spelt = (r"\s?".join(_SIGNS.get(sign, re.escape(sign)) for sign in unit if sign != " ") for unit in sorted(units))
    return "|".join(spelt) or "(?!)"


def _gap(found: re.Match[str]) -> str:
    before, after = found[1] or "", found[2] or ""
    return f"{before}{GAP}{after}" if before or after else found[0]
