"""What makes similar patients similar: the features in which they are closer to the patient than the registry is."""

from dataclasses import dataclass

import numpy as np

from creason_core.arrays import Floats, Ints
from creason_core.evaluation.baselines.nearest import by_feature
from creason_core.evaluation.second_opinion.learnt import Learnt
from creason_core.record.ages import shown_value
from creason_core.record.codebook import Feature

FEW = 6  # features that the table names


@dataclass(frozen=True, slots=True)
class Likeness:
    """One feature: this patient's value and the similar patients', in words."""

    label: str
    own: str
    theirs: str


def likenesses(row: Floats, known: Learnt, near: Ints) -> tuple[Likeness, ...]:
    """The features by which the patients ``near`` (places in ``known.rows``) are near to ``row`` (1 × columns).

    A feature counts by how much smaller its part of the distance is among them than among all training patients,
    on average over those who have it. At most ``FEW``, the strongest first.
    """
    if not len(near):
        return ()
    values = known.values
    apart = by_feature(row, values, known.columns)
    found = []
    for place, feature in enumerate(known.columns):
        everybody, theirs = apart[:, place], apart[near, place]
        if np.isnan(everybody).all() or np.isnan(theirs).all():
            continue
        gain = float(np.nanmean(everybody) - np.nanmean(theirs))
        if gain > 0:
            found.append((gain, feature, place))
    found.sort(key=lambda one: -one[0])
    return tuple(
        Likeness(feature.label, _told(feature, row[0, place]), _summed_up(feature, values[near, place]))
        for _, feature, place in found[:FEW]
    )


def _told(feature: Feature, value: float) -> str:
    return shown_value(feature, float(value) if feature.numeric else feature.levels[int(value)].code)


def _summed_up(feature: Feature, values: Floats) -> str:
    """Numbers as their median and middle half, levels as the commonest."""
    measured = values[~np.isnan(values)]
    if feature.numeric:
        low, middle, high = np.quantile(measured, [0.25, 0.5, 0.75], method="inverted_cdf")  # values that somebody had
        ends = [_told(feature, end).removesuffix(f" {feature.unit_label}") for end in (low, high)]
        return f"{_told(feature, middle)} ({' to '.join(ends)})"
    places, counts = np.unique(measured, return_counts=True)
    return f"{_told(feature, places[counts.argmax()])} in {counts.max()} of {len(measured)}"
