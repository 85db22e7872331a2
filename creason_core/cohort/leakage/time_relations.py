"""What fitting the leak guard knows of time: a codebook spread over its time points, and formulas at each of them.

The guard is fitted on a codebook that is ``spread``: a feature over time stands there as the value that counts, which
is masked and never shown, and as its values at each time point, which are both. What of a case is hidden because of
time is ``over_time``.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from creason_core.arrays import Floats
from creason_core.cohort.leakage.determination import numbers_of
from creason_core.cohort.leakage.relations import Relation, found_in
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
