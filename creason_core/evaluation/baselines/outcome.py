"""What is known of an outcome without a language model: how common it is, and what gradient boosting says.

Both come from the training patients in whom the outcome is recorded, without the patient who is asked about. Boosting
sees exactly what the prompt shows.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from creason_core.cohort.boosting import Fitted, fit_classes
from creason_core.cohort.cohort import Cohort
from creason_core.errors import EvaluationError
from creason_core.evaluation.baselines.compute import matrix
from creason_core.evaluation.baselines.predictors import coded_row
from creason_core.metrics import wilson
from creason_core.question.masked_value import SHOWN_ROLES, visible_entries
from creason_core.question.outcome import OutcomeQuestion, Probability, kept_back
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Feature

SEED = 0


@dataclass(frozen=True, slots=True)
class OutcomeBaseline:
    """``rate`` of the training patients; what boosting says of this patient (0 to 1), or ``note``: why it cannot."""

    rate: Probability
    boosting: float | None
    note: str = ""


def outcome_baseline(cohort: Cohort, question: OutcomeQuestion, case: PatientCase) -> OutcomeBaseline:
    """The baselines of a prediction about ``case``. The first one about an outcome fits boosting, a second or so."""
    feature = cohort.codebook.feature(question.masked_feature)
    event = feature.levels[question.event].code
    known = cohort.measured_training(feature).drop(case.patient, errors="ignore")
    came = int((known == event).sum())
    rate = Probability(came / len(known), wilson(came, len(known)), len(known))
    visible = _visible(cohort, kept_back(cohort, question))
    without = case.patient if case.patient in cohort.training.index else ""
    try:
        fitted = _fitted(cohort, feature.name, question.event, visible, without)
    except EvaluationError as error:
        return OutcomeBaseline(rate, None, f"Gradient boosting: {error.message}")
    row = coded_row(visible_entries(case, question, cohort.codebook), visible, cohort.codebook)
    return OutcomeBaseline(rate, float(fitted.probabilities(row)[0, 1]))


def _visible(cohort: Cohort, hidden: frozenset[str]) -> tuple[Feature, ...]:
    return tuple(f for f in cohort.codebook.columns if f.role in SHOWN_ROLES and f.name not in hidden)


@lru_cache(maxsize=16)
def _fitted(cohort: Cohort, outcome: str, event: int, visible: tuple[Feature, ...], without: str) -> Fitted:
    feature = cohort.codebook.feature(outcome)
    known = cohort.measured_training(feature).drop(without, errors="ignore")
    return fit_classes(
        matrix(cohort.training.loc[known.index], visible),
        (known == feature.levels[event].code).to_numpy().astype(np.int64),
        count=2,
        categorical=[not f.ordered for f in visible],
        seed=SEED,
    )
