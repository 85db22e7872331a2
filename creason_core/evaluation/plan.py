"""What an evaluation asks, written down before it asks anything: a run folder belongs to one plan.

A folder with another plan is refused, so that completions of two models, two question files or two prompt
wordings never mix.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, get_args

from creason_core.errors import EvaluationError
from creason_core.frozen import Frozen
from creason_core.model.engines.base import EngineName

Scoring = Literal["greedy", "mean", "majority", "logprob"]
SCORINGS: tuple[Scoring, ...] = get_args(Scoring)
SAMPLED: frozenset[Scoring] = frozenset({"mean", "majority"})


class Model(Frozen):
    """Which weights answer, and what computes. Hashes are SHA-256 in hex; what is not known is empty."""

    engine: EngineName
    """What computes."""
    model: str
    """The name of the weights."""
    model_hash: str = ""
    """Of the weights."""
    adapter: str = ""
    """As ``name@version``; empty where there is none."""
    adapter_hash: str = ""
    """Of the adapter."""
    runtime: str = ""
    """The library that computes, such as onnxruntime."""
    precision: str = ""
    """The numbers that it computes with, such as int8."""

    @property
    def title(self) -> str:
        """The model as people call it."""
        return f"{self.model} + {self.adapter}" if self.adapter else self.model

    def may_be(self, other: "Model") -> bool:
        """Whether these can be the same weights: the same engine, and whatever is known of both is equal."""
        known = ((getattr(self, name), getattr(other, name)) for name in type(self).model_fields)
        return self.engine == other.engine and all(mine == its for mine, its in known if mine and its)


class Questions(Frozen):
    """The question file, and of it what reports and calibration refer to."""

    file: str
    """Its path."""
    sha256: str
    """Of the file, in hex."""
    cohort: str
    """Whose patients are asked about."""
    codebook: str
    """Its name."""
    codebook_hash: str
    """SHA-256 (hex); determines what is hidden and how it is called."""
    split: str
    """The part of the patients."""
    split_hash: str
    """SHA-256 (hex) over who is in which part."""
    design: str
    """How options were made."""
    design_version: int
    """Of the design."""
    balanced: bool
    """Whether every class of a feature is equally often true."""
    asked: int
    """How many of its questions are asked."""


class EvaluationPlan(Frozen):
    """Everything that determines the completions of a run.

    ``samples`` are drawn at ``temperature``; a greedy completion is at 0. ``group_by`` names the feature whose
    levels are reported apart (a disease group), empty for none.
    """

    plan: Literal[1] = 1
    """The form of this file."""
    questions: Questions
    """What is asked."""
    model: Model
    """Which weights answer."""
    scorings: tuple[Scoring, ...]
    """How completions become one answer."""
    samples: int
    """Completions a question that are drawn."""
    temperature: float
    """Of those."""
    max_tokens: int
    """Of a completion."""
    prompt_version: int
    """Of ``question.prompts``: the wording."""
    group_by: str = ""
    """The feature whose levels are reported apart (a disease group); empty for none."""

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of the plan; where the question file lies does not count."""
        here = self.model_copy(update={"questions": self.questions.model_copy(update={"file": ""})})
        return hashlib.sha256(here.model_dump_json().encode()).hexdigest()


class RunFile(Frozen):
    """``run.json``: the plan, and what it was started with."""

    plan: EvaluationPlan
    """What is asked of whom."""
    started: datetime
    """When, with the offset from UTC."""
    program: str
    """The release that asked."""
    releases: dict[str, str]
    """Package → release, of those that an answer may depend on."""
    where: str
    """Where the engine computes, in words."""


@dataclass(frozen=True, slots=True)
class Call:
    """One completion of every question: its name in the files, the order of options, and the temperature."""

    name: str
    sample: int
    temperature: float


def calls(plan: EvaluationPlan) -> tuple[Call, ...]:
    """The completions that the scorings need of each question.

    Label log-probabilities follow the sampled chains of thought, or the greedy one where nothing is sampled.
    """
    greedy = "greedy" in plan.scorings or not SAMPLED & set(plan.scorings)
    sampled = plan.samples if SAMPLED & set(plan.scorings) else 0
    first = (Call("greedy", 0, 0.0),) if greedy else ()
    return (*first, *(Call(f"sample {k}", k, plan.temperature) for k in range(sampled)))


def with_logprobs(plan: EvaluationPlan, call: Call) -> bool:
    """Whether the letters' probabilities are read after this completion."""
    if "logprob" not in plan.scorings:
        return False
    return call.name != "greedy" or not SAMPLED & set(plan.scorings)


def same_plan(folder: Path, old: EvaluationPlan, new: EvaluationPlan) -> None:
    """Raises ``EvaluationError`` where the folder's plan differs from the one asked for, naming what differs."""
    if old.hash == new.hash:
        return
    told: list[str] = []
    if old.questions.sha256 != new.questions.sha256:
        told.append(f"the question file (SHA-256 {old.questions.sha256[:12]}…, now {new.questions.sha256[:12]}…)")
    if old.model != new.model:
        told.append(f"the model ({_named(old.model)}, now {_named(new.model)})")
    for field, was in old:
        now = getattr(new, field)
        if field not in {"questions", "model"} and was != now:
            told.append(f"{field.replace('_', ' ')} ({_shown(was)}, now {_shown(now)})")
    if old.questions.asked != new.questions.asked:
        told.append(f"the number of questions ({old.questions.asked}, now {new.questions.asked})")
    raise EvaluationError(
        f"The run folder {folder} belongs to another evaluation; different: {'; '.join(told) or 'the questions'}.",
        remedy="Nothing was asked. Choose another --out, or give the options that the folder was started with.",
    )


def _named(model: Model) -> str:
    mark = f", {model.model_hash[:12]}…" if model.model_hash else ""
    return f"{model.title} on {model.engine}{mark}"


def _shown(value: object) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, tuple) else f"{value}" or "none"
