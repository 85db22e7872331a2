"""The registry's opinion on one question: base rate, similar patients and boosting, for each option.

From exactly the values that the prompt shows and the cohort's training patients. For a question about a patient
outside training all probabilities are those of ``creason baselines`` on the same question; a training patient is
left out of what is learnt about their own question.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from creason_core.cohort.cohort import Cohort
from creason_core.errors import EvaluationError
from creason_core.evaluation.baselines.compute import NEIGHBOURS, classes_of, over_options
from creason_core.evaluation.baselines.nearest import NOBODY, closest, distances
from creason_core.evaluation.baselines.predictors import coded_row, coded_value
from creason_core.evaluation.second_opinion.learnt import Learnt, learnt
from creason_core.evaluation.second_opinion.similar import Likeness, likenesses
from creason_core.question.asked import QuestionBase
from creason_core.question.kinds import Question
from creason_core.question.masked_value import hidden_features, visible_entries
from creason_core.question.vectorised.options import chooser
from creason_core.question.vectorised.shortcuts import in_training
from creason_core.record.case import PatientCase

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Similar:
    """The most similar training patients: how many, how many had each option, and what makes them similar.

    ``had`` is None for an option that shares its bin with another ("paper" design), or stands for no value.
    """

    patients: int
    had: tuple[int | None, ...]
    likenesses: tuple[Likeness, ...]


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What the registry says of each option, in canonical order; None where an option stands for no value.

    ``base`` is the question's own base rate. ``neighbours`` are the probabilities of the baseline of that name: the
    similar patients' votes and one vote by the base rate. ``shown`` values went in, from ``training`` patients.
    """

    base: tuple[float | None, ...]
    similar: Similar
    neighbours: tuple[float | None, ...]
    boosting: tuple[float | None, ...]
    shown: int
    training: int


def second_opinion(case: PatientCase, question: Question, cohort: Cohort, *, folder: Path | None) -> SecondOpinion:
    """The registry's opinion on ``question`` about ``case``; ``folder`` is where fits are kept (``learnt``).

    Raises:
        EvaluationError: The question is another cohort's or about another case, no training patient says anything
            about it, or scikit-learn is missing.
    """
    if question.codebook_hash != cohort.codebook.content_hash or question.case_hash != case.content_hash:
        raise EvaluationError(
            "This question was asked of another version of the record or of the codebook, so the registry is not "
            "asked for a second opinion.",
            remedy="Ask the question again.",
        )
    known = learnt(cohort, question.masked_feature, hidden_in(cohort, question), without=case.patient, folder=folder)
    row = coded_row(visible_entries(case, question, cohort.codebook), known.columns, cohort.codebook)
    near = _nearest(row, known)
    classes, stands = _option_classes(question, known)
    votes = np.bincount(known.classes[near], minlength=len(known.shares)) + known.shares
    density = _density(question, known)

    def told(weights: Floats) -> tuple[float | None, ...]:
        seen = np.maximum(known.shares, 1 / len(known.classes))
        found = over_options(weights[None], classes[None], stands[None], seen, density)[0]
        return tuple(float(p) if there else None for p, there in zip(found, stands, strict=True))

    had = np.bincount(known.classes[near], minlength=len(known.shares))
    alone = [list(classes[stands]).count(one) == 1 for one in classes]
    return SecondOpinion(
        base=tuple(o.prior if there else None for o, there in zip(question.options, stands, strict=True)),
        similar=Similar(
            patients=len(near),
            had=tuple(
                int(had[one]) if there and single else None
                for one, there, single in zip(classes, stands, alone, strict=True)
            ),
            likenesses=likenesses(row, known, near),
        ),
        neighbours=told(votes),
        boosting=told(known.trees.probabilities(row)[0]),
        shown=int((~np.isnan(row)).sum()),
        training=len(known.classes),
    )


def hidden_in(cohort: Cohort, question: QuestionBase) -> frozenset[str]:
    """Everything that the prompt of ``question`` cannot show, of this or any case: what the guard hides as well."""
    guarded = {item.feature for item in hidden_features(cohort, question.masked_feature)} - set(question.guard_off)
    return frozenset(guarded | {item.feature for item in question.hidden})


def _nearest(row: Floats, known: Learnt) -> Ints:
    """The nearest of the training patients, as ``nearest.nearest`` has them, who share a value."""
    near: Ints = closest(distances(row, known.values, known.columns), k=NEIGHBOURS)[0]
    return np.extract(near != NOBODY, near)


def _option_classes(question: Question, known: Learnt) -> tuple[Ints, NDArray[np.bool_]]:
    """The class of each option, and whether it stands for one at all; "none of these" does not."""
    values = [option.low if option.value is None else option.value for option in question.options]
    numbers = [coded_value(known.feature, value) for value in values]
    coded = np.array([numbers])
    classes = classes_of(known.feature, chooser(known.model, "stratified"), coded)[0]
    return classes, ~np.isnan(coded[0])


def _density(question: Question, known: Learnt) -> Floats | None:
    """How frequent numbers of the published design are, which may share a bin; None where none can."""
    if not question.bins_shared or not known.feature.numeric:
        return None
    values = np.array([float(option.value) for option in question.options if option.value is not None])
    return in_training(known.model, values)[0][None]
