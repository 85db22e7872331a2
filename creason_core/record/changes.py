"""What changed between two records of a patient, value by value, in the codebook's units."""

import math
from dataclasses import dataclass

from creason_core.record.ages import shown_value
from creason_core.record.case import Entry, PatientCase
from creason_core.record.codebook import Codebook
from creason_core.record.hours import parted

NOT_RECORDED, NOT_MEASURED = "not recorded", "not measured"


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs: its feature's name and label, and both values as people read them."""

    feature: str
    label: str
    before: str
    after: str


def changes(before: PatientCase, after: PatientCase, codebook: Codebook) -> tuple[Change, ...]:
    """The values that differ, in codebook order and in order of time; what ``codebook`` lacks keeps its bare name."""
    old, new = before.by_feature, after.by_feature
    place = {feature.name: number for number, feature in enumerate(codebook.features)}

    def order(name: str) -> tuple[int, float, str]:
        feature, hours = parted(name)
        return place.get(feature, len(place)), -math.inf if hours is None else hours, name

    names = sorted(old.keys() | new.keys(), key=order)
    found = []
    for name in names:
        texts = _shown(name, old.get(name), codebook), _shown(name, new.get(name), codebook)
        if texts[0] != texts[1]:
            label = codebook.by_name[name].label if name in codebook.by_name else name
            found.append(Change(name, label, *texts))
    return tuple(found)


def _shown(name: str, entry: Entry | None, codebook: Codebook) -> str:
    if entry is None:
        return NOT_RECORDED
    if not entry.measured:
        return NOT_MEASURED
    feature = codebook.by_name.get(name)
    return shown_value(feature, entry.value) if feature else str(entry.value)
