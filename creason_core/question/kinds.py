"""The kinds of question: a stored model and a task each, one union of the models, one table of the tasks.

A new kind is a model in a module of its own, a task here, and a line in ``TASKS``; the store, the runs, the exports
and the pages ask the task.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, cast

from pydantic import Field, TypeAdapter

from creason_core.cohort.registry import Cohort
from creason_core.question.asked import Kind, Maskable
from creason_core.question.masked_value import (
    EstimateQuestion,
    MultipleChoiceQuestion,
    build_estimate,
    build_question,
    estimable,
    maskable,
)
from creason_core.question.prompts import estimate_stem, masked_stem
from creason_core.question.task import Outcome, Task, grade
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook

Question = MultipleChoiceQuestion | EstimateQuestion

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
        case: PatientCase, feature: str, cohort: Cohort, *, seed: int, guard_off: frozenset[str] = frozenset()
    ) -> MultipleChoiceQuestion:
        return build_question(case, feature, cohort, seed=seed, guard_off=guard_off)


class Estimate(Task[EstimateQuestion]):
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
        case: PatientCase, feature: str, cohort: Cohort, *, seed: int, guard_off: frozenset[str] = frozenset()
    ) -> EstimateQuestion:
        return build_estimate(case, feature, cohort, seed=seed, guard_off=guard_off)


TASKS: Mapping[Kind, type[MaskedValue] | type[Estimate]] = {task.kind: task for task in (MaskedValue, Estimate)}


def task_of(question: Question, codebook: Codebook) -> Task[Question]:
    """The task of a question of any kind."""
    return cast(type[Task[Question]], TASKS[question.kind])(question, codebook)


def read_question(stored: str) -> Question:
    """A question of any kind from the JSON that it was stored as.

    Raises:
        pydantic.ValidationError: It is the JSON of something else.
    """
    return _STORED.validate_json(stored)
