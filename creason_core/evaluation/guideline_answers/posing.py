"""A question as Ask poses it: what applies to the patient, and what a model that reasons over it would be sent."""

from collections.abc import Sequence
from dataclasses import dataclass

from creason_core.evaluation.guideline_answers.question_set import AskedQuestion, QuestionSet
from creason_core.evaluation.guideline_answers.records import record
from creason_core.guideline.applying import Answer, Shelf, starter_shelf, what_applies
from creason_core.guideline.reasoned.asking import ask_about
from creason_core.question.guideline import Guidance, GuidelineQuestion
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook


@dataclass(frozen=True)
class PosedQuestion:
    """What a model is asked: the question with its passages, about ``case`` of ``codebook``."""

    question: GuidelineQuestion
    case: PatientCase
    codebook: Codebook

    @property
    def task(self) -> Guidance:
        """The question's one path to messages."""
        return Guidance(self.question, self.codebook)


@dataclass(frozen=True)
class Posed:
    """A question of a set, what applies, and what is sent; ``sent`` is None where the program asks no model."""

    asked: AskedQuestion
    answer: Answer
    sent: PosedQuestion | None

    @property
    def listed(self) -> tuple[str, ...]:
        """The ids of the recommendations that Ask lists, in its order."""
        return tuple(item.recommendation.id for item in self.answer.items)

    @property
    def given(self) -> tuple[str, ...]:
        """The ids of the passages that are sent, in their order."""
        return tuple(one.id for one in self.sent.question.passages) if self.sent else ()


def pose(of: QuestionSet, questions: Sequence[AskedQuestion], shelf: Shelf | None = None) -> tuple[Posed, ...]:
    """``questions`` of the set ``of`` on its day, each about its patient, in their order."""
    shelf = shelf or starter_shelf()
    posed = []
    for one in questions:
        case, codebook = record(one.patient, of.patients[one.patient], shelf.library.vocabulary)
        answer = what_applies(case, codebook, one.ask, of.day, shelf=shelf)
        question = ask_about(case, codebook, one.ask, answer, None)
        posed.append(Posed(one, answer, PosedQuestion(question, case, codebook) if question else None))
    return tuple(posed)
