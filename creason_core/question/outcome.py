"""A prediction: whether a yes/no outcome of the codebook will come about, from what is known at a time before it.

Nothing that is known later than that time is shown, whatever its role, nor what the leak guard hides with the outcome;
the first may never be let through. The outcome may be recorded, or not yet be known of this patient. It is another
question than that for a masked outcome, whose record may show what was known when the outcome was: its answers are
counted apart from accuracy, and no rating of one is a training row.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.leakage.guard import HiddenFeature
from creason_core.cohort.options import Option
from creason_core.errors import QuestionError
from creason_core.metrics import Interval, wilson
from creason_core.question.asked import Maskable, QuestionBase, Truth
from creason_core.question.confidence import Vote, letter_weights
from creason_core.question.masked_value import SHOWN_ROLES, asked_of, hidden_features, same_codebook
from creason_core.record.case import PatientCase
from creason_core.record.codebook import KNOWN_AT, TIMES, WHEN, Codebook, Feature, Time
from creason_core.record.hours import parted
from creason_core.record.over_time import counted


class OutcomeQuestion(QuestionBase):
    """A prediction of the outcome ``masked_feature`` from what is known at ``as_of``.

    ``event`` is the index of the option Yes. ``key`` and ``recorded`` are None where the record does not say.
    """

    kind: Literal["outcome"] = "outcome"
    as_of: Time
    event: int
    key: int | None
    recorded: str | None

    @property
    def truth(self) -> Truth | None:
        """The recorded outcome and its option, None where the record does not say."""
        return None if self.key is None or self.recorded is None else Truth(self.key, self.recorded)

    @property
    def asked_from(self) -> Time:  # noqa: D102
        return self.as_of


@dataclass(frozen=True, slots=True)
class Probability:
    """How likely an outcome is (0 to 1), with a 95 % interval, from ``of`` samples or patients."""

    value: float
    interval: Interval
    of: int


@dataclass(frozen=True, slots=True)
class Weighed:
    """How likely an outcome is (0 to 1) by the log-probabilities of Yes and No after each of ``of`` replies."""

    value: float
    of: int


def outcomes(cohort: Cohort) -> tuple[Maskable, ...]:
    """For every outcome of the codebook, recorded of a patient or not, whether it can be predicted."""
    return tuple(
        Maskable(feature=feature.name, why_not=_why_not(feature, cohort))
        for feature in cohort.codebook.features
        if feature.role == "outcome"
    )


def build_outcome(
    case: PatientCase,
    feature: str,
    cohort: Cohort,
    *,
    seed: int,
    guard_off: frozenset[str] = frozenset(),
    as_of: Time | None = None,
) -> OutcomeQuestion:
    """The question "what will be the outcome ``feature``?" about ``case``, from what is known at ``as_of``.

    Without ``as_of`` that is the last time before the outcome. ``guard_off`` names features that stay visible although
    the leak guard would hide them; what is known later than ``as_of`` stays hidden.

    Raises:
        QuestionError: It is no yes/no outcome, or nothing is known before it at ``as_of``; the message says why.
        CodebookError: The feature or the case's codebook version is unknown.
    """
    described = cohort.codebook.feature(feature)
    same_codebook(case, cohort)
    if why_not := _why_not(described, cohort):
        raise QuestionError(why_not, remedy="Choose another outcome.")
    times = times_before(cohort.codebook, described)
    as_of = as_of or times[-1]
    if as_of not in times:
        raise QuestionError(
            f"{described.label} cannot be predicted from what is known {_when(cohort.codebook, as_of)}.",
            remedy=f"Choose: {', '.join(_when(cohort.codebook, time) for time in times)}.",
        )
    let = guard_off - set(later_in(case, cohort.codebook, as_of))
    shared = asked_of(case, feature, cohort, design=f"outcome-1@{as_of}", seed=seed, guard_off=let)
    hidden = {item.feature: item for item in (*shared["hidden"], *_later(case, cohort.codebook, described, as_of))}
    in_order = dict.fromkeys(name for entry in case.entries for name in (entry.feature, entry.name))
    shared["hidden"] = tuple(hidden[name] for name in in_order if name in hidden)
    counts = cohort.measured_training(described).value_counts()
    entry = counted(case, described, cohort.codebook)
    codes = [level.code for level in described.levels]
    known = str(entry.value) if entry is not None and entry.measured else None
    return OutcomeQuestion(
        **shared,
        options=tuple(
            Option(text=level.label, value=level.code, prior=float(counts.get(level.code, 0) / counts.sum()))
            for level in described.levels
        ),
        as_of=as_of,
        event=_event(described),
        key=codes.index(known) if known is not None else None,
        recorded=known,
    )


def times_before(codebook: Codebook, outcome: Feature) -> tuple[Time, ...]:
    """The times before ``outcome`` at which something is known that a prompt may show, earliest first."""
    known = {feature.time for feature in codebook.features if feature.role in SHOWN_ROLES}
    return tuple(time for time in TIMES[: TIMES.index(outcome.time)] if time in known)


def later_in(case: PatientCase, codebook: Codebook, time: Time) -> tuple[str, ...]:
    """What prompts about ``case`` can show and is known later than ``time``, as ``Entry.name``, in the case's order."""
    return tuple(entry.name for entry in case.entries if _is_later(codebook.feature(entry.name), codebook, time))


def _is_later(feature: Feature, codebook: Codebook, time: Time) -> bool:
    """Whether prompts can show ``feature``, or it at one time, and it is known later than ``time``.

    A value over time is known at its own hours; any other not before its feature is, whatever its hours.
    """
    if feature.role not in SHOWN_ROLES:
        return False
    base, hours = parted(feature.name)
    over_time = bool(codebook.points_of(codebook.feature(base)))
    late = (over_time or hours is not None) and codebook.known_at(feature) > KNOWN_AT[time]
    return late or (not over_time and TIMES.index(feature.time) > TIMES.index(time))


def kept_back(cohort: Cohort, question: OutcomeQuestion) -> frozenset[str]:
    """Every column that no prompt or baseline of ``question`` may show, whether this case has it or not."""
    guarded = {item.feature for item in hidden_features(cohort, question.masked_feature)} - set(question.guard_off)
    later = (one.name for one in cohort.codebook.columns if _is_later(one, cohort.codebook, question.as_of))
    return frozenset({question.masked_feature, *guarded, *later, *(item.feature for item in question.hidden)})


def probability(vote: Vote, event: int) -> Probability | None:
    """The share of Yes among the samples that answered, with its Wilson interval; None of fewer than two answers."""
    if vote.answered < 2:
        return None
    chosen = vote.shares[event].chosen
    return Probability(chosen / vote.answered, wilson(chosen, vote.answered), vote.answered)


def weighed_probability(logprobs: Sequence[Sequence[float]], event: int) -> Weighed | None:
    """The mean over samples of the probability of Yes beside No, from their log-probabilities; None where none has any.

    ``logprobs`` are those of a sample each, in canonical order, empty where the engine gave none.
    """
    given = [letter_weights(values)[event] for values in logprobs if values and math.isfinite(max(values))]
    return Weighed(sum(given) / len(given), len(given)) if given else None


def _later(case: PatientCase, codebook: Codebook, outcome: Feature, as_of: Time) -> tuple[HiddenFeature, ...]:
    """What prompts could show of ``case`` and is known later than ``as_of``."""
    return tuple(
        HiddenFeature(
            feature=feature.name,
            reason="recorded later",
            sentence=(
                f"{feature.label} is hidden: it is known {codebook.when(feature)}; {outcome.label} is predicted "
                f"from what is known {_when(codebook, as_of)}."
            ),
        )
        for feature in map(codebook.feature, later_in(case, codebook, as_of))
    )


def _when(codebook: Codebook, time: Time) -> str:
    return codebook.times.get(time, WHEN[time])


def _event(feature: Feature) -> int:
    """The index of the level that says that the outcome came about."""
    return [level.label.casefold() for level in feature.levels].index("yes")


def _why_not(feature: Feature, cohort: Cohort) -> str:
    labels = [level.label for level in feature.levels]
    if feature.role != "outcome":
        return f"{feature.label} is no outcome of this codebook."
    if sorted(label.casefold() for label in labels) != ["no", "yes"]:
        told = f"is one of {', '.join(labels)}" if labels else "is a number"
        return f"{feature.label} {told}; only an outcome that is Yes or No is predicted."
    if cohort.measured_training(feature).nunique() < 2:
        return f"{feature.label} is the same in all training patients, so there is nothing to compare with."
    if not times_before(cohort.codebook, feature):
        return f"Nothing of this codebook is known before {feature.label}."
    return ""
