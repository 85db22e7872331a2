"""The single path from a question to a judged answer: prompt → request → parse → judge.

``prepare`` makes what is sent, ``read`` reads what came back. The run manager and the evaluation both go
through here, so what a clinician sees and what is measured cannot drift apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from creason_core.model.engines.base import GenerationRequest, Message
from creason_core.question.answer import ParsedAnswer, parse_answer
from creason_core.question.masked_value import MultipleChoiceQuestion, Order, Question, option_order
from creason_core.question.prompts import OPENING, letters, prompt_text, render
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook

Outcome = Literal["correct", "incorrect", "unanswered"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """One sample, ready to send. ``order`` is presented place → canonical option index."""

    order: Order
    request: GenerationRequest


@dataclass(frozen=True, slots=True)
class Answer:
    """What one completion answers. ``option`` is the canonical index, None where unanswered."""

    parsed: ParsedAnswer
    option: int | None


def temperature_for(samples: int) -> float:
    """0 (greedy) for a single sample, 0.7 for several, so that their agreement means something."""
    return 0.0 if samples == 1 else 0.7


def prepare(
    case: PatientCase, question: Question, codebook: Codebook, *, sample: int, temperature: float, max_tokens: int
) -> Prepared:
    """Sample ``sample`` (0, 1, …) of a question: its own option order, and the question's seed + ``sample``."""
    order = option_order(question, codebook.feature(question.masked_feature), sample)
    request = GenerationRequest(
        messages=render(case, question, codebook, order),
        max_tokens=max_tokens,
        temperature=temperature,
        seed=question.seed + sample,
    )
    return Prepared(order, request)


def going_on(case: PatientCase, question: Question, codebook: Codebook, order: Order, kept: str) -> tuple[Message, ...]:
    """The messages of a sample with the options in ``order``, whose reply goes on from the text ``kept``."""
    *before, opening = render(case, question, codebook, order)
    return (*before, replace(opening, content=f"{opening.content}{kept}"))


def kept_text(prompt: str) -> str:
    """The earlier reply that the prompt of a run goes on from; empty where the run starts anew."""
    return prompt.partition(prompt_text((Message("assistant", OPENING),)))[2]


def read(text: str, order: Order, texts: Sequence[str] = ()) -> Answer:
    """The answer in ``text``, mapped back from the presented to the canonical options. Never raises.

    ``texts`` are the options with their unit as presented: whoever knows them gives them (see ``parse_answer``).
    """
    shown = letters(len(order))
    parsed = parse_answer(text, shown, texts)
    return Answer(parsed, None if parsed.letter is None else order[shown.index(parsed.letter)])


def judge(question: MultipleChoiceQuestion, option: int | None) -> Outcome:
    """Correct, incorrect or unanswered: three outcomes, never two. ``option`` is a canonical index."""
    if option is None:
        return "unanswered"
    return "correct" if option == question.key else "incorrect"
