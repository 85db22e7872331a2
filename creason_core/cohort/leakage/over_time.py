"""What the leak guard knows of time: values of the masked feature at other times, later values, formulas at each time.

The guard is fitted on a codebook that is ``spread``: a feature over time stands there as the value that counts, which
is masked and never shown, and as its values at each time point, which are both. A case can have values at other times
too; what the fitted guard cannot know of them is settled by ``hidden_in``, and in doubt they are hidden.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from creason_core.arrays import Floats
from creason_core.cohort.leakage.determination import numbers_of
from creason_core.cohort.leakage.guard import HiddenFeature
from creason_core.cohort.leakage.relations import Relation, found_in
from creason_core.record.case import Entry, PatientCase
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.hours import name_at, parted

if TYPE_CHECKING:
    import pandas as pd


def spread(codebook: Codebook) -> Codebook:
    """``codebook`` with each feature over time followed by it at each time point; the same where none is over time.

    The value that counts is worked out from those at the time points, a formula at a time from its inputs of that time.
    """
    if not any(codebook.points_of(feature) for feature in codebook.features):
        return codebook
    features = tuple(one for feature in codebook.features for one in _spread(feature, codebook))
    ties = tuple(
        tie.model_copy(update={"features": tuple(one for name in tie.features for one in _names(name, codebook))})
        for tie in codebook.ties
    )
    return Codebook.model_construct(**{**dict(codebook), "features": features, "ties": ties})


def _spread(feature: Feature, codebook: Codebook) -> Iterator[Feature]:
    points = codebook.points_of(feature)
    own = tuple(name_at(feature.name, hours) for hours in points)
    yield feature.model_copy(update={"derived_from": (*feature.derived_from, *own)})
    for name, hours in zip(own, points, strict=True):
        inputs = tuple(
            name_at(each, hours) if codebook.points_of(codebook.feature(each)) else each
            for each in feature.derived_from
        )
        yield codebook.feature(name).model_copy(update={"derived_from": inputs})


def _names(name: str, codebook: Codebook) -> tuple[str, ...]:
    return (name, *(name_at(name, hours) for hours in codebook.points_of(codebook.feature(name))))


def found_at_each_time(numbers: Floats, wide: Codebook) -> tuple[Relation, ...]:
    """``relations.found_in`` among what counts, and among the values of each time; ``wide`` is ``spread``."""
    if not any(wide.points_of(feature) for feature in wide.features):
        return found_in(numbers, wide)
    found: dict[Relation, None] = {}
    for time in (None, *wide.points):
        places = [place for place, feature in enumerate(wide.features) if _is_of(time, feature, wide)]
        some = wide.model_construct(**{**dict(wide), "features": tuple(wide.features[place] for place in places)})
        found |= dict.fromkeys(found_in(numbers[:, places], some))
    return tuple(found)


def undeclared(table: "pd.DataFrame", codebook: Codebook) -> tuple[Relation, ...]:
    """The formulas in a table (columns as in ``cohort.Cohort``, some may be missing) that the codebook lacks.

    One that holds at a time is told of the features.
    """
    wide, empty = spread(codebook), np.full(len(table), np.nan)
    columns = [numbers_of(table, feature) if feature.name in table else empty for feature in wide.features]
    found: dict[Relation, None] = {}
    for relation in found_at_each_time(np.column_stack(columns), wide):
        names = [parted(name)[0] for name in (relation.result, *relation.inputs)]
        found[replace(relation, result=names[0], inputs=tuple(names[1:]))] = None
    return tuple(found)


def _is_of(time: float | None, feature: Feature, wide: Codebook) -> bool:
    """Whether a value belongs to ``time`` (None: to what counts); one without a time belongs to each."""
    hours = parted(feature.name)[1]
    return hours == time if hours is not None else time is None or not wide.points_of(feature)


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
