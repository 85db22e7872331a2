"""The rule by which a new adapter comes into use or does not: pure numbers in, a verdict with its reasons out.

On each file of held-out questions, answered by both models in the same way, three things must hold:

1. There are at least ``patients`` patients: fewer decide nothing.
2. The candidate is not worse: the lower end of the 95 % interval of the paired difference in accuracy (over
   patients) is at least −``margin``. A negative margin asks for a gain.
3. It answers: its answered rate is at least ``answered``, or not below that of the model in use.
"""

from typing import TYPE_CHECKING

from pydantic import Field, PositiveInt

from creason_core.evaluation.plan import Scoring
from creason_core.frozen import Frozen
from creason_core.metrics.comparison import paired_difference

if TYPE_CHECKING:
    import pandas as pd

SEED = 0  # of the test by sign flips


class Rule(Frozen):
    """What is asked of a candidate."""

    margin: float = Field(default=0.02, ge=-1, le=1)
    """Share of questions that may be lost; negative: a gain that is asked for."""
    answered: float = Field(default=0.99, ge=0, le=1)
    """The answered rate that is enough."""
    patients: PositiveInt = 100
    """Fewer decide nothing."""


class Compared(Frozen):
    """Two models on the same questions."""

    questions: int
    """Questions that both answered the same way."""
    patients: int
    """Patients that they are about."""
    accuracy: float
    """Of the candidate, 0 to 1."""
    accuracy_now: float
    """Of the model in use."""
    difference: float
    """Candidate − current."""
    low: float | None
    """Lower end of its 95 % interval; None from one patient, which says nothing of others."""
    high: float | None
    """Upper end; None as ``low``."""
    p: float | None
    """Two-sided, by sign flips of whole patients; None as ``low``."""
    answered: float
    """Share of questions with an answer, of the candidate."""
    answered_now: float
    """Of the model in use."""


class Reason(Frozen):
    """One part of the rule on one file."""

    holds: bool
    """Whether this part of the rule holds."""
    said: str
    """The figures, in a sentence."""


def compared(candidate: "pd.DataFrame", current: "pd.DataFrame", scoring: Scoring) -> Compared:
    """The two models' ``evaluation.result_tables.read_answers`` of one question file."""
    now = current.set_index("id").loc[candidate["id"]]
    scores, before = candidate[f"{scoring}_score"].to_numpy(float), now[f"{scoring}_score"].to_numpy(float)
    found = paired_difference(scores, before, candidate["patient"], seed=SEED)
    interval = found.estimate.interval
    return Compared(
        questions=len(scores),
        patients=found.estimate.clusters,
        accuracy=float(scores.mean()),
        accuracy_now=float(before.mean()),
        difference=found.estimate.value,
        low=interval.low if interval.known else None,
        high=interval.high if interval.known else None,
        p=found.p if interval.known else None,
        answered=float(candidate[f"{scoring}_answered"].mean()),
        answered_now=float(now[f"{scoring}_answered"].mean()),
    )


def reasons(found: Compared, rule: Rule) -> tuple[Reason, ...]:
    """Each part of the rule, in its order."""
    demand = f"at most {_points(rule.margin)} may be lost" if rule.margin >= 0 else f"a gain of {_points(-rule.margin)}"
    return (
        Reason(
            holds=found.patients >= rule.patients,
            said=f"{found.questions:,} questions about {found.patients:,} patients; at least {rule.patients:,} "
            "patients are needed.",
        ),
        Reason(
            holds=found.low is not None and found.low >= -rule.margin,
            said=f"Right: {_percent(found.accuracy)}, the model in use {_percent(found.accuracy_now)}; difference "
            f"{100 * found.difference:+.1f} points ({_sureness(found)}); {demand}"
            f"{'' if rule.margin >= 0 else ' is asked for'}, to be sure of by the interval.",
        ),
        Reason(
            holds=found.answered >= min(rule.answered, found.answered_now),
            said=f"Answered: {_percent(found.answered)}, the model in use {_percent(found.answered_now)}; at least "
            f"{_percent(rule.answered)}, or no less than the model in use, is needed.",
        ),
    )


def _sureness(found: Compared) -> str:
    if found.low is None or found.high is None or found.p is None:
        return "one patient, so there is no interval and no p"
    return f"95 % {100 * found.low:+.1f} to {100 * found.high:+.1f}, p = {found.p:.3f}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _points(share: float) -> str:
    return f"{100 * share:.1f} points"
