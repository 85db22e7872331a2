"""The embedded engine alone, asked as the app asks it: one round gives every time that a reader would feel."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Barrier

from creason_core.model.engines.base import GenerationRequest, Message
from creason_core.model.engines.embedded import Embedded
from creason_core.model.engines.embedded_decode import REMEMBERED
from creason_core.model.engines.embedded_protocol import ROWS_AT_ONCE
from tests.bench.packaged_question import first_question, other_patient, requests, second_question

SAMPLES = 5
LETTERS = ("A", "B", "C", "D")
_BOX = Message("assistant", "\\boxed{")


@dataclass(frozen=True, slots=True)
class Timed:
    """One reply, in seconds since it was asked for."""

    first: float
    whole: float
    tokens: int
    text: str

    @property
    def rate(self) -> float:
        """Tokens a second after the first one."""
        return (self.tokens - 1) / (self.whole - self.first)


@dataclass(frozen=True, slots=True)
class Round:
    """The first question with nothing of it remembered, then the second about the same patient, to its first token;
    then, with nothing remembered, the first question's samples together: seconds, and tokens of all."""

    reply: Timed
    second: float
    samples: float
    tokens: int


def engine_round(engine: Embedded, turn: int, tokens: int) -> Round:
    """One round with replies of up to ``tokens``; which the second question is goes by ``turn``."""
    _forget(engine, turn)
    reply = timed(engine, replace(first_question(), max_tokens=tokens))
    second = timed(engine, replace(second_question(turn), max_tokens=8)).first
    _forget(engine, turn)
    seconds, written = _together(engine, [replace(one, max_tokens=tokens) for one in requests(samples=SAMPLES)])
    return Round(reply, second, seconds, written)


def timed(engine: Embedded, request: GenerationRequest) -> Timed:
    """Asks and reads to the end."""
    began = time.perf_counter()
    first, tokens, text = 0.0, 0, ""
    for piece in engine.stream(request):
        first = first or time.perf_counter() - began
        tokens, text = piece.tokens, text + piece.text
    return Timed(first, time.perf_counter() - began, tokens, text)


def _forget(engine: Embedded, turn: int) -> None:
    """Has the engine read so many other texts that it remembers nothing else, then another patient's question."""
    for number in range(ROWS_AT_ONCE + REMEMBERED):
        engine.option_logprobs((Message("user", f"{turn}.{number}"), _BOX), LETTERS)
    engine.option_logprobs((*other_patient().messages[:-1], _BOX), LETTERS)


def _together(engine: Embedded, asked: Sequence[GenerationRequest]) -> tuple[float, int]:
    """As the run manager asks: a thread a sample, all at once. Seconds to the last token of all, and their tokens."""
    ready = Barrier(len(asked) + 1)

    def read(request: GenerationRequest) -> int:
        ready.wait()
        return timed(engine, request).tokens

    with ThreadPoolExecutor(len(asked)) as threads:
        replies = [threads.submit(read, request) for request in asked]
        ready.wait()
        began = time.perf_counter()
        tokens = sum(reply.result() for reply in replies)
        return time.perf_counter() - began, tokens
