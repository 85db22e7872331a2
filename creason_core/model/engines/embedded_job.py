"""One request in the model's child process, as the app sees it: its events, its deadlines, its text."""

import math
import queue
import time
from collections.abc import Callable, Iterator
from typing import Self

from creason_core.errors import ModelError
from creason_core.model.engines.base import GenerationRequest, Piece
from creason_core.model.engines.embedded_child import Child
from creason_core.model.engines.embedded_protocol import (
    Cancel,
    ChildJob,
    Ended,
    JobEvent,
    JobFailed,
    PromptReading,
    Started,
    Text,
)
from creason_core.model.engines.limits import Limits, complete_only

AGAIN = "Run it again; the model starts anew. Your work is saved."
LOAD_SECONDS = 600.0  # a start that takes longer is stuck


class OpenJob:
    """One job in the child: its events, deadlines and end. ``settled`` is called when a reply is complete."""

    def __init__(self, child: Child, job: ChildJob, settled: Callable[[], None]) -> None:
        self._child = child
        self._settled = settled
        self._id = job.id
        self._asked = time.monotonic()
        self._queue = child.open(job.id, job)
        self._closed = False
        self._note = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Stops the job, if it is not over, and wakes up whoever waits for its events."""
        self._closed = True
        if self._child.forget(self._id):
            self._child.send(Cancel(id=self._id))
            self._queue.put(None)

    @property
    def note(self) -> str:
        """What the child is doing before the first word, for a person who waits; empty afterwards."""
        return self._note if self._child.ready else self._child.note

    def events(self, limits: Limits) -> Iterator[JobEvent]:
        """The events until the end; none after ``close``.

        Raises:
            ModelError: The job failed, the child ended, or a deadline passed.
        """
        started = latest = 0.0
        any_token = False
        while not self._closed:
            # Behind other jobs there is no deadline: theirs hold, and each of them ends.
            # A piece of a prompt that was read is a sign of life, as a token is.
            step = limits.next_deadline(started if any_token else latest, latest, any_token)
            deadline = min(step, started + limits.total) if started else math.inf
            try:
                event = self._queue.get(timeout=max(0.0, min(deadline - time.monotonic(), 1.0)))
            except queue.Empty:
                if time.monotonic() >= deadline:
                    self._end_if_silent(limits.idle)
                    raise limits.late(started, time.monotonic(), any_token) from None
                if not started and self._end_if_silent(limits.first_token if self._child.ready else LOAD_SECONDS):
                    raise ModelError("timeout", "The model's process hung and was ended.", remedy=AGAIN) from None
                continue
            if event is None:
                if self._closed:
                    return
                raise self._ended()
            latest = time.monotonic()
            if isinstance(event, JobFailed):
                self._child.forget(self._id)
                raise ModelError(event.kind, event.message, remedy=event.remedy, retryable=event.retryable)
            if isinstance(event, Ended):
                self._child.forget(self._id)
                return
            if isinstance(event, Started):
                started = latest
                self._note = "Reading the record."
            elif isinstance(event, PromptReading):
                self._note = f"Reading the record, {100 * event.done / event.of:.0f} %."
            else:
                self._note = ""
            any_token = any_token or (isinstance(event, Text) and bool(event.rows))
            if isinstance(event, Text) and any(row.finish_reason for row in event.rows):
                self._settled()
            yield event

    def _end_if_silent(self, seconds: float) -> bool:
        """Kills a child that has owed a word for too long: it hangs, and with it everybody's job."""
        silent = time.monotonic() - max(self._child.heard, self._asked) > seconds
        if silent:
            self._child.kill()
        return silent

    def _ended(self) -> ModelError:
        if fatal := self._child.fatal:
            return ModelError("failed", fatal.message, remedy=fatal.remedy, retryable=False)
        code = self._child.exit_code
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        return ModelError("unreachable", f"The model's process ended unexpectedly ({how}).", remedy=AGAIN)


class EmbeddedStream:
    """A reply on its way from the child."""

    def __init__(self, job: OpenJob, limits: Limits) -> None:
        self._job = job
        self._limits = limits

    def __iter__(self) -> Iterator[Piece]:
        with self._job:
            yield from complete_only(self._pieces(), self._limits)

    def _pieces(self) -> Iterator[Piece]:
        for event in self._job.events(self._limits):
            if isinstance(event, Text):
                for row in event.rows:
                    yield Piece(row.text, row.tokens, row.finish_reason)

    @property
    def note(self) -> str:
        """What the model is doing before its first word; empty afterwards."""
        return self._job.note

    def close(self) -> None:
        """Stops the generation; the child notices between two tokens."""
        self._job.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def job_for(request: GenerationRequest, rows: int) -> ChildJob:
    """The job that asks for ``rows`` replies to a request; it has no number yet."""
    return ChildJob(
        id=0,
        messages=request.messages,
        rows=rows,
        max_tokens=request.max_tokens,
        temperature=request.temperature,
        seed=request.seed,
    )
