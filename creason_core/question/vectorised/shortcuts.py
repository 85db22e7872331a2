"""Shortcuts that see only the options of a question, never the patient: what they score, the options give away.

Each gives every option of a question a preference and answers with the highest; equals share the guess. What
a shortcut must learn, it learns from other patients (five folds). Shortcuts that look at one value alone are those
of ``traits``. ``shortcut_report`` holds them all to chance.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from creason_core.arrays import Bools, Floats, Ints
from creason_core.cohort.boosting import class_probabilities
from creason_core.cohort.cohort import Cohort
from creason_core.cohort.option_models import option_model
from creason_core.cohort.options import MAX_OPTIONS, OptionModel
from creason_core.question.vectorised.traits import (
    OF_ONE_TRAIT,
    Traits,
    columns_of,
    last_digit,
    learnt_by_option,
    traits_of,
)
from creason_core.record.codebook import Feature

FOLDS = 5
MAX_ROWS = 50_000  # that one fold of the boosting shortcut learns from


@dataclass(frozen=True)
class Offered:
    """The options of n questions (n × 5, NaN beyond a question's own), and what is true (n).

    ``values`` are numbers, or places of levels in the codebook. ``density`` is how frequent an option is among
    the training patients, ``rank`` the share of them below it.
    """

    feature: Ints
    patient: Ints
    fold: Ints
    key: Ints
    values: Floats
    lengths: Floats
    decimals: Floats
    density: Floats
    rank: Floats
    traits: Traits

    def of(self, rows: Bools | Ints) -> "Offered":
        """The questions in ``rows``."""
        mine = {field.name: getattr(self, field.name) for field in fields(self)}
        return Offered(**{name: found.of(rows) if name == "traits" else found[rows] for name, found in mine.items()})

    @property
    def count(self) -> Ints:
        """How many options each question has."""
        return np.asarray((~np.isnan(self.values)).sum(axis=1), dtype=np.int64)

    @property
    def chance(self) -> Floats:
        """The score of a blind guess."""
        return 1 / self.count


def offered(frame: pd.DataFrame, cohort: Cohort, *, seed: int) -> Offered:
    """The options of the questions in ``frame`` (``QuestionTable.frame``), as shortcuts see them."""
    names = {feature.name: place for place, feature in enumerate(cohort.codebook.features)}
    counts = frame["options"].str.len().to_numpy()
    there = np.arange(MAX_OPTIONS) < counts[:, None]
    feature = np.array([names[name] for name in frame["masked_feature"]], dtype=np.int64)
    _, patient = np.unique(frame["patient"].to_numpy(dtype=str), return_inverse=True)
    rng = np.random.default_rng(seed)
    folds = rng.permutation(np.arange(patient.max() + 1) % FOLDS)
    texts = np.concatenate(frame["options"].to_numpy())
    raw = np.concatenate(frame["values"].to_numpy())
    about = np.repeat(feature, counts)
    values, density, rank = (np.empty(len(raw)) for _ in range(3))
    traits = Traits.empty(len(raw))
    for place in np.unique(feature):
        rows = about == place
        model = option_model(cohort, cohort.codebook.features[place].name)
        values[rows] = _numbers(model.feature, raw[rows])
        density[rows], rank[rows] = in_training(model, values[rows])
        traits.fill(rows, traits_of(model, values[rows]))

    def padded(flat: Floats) -> Floats:
        filled = np.full(there.shape, np.nan)
        filled[there] = flat
        return filled

    return Offered(
        feature=feature,
        patient=patient,
        fold=folds[patient],
        key=frame["key"].to_numpy(dtype=np.int64),
        values=padded(values),
        lengths=padded(np.array([len(text) for text in texts], dtype=float)),
        decimals=padded(np.array([len(text.rpartition(".")[2]) if "." in text else 0 for text in texts], dtype=float)),
        density=padded(density),
        rank=padded(rank),
        traits=traits.over(padded),
    )


def preferences(questions: Offered, *, balanced: bool, seed: int) -> Mapping[str, Floats]:
    """Every shortcut's preferences (n × 5) on questions of one family; ``balanced`` is how they were sampled."""
    found = {name: shortcut(questions) for name, shortcut in SIMPLE.items()}
    found |= {name: shortcut(questions.traits) for name, shortcut in OF_ONE_TRAIT.items()}
    there = ~np.isnan(questions.values)
    found["last digit"] = last_digit(questions.traits, there, questions.feature, questions.fold, questions.key)
    found["letter prior"] = _learnt_letters(questions)

    def options(known: Offered, asked: Offered) -> Floats:
        return learnt_from(known, asked, balanced=balanced, seed=seed)

    def traits(known: Offered, asked: Offered) -> Floats:
        return _learnt_from_traits(known, asked, balanced=balanced, seed=seed)

    found["boosting"] = _learnt_elsewhere(questions, options)
    found["boosting on traits"] = _learnt_elsewhere(questions, traits)
    return found


def scores(preference: Floats, questions: Offered) -> Floats:
    """The expected score of each question: 1 where the key alone is preferred, a share where others equal it."""
    preference = np.where(np.isnan(questions.values), -np.inf, preference)
    best = preference == preference.max(axis=1, keepdims=True)
    hit = best[np.arange(len(best)), questions.key]
    shared: Floats = hit / best.sum(axis=1)
    return shared


def _middle(questions: Offered) -> Floats:
    places: Floats = np.argsort(np.argsort(questions.values, axis=1), axis=1).astype(float)
    return -np.abs(places - (questions.count[:, None] - 1) / 2)


def _out_of_order(questions: Offered) -> Floats:
    """Prefers the one option without which the others stand in ascending order."""
    values, columns = questions.values, np.arange(MAX_OPTIONS)
    preference = np.zeros_like(values)
    for place in range(MAX_OPTIONS):
        steps = np.diff(values[:, columns != place], axis=1)
        preference[:, place] = ~(steps < 0).any(axis=1)
    return preference


# By name: what is preferred. NaN beyond a question's own options.
SIMPLE: Mapping[str, Callable[[Offered], Floats]] = {
    "decimals": lambda questions: questions.decimals,
    "smallest": lambda questions: -questions.values,
    "largest": lambda questions: questions.values,
    "middle": _middle,
    "out of order": _out_of_order,
    "text length": lambda questions: questions.lengths,
    "marginal density": lambda questions: questions.density,
}
SHORTCUTS: tuple[str, ...] = (*SIMPLE, *OF_ONE_TRAIT, "last digit", "letter prior", "boosting", "boosting on traits")


def _learnt_letters(questions: Offered) -> Floats:
    """Prefers the place that is most often true among other patients' questions about the same feature."""
    features = int(questions.feature.max()) + 1
    tally = np.zeros((FOLDS, features, MAX_OPTIONS))
    np.add.at(tally, (questions.fold, questions.feature, questions.key), 1)
    others: Floats = tally.sum(axis=0) - tally
    return others[questions.fold, questions.feature]


def _learnt_elsewhere(questions: Offered, learn: Callable[[Offered, Offered], Floats]) -> Floats:
    """Prefers what ``learn`` finds likeliest from the questions about other patients."""
    found = np.zeros((len(questions.key), MAX_OPTIONS))
    for fold in range(FOLDS):
        test = questions.fold == fold
        if test.any() and not test.all():
            found[test] = learn(questions.of(~test), questions.of(test))
    return found


def _learnt_from_traits(known: Offered, asked: Offered, *, balanced: bool, seed: int) -> Floats:
    """How likely each option of ``asked`` (n × 5) is true, by its traits beside those of the question's others."""
    (seen, categorical), (new, _) = (
        columns_of(
            questions.traits,
            questions.feature,
            (questions.values, questions.rank, questions.density, questions.lengths, questions.decimals),
        )
        for questions in (known, asked)
    )
    weights = _equal_keys(known.feature, known.key) if balanced else None
    return learnt_by_option(seen, known.key, weights, new, categorical=categorical, seed=seed)


def learnt_from(known: Offered, asked: Offered, *, balanced: bool, seed: int) -> Floats:
    """The probability of each option (n × 5) of ``asked``, by boosting on the options and keys of ``known``.

    ``balanced`` gives every key of a feature the same weight. In a balanced sample a key that is rare among the
    other patients is frequent in the fold: without weights the shortcut would learn to be wrong and hide a leak.
    """
    rows = np.arange(len(known.key))
    if len(rows) > MAX_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, MAX_ROWS, replace=False))
    inputs = _inputs(known)[rows]
    return class_probabilities(
        inputs,
        known.key[rows],
        _inputs(asked),
        count=MAX_OPTIONS,
        categorical=[True, *([False] * (inputs.shape[1] - 1))],
        seed=seed,
        weights=_equal_keys(known.feature[rows], known.key[rows]) if balanced else None,
    )


def _inputs(questions: Offered) -> Floats:
    steps = np.diff(questions.rank, axis=1)
    columns = (questions.feature, questions.values, questions.rank, questions.lengths, questions.density, steps)
    return np.column_stack(columns).astype(float)


def _equal_keys(feature: Ints, key: Ints) -> Floats:
    """Weights that give every key of a feature the same total, with mean 1."""
    _, place, counts = np.unique(feature * MAX_OPTIONS + key, return_inverse=True, return_counts=True)
    weights = 1 / counts[place]
    return np.asarray(weights / weights.mean())


def _numbers(feature: Feature, raw: NDArray[np.object_]) -> Floats:
    if feature.numeric:
        return raw.astype(float)
    places = {level.code: place for place, level in enumerate(feature.levels)}
    return np.array([places[code] for code in raw], dtype=float)


def in_training(model: OptionModel, values: Floats) -> tuple[Floats, Floats]:
    """How frequent ``values`` are among the training patients, and the share of them below each."""
    if not model.feature.numeric:
        counts = dict(model.levels)
        frequency = np.array([counts.get(level.code, 0) for level in model.feature.levels], dtype=float)
        return frequency[values.astype(int)], (np.cumsum(frequency) - frequency)[values.astype(int)] / frequency.sum()
    numbers = np.asarray(model.numbers)
    # Silverman's rule for the width of a window (Density Estimation, 1986, 3.31), at least one unit of the scale.
    quartiles = np.quantile(numbers, [0.25, 0.75])
    spread = min(numbers.std(), (quartiles[1] - quartiles[0]) / 1.34) or numbers.std()
    width = max(0.9 * spread * len(numbers) ** -0.2, 10.0**-model.feature.decimals / 2)
    below, upto = np.searchsorted(numbers, values - width), np.searchsorted(numbers, values + width, side="right")
    return (upto - below).astype(float), np.searchsorted(numbers, values) / len(numbers)
