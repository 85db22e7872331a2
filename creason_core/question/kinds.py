"""The kinds of question: a stored model and a task each, one union of the models, one table of the tasks.

A new kind is a model in a module of its own, a task here, and a line in ``TASKS``; the store, the runs, the exports
and the pages ask the task.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, cast

from pydantic import Field, TypeAdapter

from creason_core.cohort.cohort import Cohort
from creason_core.question.asked import Kind, Maskable
from creason_core.question.confidence import Vote
from creason_core.question.guideline import Guidance, GuidelineQuestion
from creason_core.question.masked_value import (
    EstimateQuestion,
    MultipleChoiceQuestion,
    build_estimate,
    build_question,
    estimable,
    maskable,
)
from creason_core.question.outcome import (
    OutcomeQuestion,
    Probability,
    build_outcome,
    later_in,
    outcomes,
    probability,
)
from creason_core.question.prompts import estimate_stem, masked_stem, outcome_stem
from creason_core.question.task import Outcome, Task, grade
from creason_core.record.case import PatientCase
from creason_core.record.codebook import WHEN, Codebook, Time

Question = MultipleChoiceQuestion | EstimateQuestion | OutcomeQuestion | GuidelineQuestion

_STORED: TypeAdapter[Question] = TypeAdapter(Annotated[Question, Field(discriminator="kind")])


class MaskedValue(Task[MultipleChoiceQuestion]):
    """What is the masked value? The only kind that is measured and trained on."""

    kind: ClassVar[Kind] = "mask"
    title: ClassVar[str] = "One value"
    doing: ClassVar[str] = "Masked"
    marked: ClassVar[str] = "hidden"
    evaluated: ClassVar[bool] = True

    @property
    def stem(self) -> str:  # noqa: D102
        return masked_stem(self.feature)

    @property
    def design(self) -> str:  # noqa: D102
        return self.question.design

    @property
    def design_version(self) -> int:  # noqa: D102
        return self.question.design_version

    def grade(self, option: int | None) -> Outcome:  # noqa: D102
        return grade(option, self.question.key)

    @staticmethod
    def candidates(case: PatientCase, cohort: Cohort) -> tuple[Maskable, ...]:  # noqa: D102
        return maskable(case, cohort)

    @staticmethod
    def build(  # noqa: D102
        case: PatientCase,
        feature: str,
        cohort: Cohort,
        *,
        seed: int,
        guard_off: frozenset[str] = frozenset(),
        as_of: Time | None = None,  # noqa: ARG004 - the leak guard says what is too late
    ) -> MultipleChoiceQuestion:
        return build_question(case, feature, cohort, seed=seed, guard_off=guard_off)


class ValueEstimate(Task[EstimateQuestion]):
    """What might a value have been that nobody measured? Nothing is true, so nothing is graded or revealed."""

    kind: ClassVar[Kind] = "missing"
    title: ClassVar[str] = "Missing value"
    doing: ClassVar[str] = "Estimating"
    marked: ClassVar[str] = "being estimated"
    unrecorded: ClassVar[str] = "never measured"
    why_unrecorded: ClassVar[str] = "nobody measured it"
    answer_word: ClassVar[str] = "Estimate"
    listed: ClassVar[str] = ", estimated"
    left_out: ClassVar[str] = "estimate"
    reveals: ClassVar[bool] = False

    @property
    def stem(self) -> str:  # noqa: D102
        return estimate_stem(self.feature)

    @property
    def design(self) -> str:  # noqa: D102
        return "estimate"

    @staticmethod
    def candidates(case: PatientCase, cohort: Cohort) -> tuple[Maskable, ...]:  # noqa: D102
        return estimable(case, cohort)

    @staticmethod
    def build(  # noqa: D102
        case: PatientCase,
        feature: str,
        cohort: Cohort,
        *,
        seed: int,
        guard_off: frozenset[str] = frozenset(),
        as_of: Time | None = None,  # noqa: ARG004 - the leak guard says what is too late
    ) -> EstimateQuestion:
        return build_estimate(case, feature, cohort, seed=seed, guard_off=guard_off)


class Prediction(Task[OutcomeQuestion]):
    """Will an outcome come about? Answers give a probability, and count in no accuracy of masked values."""

    kind: ClassVar[Kind] = "outcome"
    title: ClassVar[str] = "Outcome"
    doing: ClassVar[str] = "Predicting"
    marked: ClassVar[str] = "asked about"
    why_unrecorded: ClassVar[str] = "the outcome is not recorded"
    answer_word: ClassVar[str] = "Prediction"
    listed: ClassVar[str] = ", predicted"
    left_out: ClassVar[str] = "outcome"
    weighed: ClassVar[bool] = True

    @property
    def stem(self) -> str:  # noqa: D102
        return outcome_stem(self.feature, self.known)

    @property
    def design(self) -> str:  # noqa: D102
        return "outcome"

    @property
    def known(self) -> str:
        """When that is known from which the outcome is predicted, in words such as "on day 1"."""
        return self.codebook.times.get(self.question.as_of, WHEN[self.question.as_of])

    def stays_hidden(self, case: PatientCase) -> frozenset[str]:  # noqa: D102 - what is known too late
        return frozenset(later_in(case, self.codebook, self.question.as_of))

    def probability(self, vote: Vote) -> Probability | None:
        """How likely the outcome is by the samples of ``vote``; None where fewer than two answered."""
        return probability(vote, self.question.event)

    def agreement(self, vote: Vote) -> str:  # noqa: D102
        found = self.probability(vote)
        said = super().agreement(vote)
        if found is None:
            return said
        low, high = found.interval.low, found.interval.high
        return f"{said}; probability of Yes {found.value:.0%} (95 % interval {low:.0%} to {high:.0%})"

    @staticmethod
    def candidates(case: PatientCase, cohort: Cohort) -> tuple[Maskable, ...]:  # noqa: ARG004, D102 - of any patient
        return outcomes(cohort)

    @staticmethod
    def build(  # noqa: D102
        case: PatientCase,
        feature: str,
        cohort: Cohort,
        *,
        seed: int,
        guard_off: frozenset[str] = frozenset(),
        as_of: Time | None = None,
    ) -> OutcomeQuestion:
        return build_outcome(case, feature, cohort, seed=seed, guard_off=guard_off, as_of=as_of)


TASKS: Mapping[Kind, type[MaskedValue] | type[ValueEstimate] | type[Prediction] | type[Guidance]] = {
    task.kind: task for task in (MaskedValue, ValueEstimate, Prediction, Guidance)
}


def task_of(question: Question, codebook: Codebook) -> Task[Question]:
    """The task of a question of any kind."""
    return cast(type[Task[Question]], TASKS[question.kind])(question, codebook)


def read_question(stored: str) -> Question:
    """A question of any kind from the JSON that it was stored as.

    Raises:
        pydantic.ValidationError: It is the JSON of something else.
    """
    return _STORED.validate_json(stored)
