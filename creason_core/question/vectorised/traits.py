"""What can be known of an option's value without the patient: from the training patients, and from how it is written.

A question is only fair where the true value and the others have these traits alike. The shortcuts of this module
look at nothing else; ``shortcuts`` has those that look at the options as a set.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

import numpy as np

from creason_core.arrays import Bools, Floats, Ints
from creason_core.cohort.boosting import class_probabilities
from creason_core.cohort.options import OptionModel
from creason_core.record.codebook import Feature

MAX_QUESTIONS = 20_000  # that one fold of the boosting shortcut learns from
DIGITS = 10


@dataclass(frozen=True)
class Traits:
    """Of the options of n questions (n × 5, NaN beyond a question's own; 0 where a level has no such trait).

    ``seen``: whether a training patient has exactly this value (1 or 0), ``count``: how many have it. ``distance``:
    to the nearest training value, in standard deviations of those. ``digit``: the last one written. ``roundness``:
    3 for a multiple of 10, 2 of 5, 1 for another whole number, 0 else.
    """

    seen: Floats
    count: Floats
    distance: Floats
    digit: Floats
    roundness: Floats

    def of(self, rows: Bools | Ints) -> "Traits":
        """Those of the questions in ``rows``."""
        return Traits(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def over(self, arrange: Callable[[Floats], Floats]) -> "Traits":
        """Each trait through ``arrange``."""
        return Traits(**{field.name: arrange(getattr(self, field.name)) for field in fields(self)})

    @classmethod
    def empty(cls, count: int) -> "Traits":
        """Of ``count`` values, to be filled."""
        return cls(*(np.zeros(count) for _ in fields(cls)))

    def fill(self, rows: Bools, found: "Traits") -> None:
        """Puts ``found`` into the places ``rows``."""
        for field in fields(self):
            getattr(self, field.name)[rows] = getattr(found, field.name)


def traits_of(model: OptionModel, values: Floats) -> Traits:
    """The traits of ``values``: numbers as the codebook writes them, or places of levels in the codebook."""
    nothing = np.zeros(len(values))
    if not model.feature.numeric:
        counts = dict(model.levels)
        count = np.array([counts.get(level.code, 0) for level in model.feature.levels], dtype=float)[values.astype(int)]
        return Traits((count > 0).astype(float), count, nothing, nothing, nothing)
    known, numbers = np.asarray(model.distinct), np.asarray(model.numbers)
    count = (np.searchsorted(numbers, values, "right") - np.searchsorted(numbers, values)).astype(float)
    above = np.minimum(np.searchsorted(known, values), len(known) - 1)
    nearest = np.minimum(np.abs(known[above] - values), np.abs(known[np.maximum(above - 1, 0)] - values))
    units = _units(model.feature, values)
    return Traits(
        seen=(count > 0).astype(float),
        count=count,
        distance=nearest / (numbers.std() or 1.0),
        digit=np.abs(units) % DIGITS,
        roundness=_roundness(model.feature, units),
    )


def _units(feature: Feature, values: Floats) -> Floats:
    """Values as whole numbers of the last decimal that is written."""
    return np.asarray(np.rint(values * 10.0**feature.decimals))


def _roundness(feature: Feature, units: Floats) -> Floats:
    whole = 10.0**feature.decimals
    found = np.zeros(len(units))
    for rank, multiple in enumerate((1, 5, 10), start=1):
        found[units % (multiple * whole) == 0] = rank
    return found


# By name: what is preferred.
OF_ONE_TRAIT: Mapping[str, Callable[[Traits], Floats]] = {
    "not in training": lambda traits: -traits.seen,
    "in training": lambda traits: traits.seen,
    "far from training": lambda traits: traits.distance,
    "near to training": lambda traits: -traits.distance,
    "rare in training": lambda traits: -traits.count,
    "often in training": lambda traits: traits.count,
    "round": lambda traits: traits.roundness,
    "not round": lambda traits: -traits.roundness,
}


def last_digit(traits: Traits, there: Bools, feature: Ints, fold: Ints, key: Ints) -> Floats:
    """Prefers the last digit that is most often true among other patients' questions about the same feature."""
    shape = (int(fold.max()) + 1, int(feature.max()) + 1, DIGITS)
    true, offered = np.zeros(shape), np.zeros(shape)
    digit = np.nan_to_num(traits.digit).astype(np.int64)
    question, place = np.nonzero(there)
    np.add.at(offered, (fold[question], feature[question], digit[question, place]), 1)
    rows = np.arange(len(key))
    np.add.at(true, (fold, feature, digit[rows, key]), 1)
    rate = (true.sum(axis=0) - true + 1) / (offered.sum(axis=0) - offered + 5)
    return np.asarray(rate[fold[:, None], feature[:, None], digit])


def learnt_by_option(
    known: Floats, keys: Ints, weights: Floats | None, asked: Floats, *, categorical: tuple[bool, ...], seed: int
) -> Floats:
    """How likely each option of ``asked`` is the true one, by boosting over the options of ``known``.

    ``known`` and ``asked`` are questions × 5 × columns, all NaN beyond a question's own options; ``keys`` and
    ``weights`` are the known questions'.
    """
    rows = np.arange(len(known))
    if len(rows) > MAX_QUESTIONS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, MAX_QUESTIONS, replace=False))
    question, place = np.nonzero(~np.isnan(known[rows]).all(axis=2))
    found = class_probabilities(
        known[rows][question, place],
        (keys[rows][question] == place).astype(np.int64),
        asked.reshape(-1, asked.shape[2]),
        count=2,
        categorical=categorical,
        seed=seed,
        weights=None if weights is None else weights[rows][question],
    )
    return found[:, 1].reshape(asked.shape[:2])


def columns_of(traits: Traits, feature: Ints, others: tuple[Floats, ...]) -> tuple[Floats, tuple[bool, ...]]:
    """What boosting sees of each option (n × 5 × columns), and which columns have no order.

    The feature, ``others`` (n × 5), every trait, and each as it stands to the mean of its question.
    """
    there = ~np.isnan(traits.seen)
    seen = (*others, *(getattr(traits, field.name) for field in fields(traits)))
    relative = tuple(column - np.nanmean(column, axis=1, keepdims=True) for column in seen)
    about = np.where(there, feature[:, None].astype(float), np.nan)
    return np.stack([about, *seen, *relative], axis=2), (True, *([False] * (2 * len(seen))))
