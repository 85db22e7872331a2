"""What guideline questions are asked by: the plan of a folder, whose first reply to each is greedy, as Ask asks."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from creason_core.evaluation.guideline_answers.posing import PosedQuestion
from creason_core.evaluation.plan import Call, Model
from creason_core.evaluation.plan_folder import FolderPlan, Stored, ToAsk, ask_all, prompts_hash, read_plan
from creason_core.evaluation.run import Progress
from creason_core.model.engines.base import Engine

PLAN = "ask-plan.json"
FIRST = "first"


class AskPlan(FolderPlan):
    """Everything that determines the replies. ``asked`` is of what they are asked, ``title`` and ``sha256`` say which.

    ``sent`` questions come with passages. Where no model is asked, ``repeats`` and the settings of replies are 0.
    """

    ask: Literal[1] = 1
    about: Literal["questions", "consults"]
    title: str
    sha256: str
    held_out: bool = False
    asked: int
    sent: int
    repeats: int

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


def ask_sent(
    folder: Path,
    plan: AskPlan,
    sent: Sequence[PosedQuestion],
    engine: Engine | None,
    *,
    concurrency: int,
    progress: Progress,
) -> tuple[AskPlan, Stored]:
    """The folder's plan, and the replies to ``sent`` by question id and call (``plan_folder.ask_all``)."""
    return ask_all(folder / PLAN, plan, _to_ask(sent), engine, concurrency=concurrency, progress=progress)


def plan_of(
    about: Literal["questions", "consults"],
    title: str,
    sha256: str,
    *,
    asked: int,
    sent: Sequence[PosedQuestion],
    engine: Engine | None,
    how: How,
    held_out: bool = False,
) -> AskPlan:
    """The plan by which ``engine`` is asked ``sent``."""
    return AskPlan(
        about=about,
        title=title,
        sha256=sha256,
        held_out=held_out,
        asked=asked,
        sent=len(sent),
        prompts=prompts_hash(_to_ask(sent)),
        model=Model(**asdict(engine.identity)) if engine else None,
        repeats=how.repeats if engine else 0,
        temperature=how.temperature if engine else 0.0,
        max_tokens=how.max_tokens if engine else 0,
    )


def plan_in(folder: Path) -> AskPlan | None:
    """The plan of a folder; None where it has none. Raises ``EvaluationError`` where it cannot be read."""
    return read_plan(folder / PLAN, AskPlan)


def _to_ask(sent: Sequence[PosedQuestion]) -> list[ToAsk]:
    return [ToAsk(one.question.id, one.task, one.case) for one in sent]
