"""A case's name beside a question about the case: what the question hides is not told by the name either.

Names are free text, so this looks for the hidden values in it, with their unit or after their feature's name. It is
no check of a name: a reader who words a value in another way is told it.
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
    unit = "-?year|or over" if is_age(feature) else re.escape(feature.unit_label) or "(?!)"
    told = rf"(?i:(\b(?:{names})\W{{1,3}}))?(?<![\d.]){re.escape(feature.text(value))}(?!\d|\.\d)(\s?(?:{unit}))?"
    return re.sub(told, _gap, label)


def _gap(found: re.Match[str]) -> str:
    before, after = found[1] or "", found[2] or ""
    return f"{before}{GAP}{after}" if before or after else found[0]
