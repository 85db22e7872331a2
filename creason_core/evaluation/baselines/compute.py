"""Floors and ceiling: what a question file yields without a language model.

chance        a blind guess
prior         the option that stands for most training patients
options only  gradient boosting on the options and the feature's name, without the patient
neighbours    the 25 most similar training patients
boosting      gradient boosting on the patient

The last two see exactly what the prompt shows: not the masked feature, nothing hidden with it, no filled
normals. Where the questions were sampled class-balanced, their probabilities are corrected for it (divided by
the training shares of the classes), or they would be a ceiling too low. Everything is fitted on training
patients. What was computed for a feature is kept beside the file and taken up again.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from creason_core.arrays import Bools, Floats, Ints
from creason_core.cohort.boosting import class_probabilities, fitted_as
from creason_core.cohort.cohort import Cohort
from creason_core.cohort.option_models import option_model
from creason_core.cohort.options import MAX_OPTIONS, Design
from creason_core.evaluation.baselines.nearest import NOBODY, nearest
from creason_core.files import whole_file
from creason_core.private import private_folder
from creason_core.question.masked_value import SHOWN_ROLES, hidden_features
from creason_core.question.vectorised.coded import code
from creason_core.question.vectorised.options import Chooser, chooser
from creason_core.question.vectorised.questions import QuestionColumns
from creason_core.question.vectorised.shortcuts import Offered, learnt_from, offered, scores
from creason_core.question.vectorised.table import QuestionTable
from creason_core.record.codebook import Feature
from creason_core.record.hours import parted

VERSION = 2  # of what is computed: older results are not taken up
NEIGHBOURS = 25
BASELINES = ("chance", "prior", "options only", "neighbours", "boosting")


@dataclass(frozen=True)
class Baselines:
    """Every baseline's probabilities (n × 5, 0 beyond a question's options) and expected scores (n)."""

    probabilities: Mapping[str, Floats]
    scores: Mapping[str, Floats]
    reused: int  # features whose results were already there


def compute(
    table: QuestionTable, cohort: Cohort, *, seed: int = 0, progress: Callable[[int], object] = lambda _: None
) -> Baselines:
    """Every baseline on every question of ``table``; ``progress`` is told after every feature.

    Raises:
        QuestionError: The file belongs to another cohort or version.
        EvaluationError: scikit-learn is not installed.
    """
    table.require(cohort)
    frame = table.frame
    questions = offered(frame, cohort, seed=seed)
    found = {name: np.zeros((len(frame), MAX_OPTIONS)) for name in BASELINES}
    kept = _Kept(table, seed)
    for place in np.unique(questions.feature):
        rows = np.nonzero(questions.feature == place)[0]
        feature = cohort.codebook.features[place]
        mine = kept.get(feature.name)
        if mine is None:
            mine = _Feature(cohort, feature, table, seed).compute(frame.iloc[rows], questions.of(rows))
            kept.put(feature.name, mine)
        for name in BASELINES:
            found[name][rows] = mine[name]
        progress(1)
    return Baselines(
        probabilities=found,
        scores={name: scores(preference, questions) for name, preference in found.items()},
        reused=kept.reused,
    )


def visible_features(cohort: Cohort, masked: Feature) -> tuple[Feature, ...]:
    """What a prompt about ``masked`` can show, in codebook order; of a feature over time its values at each time."""
    hidden = {item.feature for item in hidden_features(cohort, masked.name)}
    return tuple(
        feature
        for feature in cohort.codebook.columns
        if feature.role in SHOWN_ROLES
        and feature.name not in hidden
        and masked.name not in (feature.name, parted(feature.name)[0])
    )


def matrix(frame: pd.DataFrame, features: Sequence[Feature]) -> Floats:
    """Patients × features: numbers as they are, levels as their place in the codebook, NaN where not measured."""
    columns = []
    for feature in features:
        column = code(frame, feature)
        places = {level.code: float(place) for place, level in enumerate(feature.levels)}
        values = [places[value] if isinstance(value, str) else value for value in column.values]
        known = np.array([*values, np.nan])[column.codes]
        columns.append(np.where(column.measured, known, np.nan))
    return np.column_stack(columns) if columns else np.empty((len(frame), 0))


class _Feature:
    """The baselines of one masked feature, fitted on the training patients in whom it was measured."""

    def __init__(self, cohort: Cohort, feature: Feature, table: QuestionTable, seed: int) -> None:
        self._cohort, self._feature, self._meta, self._seed = cohort, feature, table.meta, seed
        self._model = option_model(cohort, feature.name)
        self._chooser = chooser(self._model, table.meta.design)
        self._known = cohort.training.loc[cohort.measured_training(feature).index]
        column = code(self._known, feature)
        self._classes = self._chooser.classes(column.values)[column.codes]
        self._count = len(self._model.bins) if feature.numeric else len(feature.levels)
        self._shares = np.bincount(self._classes, minlength=self._count) / len(self._classes)

    def compute(self, frame: pd.DataFrame, questions: Offered) -> Mapping[str, Floats]:
        """Every baseline's probabilities for the questions in ``frame``."""
        visible = visible_features(self._cohort, self._feature)
        train = matrix(self._known, visible)
        test = matrix(self._cohort.table.loc[frame["patient"].tolist()], visible)
        near = np.append(self._classes, NOBODY)[nearest(test, train, visible, k=NEIGHBOURS)]
        votes = (near[:, :, None] == np.arange(self._count)).sum(axis=1) + self._shares  # and one vote by the prior
        codes = [not feature.ordered for feature in visible]
        boosted = class_probabilities(train, self._classes, test, count=self._count, categorical=codes, seed=self._seed)
        there = ~np.isnan(questions.values)
        balanced = self._meta.sampling.balanced
        blind = learnt_from(self._training_questions(), questions, balanced=balanced, seed=self._seed)
        return {
            "chance": _normal(there.astype(float), there),
            "prior": np.array([np.pad(row, (0, MAX_OPTIONS - len(row))) for row in frame["priors"]]),
            "options only": _normal(blind, there),
            "neighbours": self._over_options(votes, questions),
            "boosting": self._over_options(boosted, questions),
        }

    def _over_options(self, weights: Floats, questions: Offered) -> Floats:
        """Probabilities of classes (n × classes) as probabilities of the options that stand for them."""
        classes = classes_of(self._feature, self._chooser, questions.values)
        seen = np.maximum(self._shares, 1 / len(self._classes))
        there = ~np.isnan(questions.values)
        raw = weights / seen if self._meta.sampling.balanced else weights
        density = questions.density if self._feature.numeric and self._meta.design == "paper" else None
        return over_options(raw, classes, there, seen, density)

    def _training_questions(self) -> Offered:
        """The same kind of questions about the training patients, for what learns from options."""
        meta = self._meta
        columns = QuestionColumns(
            self._cohort, (self._feature,), "fitted", design=meta.design, version=meta.design_version, seed=meta.seed
        )
        made = columns.table(self._known, np.ones((len(self._known), 1), dtype=bool))
        return offered(made.to_pandas(), self._cohort, seed=self._seed)


def over_options(weights: Floats, classes: Ints, there: Bools, seen: Floats, density: Floats | None = None) -> Floats:
    """Weights of classes (n × classes) as probabilities (n × options) of the options ``there`` that stand for them.

    ``classes`` (n × options) are the options' own. Numbers of the published design may share a bin: there ``density``
    (n × options), how frequent each is among the training patients, parts the bin's weight by that within the bin,
    whose share of them is ``seen`` (classes, none 0).
    """
    raw = np.take_along_axis(weights, classes, axis=1)
    if density is not None:
        raw = raw * np.nan_to_num(density) / seen[classes]
    kept = np.where(there, raw + 1e-12, 0.0)
    return np.asarray(kept / kept.sum(axis=1, keepdims=True))


def classes_of(feature: Feature, make: Chooser, values: Floats) -> Ints:
    """The class (bin or level) of every value or level place in an array; 0 for NaN."""
    if not feature.numeric:
        return np.nan_to_num(values).astype(np.int64)
    distinct, place = np.unique(np.nan_to_num(values), return_inverse=True)
    return make.classes(distinct.tolist())[place].reshape(values.shape)


def true_classes(questions: Offered, cohort: Cohort, design: Design) -> Ints:
    """The class of each question's truth: the place of its level in the codebook, or its bin of the training patients.

    Never the place of the true option among those offered: of many levels a question offers some.
    """
    true = questions.values[np.arange(len(questions.key)), questions.key]
    classes = np.zeros(len(true), dtype=np.int64)
    for place in np.unique(questions.feature):
        feature, rows = cohort.codebook.features[place], questions.feature == place
        classes[rows] = classes_of(feature, chooser(option_model(cohort, feature.name), design), true[rows])
    return classes


def _normal(weights: Floats, there: Bools) -> Floats:
    kept = np.where(there, weights + 1e-12, 0.0)
    return np.asarray(kept / kept.sum(axis=1, keepdims=True))


class _Kept:
    """Results by feature, beside the question file; named by everything that determines them."""

    def __init__(self, table: QuestionTable, seed: int) -> None:
        self._folder = table.path.with_name(f"{table.path.name}.baselines")
        made_of = f"{VERSION} {fitted_as()} {seed} {table.meta.model_dump_json()}".encode() + table.path.read_bytes()
        self._name = hashlib.sha256(made_of).hexdigest()[:16]
        self.reused = 0

    def get(self, feature: str) -> Mapping[str, Floats] | None:
        path = self._path(feature)
        if not path.is_file():
            return None
        self.reused += 1
        with np.load(path) as saved:
            return {name: saved[name] for name in BASELINES}

    def put(self, feature: str, found: Mapping[str, Floats]) -> None:
        private_folder(self._folder)
        with whole_file(self._path(feature)) as partial, partial.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **found)

    def _path(self, feature: str) -> Path:
        return self._folder / f"{feature}-{self._name}.npz"
