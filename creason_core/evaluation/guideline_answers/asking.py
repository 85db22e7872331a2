"""Puts guideline questions to an engine and keeps every reply in the folder of one plan, so that a stopped run goes on.

The first reply to a question is greedy, as Ask asks; the repeats are drawn. The folder holds ``ask-plan.json``,
``completions.jsonl`` as they arrive, and what the caller writes at the end.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from creason_core.errors import EvaluationError
from creason_core.evaluation.asking import Asked, Asker
from creason_core.evaluation.completions import CompletionLog, StoredCompletion
from creason_core.evaluation.guideline_answers.posing import Sent
from creason_core.evaluation.plan import Call, Model
from creason_core.evaluation.run import COMPLETIONS, Progress
from creason_core.files import is_partial, write_whole
from creason_core.frozen import Frozen
from creason_core.model.engines.base import Engine
from creason_core.question.task import Prepared

PLAN = "ask-plan.json"
FIRST = "first"

_ASKED = "what is asked (questions, library or prompts)"
_NAMED = {
    **dict.fromkeys(("ask", "about", "title", "sha256", "held_out", "asked", "sent", "prompts"), _ASKED),
    "model": "the model", "repeats": "--repeats", "temperature": "--temperature", "max_tokens": "--max-tokens",
}  # fmt: skip


class Plan(Frozen):
    """Everything that determines the replies. ``asked`` is of what they are asked, ``title`` and ``sha256`` say which.

    ``prompts`` is the SHA-256 (hex) over the messages of all ``sent`` questions, so that another library, wording or
    set is another plan. ``model`` is None where none is asked, and then the three after it are 0.
    """

    ask: Literal[1] = 1
    about: Literal["questions", "consults"]
    title: str
    sha256: str
    held_out: bool = False
    asked: int
    sent: int
    prompts: str
    model: Model | None
    repeats: int
    temperature: float
    max_tokens: int

    @property
    def calls(self) -> tuple[Call, ...]:
        """The replies to every question."""
        return (Call(FIRST, 0, 0.0), *(Call(f"repeat {k + 1}", k, self.temperature) for k in range(self.repeats)))


@dataclass(frozen=True, slots=True)
class How:
    """How an engine is asked; ``repeats`` are drawn at ``temperature``."""

    repeats: int
    temperature: float
    max_tokens: int
    concurrency: int


Stored = dict[tuple[str, str], StoredCompletion]


def prompts_hash(sent: Sequence[Sent]) -> str:
    """The SHA-256 (hex) over the messages of ``sent``."""
    messages = [[[turn.role, turn.content] for turn in one.task.messages(one.case, ())] for one in sent]
    return hashlib.sha256(json.dumps(messages, ensure_ascii=False).encode()).hexdigest()


def ask_all(
    folder: Path, plan: Plan, sent: Sequence[Sent], engine: Engine | None, *, concurrency: int, progress: Progress
) -> Stored:
    """The replies to ``sent``, by question id and call; asks what is not yet stored in the folder, which is held.

    Where every reply is stored already, the engine need not be ready; without an engine nothing is asked.

    Raises:
        EvaluationError: The engine cannot answer, or the folder belongs to something else.
    """
    health = engine.health() if engine else None
    unready = "" if health is None or health.ready else health.note
    if unready and not (folder / PLAN).exists():
        raise EvaluationError(f"The engine cannot answer: {unready}", remedy="Nothing was asked.")
    _claim(folder, plan, unsure=bool(unready))
    if engine is None:
        return {}
    with CompletionLog(folder / COMPLETIONS) as log:
        done = {(one.question, one.call) for one in log.stored}
        work = list(_work(sent, plan, done))
        if work and unready:
            raise EvaluationError(
                f"The engine cannot answer: {unready}",
                remedy=f"{len(done):,} replies are kept; the same command goes on from there.",
            )
        progress.begun(len(work) + len(done), len(done))
        Asker(engine, concurrency=concurrency).run(iter(work), log, progress.arrived)
        return {(one.question, one.call): one for one in log.stored}


def plan_of(
    about: Literal["questions", "consults"],
    title: str,
    sha256: str,
    *,
    asked: int,
    sent: Sequence[Sent],
    engine: Engine | None,
    how: How,
    held_out: bool = False,
) -> Plan:
    """The plan by which ``engine`` is asked ``sent``."""
    return Plan(
        about=about,
        title=title,
        sha256=sha256,
        held_out=held_out,
        asked=asked,
        sent=len(sent),
        prompts=prompts_hash(sent),
        model=Model(**asdict(engine.identity)) if engine else None,
        repeats=how.repeats if engine else 0,
        temperature=how.temperature if engine else 0.0,
        max_tokens=how.max_tokens if engine else 0,
    )


def read_plan(folder: Path) -> Plan | None:
    """The plan of a folder; None where it has none.

    Raises:
        EvaluationError: It cannot be read.
    """
    path = folder / PLAN
    try:
        return Plan.model_validate_json(path.read_bytes()) if path.exists() else None
    except (OSError, ValidationError) as error:
        raise EvaluationError(
            f"{path} cannot be read: {type(error).__name__}.", remedy="Choose another --out."
        ) from error


def _work(sent: Sequence[Sent], plan: Plan, done: set[tuple[str, str]]) -> Iterator[Asked]:
    for one in sent:
        for call in plan.calls:
            if (one.question.id, call.name) not in done:
                yield Asked(one.question.id, call, False, partial(_prepared, one, call, plan.max_tokens))


def _prepared(one: Sent, call: Call, max_tokens: int) -> Prepared:
    return one.task.prepare(one.case, sample=call.sample, temperature=call.temperature, max_tokens=max_tokens)


def _claim(folder: Path, plan: Plan, *, unsure: bool) -> None:
    """Writes the plan into an empty folder, or checks it against the one that is there.

    ``unsure``: an engine that is not ready may not know its weights; the folder's count where they can be the same.
    """
    kept = read_plan(folder)
    if kept is None:
        if any(one.name != ".lock" and not is_partial(one) for one in folder.iterdir()):
            raise EvaluationError(f"{folder} holds other files.", remedy="Choose another --out.")
        write_whole(folder / PLAN, plan.model_dump_json(indent=1) + "\n")
        return
    same = unsure and plan.model and kept.model and plan.model.may_be(kept.model)
    now = plan.model_copy(update={"model": kept.model}) if same else plan
    if differ := list(dict.fromkeys(_NAMED[name] for name, value in now if getattr(kept, name) != value)):
        raise EvaluationError(
            f"The folder {folder} belongs to another evaluation; different: {', '.join(differ)}.",
            remedy="Nothing was asked. Choose another --out, or give the options that the folder was started with.",
        )
