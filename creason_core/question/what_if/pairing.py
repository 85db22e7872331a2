"""The same question about the record and about its copy: the same options, seeds and orders, so that the two pair.

What differs between the two prompts is the change, and what follows from it, alone.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from creason_core.cohort.cohort import Cohort
from creason_core.errors import QuestionError
from creason_core.question.asked import Kind
from creason_core.question.hiding_more import by_hand, hide_more
from creason_core.question.kinds import TASKS, Question, task_of
from creason_core.question.masked_value import visible_entries
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook, Time
from creason_core.record.hours import parted


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked of the record and of its copy; the fields are those of ``Task.build`` and ``hide_more``."""

    kind: Kind
    feature: str
    seed: int = 0
    guard_off: frozenset[str] = frozenset()
    as_of: Time | None = None
    by_hand: tuple[str, ...] = ()


def target_of(question: Question) -> Target:
    """What ``question`` asks, so that it can be asked of a copy."""
    return Target(
        question.kind,
        question.masked_feature,
        question.seed,
        frozenset(question.guard_off),
        question.asked_from,
        by_hand(question),
    )


def targets(case: PatientCase, cohort: Cohort, *, seed: int = 0) -> tuple[Target, ...]:
    """Everything that can be asked of ``case`` and of its copies: outcomes of the codebook, then values to mask."""
    return tuple(
        Target(kind, item.feature, seed)
        for kind in ("outcome", "mask")
        for item in TASKS[kind].candidates(case, cohort)
        if not item.why_not
    )


def question_on(target: Target, case: PatientCase, cohort: Cohort, hidden: Iterable[str] = ()) -> Question:
    """The question of ``target`` about ``case``, with what is ``hidden`` more, by ``Entry.name``.

    Raises:
        QuestionError: It cannot be asked; the message says why.
    """
    made: Question = TASKS[target.kind].build(
        case, target.feature, cohort, seed=target.seed, guard_off=target.guard_off, as_of=target.as_of
    )
    shown = {entry.name for entry in visible_entries(case, made, cohort.codebook)}
    names = shown & {entry.name for name in (*target.by_hand, *hidden) for entry in case.of(name)}
    return hide_more(made, names, case, cohort.codebook) if names else made


def pair(
    target: Target, case: PatientCase, copy: PatientCase, cohort: Cohort, hidden: Iterable[str] = ()
) -> tuple[Question, Question]:
    """The question about ``case`` and about its ``copy``.

    Raises:
        QuestionError: It cannot be asked, the options would differ, or nothing that the model sees differs.
    """
    hidden = tuple(hidden)
    first, second = (question_on(target, one, cohort, hidden) for one in (case, copy))
    codebook = cohort.codebook
    if [one.text for one in first.options] != [one.text for one in second.options]:
        raise QuestionError(
            f"With this change the options for {codebook.feature(target.feature).label} would be others, so the two "
            "answers could not be compared.",
            remedy="Change another value.",
        )
    one, other = task_of(first, codebook), task_of(second, codebook)
    if one.messages(case, one.order(0)) == other.messages(copy, other.order(0)):
        label = codebook.feature(target.feature).label
        raise QuestionError(
            f"The change cannot be seen in the question about {label}: what is changed is asked about, hidden with it, "
            "or never sent. Both questions would be the same.",
            remedy="Change a value that the model is shown.",
        )
    return first, second


def unseen(names: Collection[str], copy: PatientCase, question: Question, codebook: Codebook) -> tuple[str, ...]:
    """The labels of those of ``names`` that the model is not shown in ``question`` about ``copy``."""
    shown = {entry.name for entry in visible_entries(copy, question, codebook)}
    return tuple(codebook.feature(name).label for name in names if name not in shown)


def changeable(question: Question, cohort: Cohort) -> tuple[str, ...]:
    """The features that a prompt of ``question`` can show, recorded or not, so that a change of them may be seen."""
    hidden = {parted(item.feature)[0] for item in question.hidden} | {parted(question.masked_feature)[0]}
    return tuple(
        one.name for one in cohort.codebook.features if one.role in ("predictor", "derived") and one.name not in hidden
    )
