"""What the leak guard hides because of time: values of the masked feature at other times, and later values.

A case can have values at times that the fitted guard cannot know of; what it hides of them is settled by ``hidden_in``,
and in doubt they are hidden. What fitting knows of time is ``time_relations``.
"""

from collections.abc import Sequence

from creason_core.cohort.leakage.guard import HiddenFeature
from creason_core.record.case import Entry, PatientCase
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.hours import name_at, parted


def other_times(codebook: Codebook, masked: Feature) -> dict[str, HiddenFeature]:
    """The masked feature at other time points, where it is masked at one."""
    feature, hours = parted(masked.name)
    if hours is None:
        return {}
    times = (codebook.feature(name_at(feature, at)) for at in codebook.points if at != hours)
    return {other.name: _another_time(other, masked) for other in times}


def _another_time(other: Feature, masked: Feature) -> HiddenFeature:
    sentence = f"{other.label} is hidden: it is another value of what is masked, {masked.label}."
    return HiddenFeature(feature=other.name, reason="another time", sentence=sentence)


def recorded_later(feature: Feature, masked: Feature, codebook: Codebook) -> HiddenFeature:
    """``feature``, hidden because it is known later than ``masked``."""
    when, masked_when = codebook.when(feature), codebook.when(masked)
    known = "" if parted(feature.name)[1] is not None else f"known {when}, "
    sentence = f"{feature.label} is hidden: it is {known}later than {masked.label}."
    if parted(masked.name)[1] is None:
        of = f"{masked.label} {masked_when}"
        sentence = f"{feature.label} is hidden: it is known {when}, {of}." if known else (
            f"{feature.label} is hidden: it is later than {of}."
        )  # fmt: skip
    return HiddenFeature(feature=feature.name, reason="recorded later", sentence=sentence)


def hidden_in(
    case: PatientCase, masked: Feature, guarded: Sequence[HiddenFeature], codebook: Codebook
) -> tuple[HiddenFeature, ...]:
    """What of ``case`` is hidden with ``masked``, in the case's order; ``guarded`` is what the fitted guard hides.

    Besides that: values of the masked feature at other times, and values later than it. A value at a time that the
    codebook does not name is hidden like any of its feature that tells of the masked one.
    """
    if not case.timed and not codebook.points:  # as most are: what the guard found is all there is
        return tuple(item for item in guarded if item.feature in case.by_feature)
    by_name = {item.feature: item for item in guarded}
    own = case.of(masked.name)
    if len(own) == 1 and not codebook.points_of(masked):  # then its own time is the masked value's
        masked = codebook.feature(own[0].name)
    as_of = codebook.known_at(masked)
    if masked.counts not in (None, "first"):
        as_of = max((as_of, *(entry.hours for entry in own if entry.hours is not None)))
    found: dict[str, HiddenFeature] = {}
    for entry in case.entries:
        if item := _hidden(entry, masked, by_name, as_of, codebook):
            found[item.feature] = item
    return tuple(found.values())


def _hidden(
    entry: Entry, masked: Feature, guarded: dict[str, HiddenFeature], as_of: float, codebook: Codebook
) -> HiddenFeature | None:
    feature, own = codebook.feature(entry.feature), codebook.feature(entry.name)
    masked_feature, masked_hours = parted(masked.name)
    if entry.feature == masked_feature:
        return None if masked.name in (entry.feature, entry.name) else _another_time(own, masked)
    over_time = bool(codebook.points_of(feature))
    if item := guarded.get(entry.name) or (None if over_time else guarded.get(entry.feature)):
        return item
    timed = entry.hours is not None or masked_hours is not None or bool(codebook.points_of(masked))
    if timed and codebook.known_at(own) > as_of:  # what no time is told of, the guard has judged
        return recorded_later(own, masked, codebook)
    if over_time and entry.hours not in codebook.points:
        for name, item in guarded.items():
            if parted(name)[0] == entry.feature and item.reason != "recorded later":
                sentence = f"{own.label} is hidden, as at other times: {item.sentence}"
                return item.model_copy(update={"feature": own.name, "sentence": sentence})
    return None
