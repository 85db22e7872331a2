"""Puts the questions of a run to an engine, several at a time, and stores every completion as it arrives.

A fault that may pass is tried again; one that stays ends the run with everything kept, because a server that
went away says nothing about the model. A reply that the model itself spoils (empty, too long for the context)
is stored as such: unanswered.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import TypeVar

from creason_core.errors import EvaluationError, ModelError, ModelFault
from creason_core.evaluation.completions import CompletionLog, StoredCompletion
from creason_core.evaluation.plan import Call
from creason_core.model.engines.base import Completion, Engine
from creason_core.question.answer import up_to_box
from creason_core.question.task import Prepared

# What the model does with this request, whatever the server's state: part of the result.
OF_THE_MODEL: frozenset[ModelFault] = frozenset({"empty", "rejected"})
Reply = TypeVar("Reply")
PAUSES = (1.0, 4.0, 15.0, 40.0)  # seconds before each new attempt


@dataclass(frozen=True, slots=True)
class AskedCompletion:
    """One completion to ask for. ``prepare`` renders the prompt when its turn comes."""

    question: str
    call: Call
    logprobs: bool
    prepare: Callable[[], Prepared]


class Asker:
    """Asks an engine from ``concurrency`` threads.

    Args:
        engine: Any engine; its ``sample`` is called from several threads.
        concurrency: Requests under way at once.
        pauses: Seconds before each new attempt after a fault that may pass.
    """

    def __init__(self, engine: Engine, *, concurrency: int, pauses: Sequence[float] = PAUSES) -> None:
        self._engine = engine
        self._concurrency = concurrency
        self._pauses = pauses
        self._stopping = threading.Event()

    def run(
        self, work: Iterator[AskedCompletion], log: CompletionLog, arrived: Callable[[StoredCompletion], None]
    ) -> None:
        """Asks for everything in ``work``; every completion is in ``log`` before ``arrived`` hears of it.

        Raises:
            EvaluationError: The engine stays unable to answer, or refuses the model's first request.
        """
        pool = ThreadPoolExecutor(self._concurrency, thread_name_prefix="evaluation")
        under_way: set[Future[StoredCompletion]] = set()
        try:
            for asked in work:
                under_way.add(pool.submit(self._ask, asked))
                if len(under_way) >= self._concurrency:
                    self._collect(under_way, log, arrived)
            while under_way:
                self._collect(under_way, log, arrived)
        finally:  # on a fault or Ctrl+C: what waits is not sent, and closing the engine ends what is under way
            self._stopping.set()
            pool.shutdown(wait=False, cancel_futures=True)
            for future in under_way:
                if future.done() and not future.cancelled() and future.exception() is None:
                    log.append(future.result())
            log.sync()

    def _collect(
        self, under_way: set[Future[StoredCompletion]], log: CompletionLog, arrived: Callable[[StoredCompletion], None]
    ) -> None:
        """Stores what is done and takes it out of ``under_way``; waits until something is."""
        done, _ = wait(under_way, return_when=FIRST_COMPLETED)
        under_way -= done
        failed: BaseException | None = None
        for future in done:
            failed = future.exception() or failed
            if future.exception() is None:
                log.append(future.result())
                arrived(future.result())
        if failed is not None:
            raise failed

    def _ask(self, asked: AskedCompletion) -> StoredCompletion:
        started = time.monotonic()
        prepared = asked.prepare()
        about = StoredCompletion(question=asked.question, call=asked.call.name)
        try:
            reply = self._patiently(lambda: self._engine.sample(prepared.request, 1)[0])
        except ModelError as error:
            if not self._spoilt(error):
                raise _gone(error) from error
            return about.model_copy(
                update={"fault": error.kind, "note": error.message, "seconds": time.monotonic() - started}
            )
        probabilities = self._letters(prepared, reply) if asked.logprobs else None
        return about.model_copy(
            update={
                "text": reply.text,
                "tokens": reply.tokens,
                "finish_reason": reply.finish_reason,
                "logprobs": probabilities,
                "seconds": round(time.monotonic() - started, 3),
            }
        )

    def _letters(self, prepared: Prepared, reply: Completion) -> tuple[float, ...] | None:
        """Log-probabilities after the chain of thought, in canonical order; None where no room is left for them."""
        shown = prepared.shown.letters
        *before, opening = prepared.request.messages
        messages = (*before, replace(opening, content=up_to_box(opening.content + reply.text)))
        try:
            values = self._patiently(lambda: self._engine.option_logprobs(messages, shown))
        except ModelError as error:
            if not self._spoilt(error):
                raise _gone(error) from error
            return None
        return tuple(value for _, value in sorted(zip(prepared.order, values, strict=True)))

    def _patiently(self, ask: Callable[[], Reply]) -> Reply:
        for pause in self._pauses:
            try:
                return ask()
            except ModelError as error:
                if error.kind in OF_THE_MODEL or not error.retryable or self._stopping.wait(pause):
                    raise
        return ask()

    def _spoilt(self, error: ModelError) -> bool:
        """Whether the fault is this reply's own, and not that of a server that refuses everything."""
        if error.kind == "rejected":
            return any(self._engine.health().ready or self._stopping.wait(pause) for pause in (0.0, *self._pauses))
        return error.kind in OF_THE_MODEL


def _gone(error: ModelError) -> EvaluationError:
    return EvaluationError(
        f"The engine cannot answer: {error.message}",
        remedy=f"{error.remedy} Every completion so far is kept; the same command goes on from there.".strip(),
    )
