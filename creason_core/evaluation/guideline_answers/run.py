"""One evaluation of answers about guidelines: a set of questions and an engine → the figures, and each answer on file.

Without an engine, as on an installation whose model was not made for it, retrieval, floors and what the program refuses
are measured all the same. The folder's ``answers.jsonl`` has a line a question, ``ask-result.json`` the figures.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from pydantic import ConfigDict

from creason_core import __version__
from creason_core.evaluation.guideline_answers.asking import FIRST, AskPlan, How, ask_sent, plan_of
from creason_core.evaluation.guideline_answers.figures import (
    Refused,
    Replies,
    Retrieval,
    program_alone,
    replies,
    retrieval,
)
from creason_core.evaluation.guideline_answers.posing import Posed, pose
from creason_core.evaluation.guideline_answers.question_set import AskedQuestion, QuestionSet
from creason_core.evaluation.guideline_answers.replies import FLOORS, Reply, copied, read
from creason_core.evaluation.plan_folder import Stored
from creason_core.evaluation.run import Progress, held_folder
from creason_core.files import write_whole
from creason_core.frozen import Frozen
from creason_core.guideline.applying import Shelf
from creason_core.model.engines.base import Engine

RESULT = "ask-result.json"
ANSWERS = "answers.jsonl"


class AnswersResult(Frozen):
    """What an evaluation found; ``engine`` is None where no model was asked."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")  # an interval may not be known

    plan: AskPlan
    finished: str
    program: str
    retrieval: Retrieval
    program_rightly: Refused
    program_wrongly: Refused
    floors: tuple[Replies, ...]
    engine: Replies | None


@dataclass(frozen=True, slots=True)
class AnswersWanted:
    """What to evaluate. ``limit`` takes so many questions, the same for every run, whatever the file's order."""

    questions: QuestionSet
    folder: Path
    how: How
    held_out: bool = False
    limit: int | None = None
    shelf: Shelf | None = None  # None: the library that ships, found by its words alone


def evaluate(wanted: AnswersWanted, engine: Engine | None, progress: Progress) -> AnswersResult:
    """Asks what is not yet stored in the folder, then writes and returns the figures.

    Raises:
        EvaluationError: The engine cannot answer, the folder belongs to something else or to another process, or the
            set has no such questions.
        GuidelineError: The library cannot be read.
    """
    asked = chosen(wanted.questions.part(held_out=wanted.held_out), wanted.limit)
    posed = pose(wanted.questions, asked, wanted.shelf)
    sent = [one.sent for one in posed if one.sent]
    plan = plan_of(
        "questions",
        wanted.questions.title,
        wanted.questions.hash,
        asked=len(posed),
        sent=sent,
        engine=engine,
        how=wanted.how,
        held_out=wanted.held_out,
    )
    with held_folder(wanted.folder) as folder:
        plan, stored = ask_sent(folder, plan, sent, engine, concurrency=wanted.how.concurrency, progress=progress)
        floors = {name: {one.question.id: read(one.question, copied(one.question, name)) for one in sent}
                  for name in FLOORS}  # fmt: skip
        rightly, wrongly = program_alone(posed)
        result = AnswersResult(
            plan=plan,
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
            program=__version__,
            retrieval=retrieval(posed),
            program_rightly=rightly,
            program_wrongly=wrongly,
            floors=tuple(replies(name, posed, first) for name, first in floors.items()),
            engine=_of_model(plan, posed, stored),
        )
        write_whole(folder / ANSWERS, "".join(f"{_line(one, stored, plan)}\n" for one in posed))
        write_whole(folder / RESULT, result.model_dump_json(indent=1) + "\n")
    return result


def chosen(questions: Sequence[AskedQuestion], limit: int | None) -> tuple[AskedQuestion, ...]:
    """The questions that are asked, in their order: of a ``limit`` those of the lowest SHA-256.

    So a smaller limit is part of a larger one, wherever a question stands in the file.
    """
    if limit is None or limit >= len(questions):
        return tuple(questions)
    places = sorted(range(len(questions)), key=lambda at: _key(questions[at]))[:limit]
    return tuple(questions[at] for at in sorted(places))


def _key(one: AskedQuestion) -> str:
    return sha256(json.dumps([one.patient, one.ask]).encode()).hexdigest()


def _of_model(plan: AskPlan, posed: Sequence[Posed], stored: Stored) -> Replies | None:
    if plan.model is None:
        return None
    sent = [one.sent.question for one in posed if one.sent]
    every = {one.id: [read(one, stored[one.id, call.name].text) for call in plan.calls] for one in sent}
    cut_off = sum(stored[one.id, FIRST].finish_reason == "length" for one in sent)
    return replies(
        plan.model.title,
        posed,
        {name: found[0] for name, found in every.items()},
        {name: found[1:] for name, found in every.items()},
        cut_off=cut_off,
    )


def _line(one: Posed, stored: Stored, plan: AskPlan) -> str:
    """A question as a JSON line, with what its replies came to, sentence by sentence."""
    told: dict[str, object] = {
        "kind": one.asked.kind,
        "patient": one.asked.patient,
        "ask": one.asked.ask,
        "relevant": one.asked.relevant,
        "listed": one.listed,
        "given": one.given,
        "refused": one.answer.refused or ("" if one.sent else one.answer.nothing or "No passage may be sent."),
    }
    if one.sent and plan.model:
        question = one.sent.question
        told["id"] = question.id
        told["replies"] = {
            call.name: _reply(read(question, stored[question.id, call.name].text), one.given) for call in plan.calls
        }
    return json.dumps(told, ensure_ascii=False)


def _reply(reply: Reply, given: Sequence[str]) -> dict[str, object]:
    return {
        "declined": reply.declined,
        "invented": reply.card.dropped,
        "sentences": [
            {
                "text": one.text,
                "supported_by": [given[place - 1] for place in one.cited],
                "not_by": {given[place - 1]: why for place, why in one.unsupported},
            }
            for one in reply.card.sentences
        ],
    }
