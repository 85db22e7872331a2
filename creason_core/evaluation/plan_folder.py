"""The folder of one plan: questions of any kind are put to an engine, and every reply is kept, so that a run goes on.

It holds the plan, ``completions.jsonl`` as they arrive, and what the caller writes at the end. Evaluations of masked
values have folders of their own form (``run``).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from creason_core.errors import EvaluationError
from creason_core.evaluation.asking import AskedCompletion, Asker
from creason_core.evaluation.completions import CompletionLog, StoredCompletion
from creason_core.evaluation.plan import Call, Model
from creason_core.evaluation.run import COMPLETIONS, Progress
from creason_core.files import is_partial, write_whole
from creason_core.frozen import Frozen
from creason_core.model.engines.base import Engine
from creason_core.question.asked import QuestionBase
from creason_core.question.task import Prepared, Task
from creason_core.record.case import PatientCase

# Fields of a plan → what a person calls them where two plans differ.
NAMED: Mapping[str, str] = {
    "model": "the model", "samples": "--samples", "repeats": "--repeats", "temperature": "--temperature",
    "max_tokens": "--max-tokens",
}  # fmt: skip
WHAT = "what is asked (questions, patients, library or prompts)"


class FolderPlan(Frozen):
    """What every plan says. ``model`` is None where none is asked.

    ``prompts`` is the SHA-256 (hex) over the messages of all questions, so that another wording is another plan.
    ``temperature`` is that of the drawn replies.
    """

    prompts: str
    model: Model | None
    temperature: float
    max_tokens: int

    @property
    def calls(self) -> tuple[Call, ...]:
        """The replies to every question."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class ToAsk:
    """A question by its id, as its task words it about ``case``. ``logprobs``: how likely each letter is, too."""

    id: str
    task: Task[QuestionBase]
    case: PatientCase
    logprobs: bool = False


P = TypeVar("P", bound=FolderPlan)
Stored = dict[tuple[str, str], StoredCompletion]


def prompts_hash(asked: Sequence[ToAsk]) -> str:
    """The SHA-256 (hex) over the messages of ``asked``, their options in canonical order."""
    messages = [
        [[turn.role, turn.content] for turn in one.task.messages(one.case, tuple(range(len(one.task.options))))]
        for one in asked
    ]
    return hashlib.sha256(json.dumps(messages, ensure_ascii=False).encode()).hexdigest()


def ask_all(
    path: Path, plan: P, asked: Sequence[ToAsk], engine: Engine | None, *, concurrency: int, progress: Progress
) -> tuple[P, Stored]:
    """The folder's plan and the replies to ``asked``, by id and call; asks what is not yet stored beside ``path``.

    ``path`` is where the plan stands; its folder is held by the caller. Where every reply is stored already, the engine
    need not be ready; without an engine nothing is asked.

    Raises:
        EvaluationError: The engine cannot answer, or the folder belongs to something else.
    """
    health = engine.health() if engine else None
    unready = "" if health is None or health.ready else health.note
    if unready and not path.exists():
        raise EvaluationError(f"The engine cannot answer: {unready}", remedy="Nothing was asked.")
    plan = _claim(path, plan, unsure=bool(unready))
    if engine is None:
        return plan, {}
    with CompletionLog(path.parent / COMPLETIONS) as log:
        done = {(one.question, one.call) for one in log.stored}
        work = list(_work(asked, plan, done))
        if work and unready:
            raise EvaluationError(
                f"The engine cannot answer: {unready}",
                remedy=f"{len(done):,} replies are kept; the same command goes on from there.",
            )
        progress.begun(len(work) + len(done), len(done))
        Asker(engine, concurrency=concurrency).run(iter(work), log, progress.arrived)
        return plan, {(one.question, one.call): one for one in log.stored}


def read_plan(path: Path, form: type[P]) -> P | None:
    """The plan at ``path``; None where there is none.

    Raises:
        EvaluationError: It cannot be read.
    """
    try:
        return form.model_validate_json(path.read_bytes()) if path.exists() else None
    except (OSError, ValidationError) as error:
        raise EvaluationError(
            f"{path} cannot be read: {type(error).__name__}.", remedy="Choose another --out."
        ) from error


def _work(asked: Sequence[ToAsk], plan: FolderPlan, done: set[tuple[str, str]]) -> Iterator[AskedCompletion]:
    for one in asked:
        for call in plan.calls:
            if (one.id, call.name) not in done:
                yield AskedCompletion(one.id, call, one.logprobs, partial(_prepared, one, call, plan.max_tokens))


def _prepared(one: ToAsk, call: Call, max_tokens: int) -> Prepared:
    return one.task.prepare(one.case, sample=call.sample, temperature=call.temperature, max_tokens=max_tokens)


def _claim(path: Path, plan: P, *, unsure: bool) -> P:
    """Writes the plan into an empty folder, or checks it against the one that is there; the folder's plan.

    ``unsure``: an engine that is not ready may not know its weights; the folder's count where they can be the same.
    """
    kept = read_plan(path, type(plan))
    if kept is None:
        if any(one.name != ".lock" and not is_partial(one) for one in path.parent.iterdir()):
            raise EvaluationError(f"{path.parent} holds other files.", remedy="Choose another --out.")
        write_whole(path, plan.model_dump_json(indent=1) + "\n")
        return plan
    same = unsure and plan.model and kept.model and plan.model.may_be(kept.model)
    now = plan.model_copy(update={"model": kept.model}) if same else plan
    if differ := list(dict.fromkeys(NAMED.get(name, WHAT) for name, value in now if getattr(kept, name) != value)):
        raise EvaluationError(
            f"The folder {path.parent} belongs to another evaluation; different: {', '.join(differ)}.",
            remedy="Nothing was asked. Choose another --out, or give the options that the folder was started with.",
        )
    return kept
