"""The embedded engine: a small model in a child process, so that its crash or heat never takes the app down.

The child runs it with ONNX Runtime (docs/decisions.md says why). It starts with the first request, or with ``start``,
is shared by all callers, and is started anew after a crash.
"""

import itertools
import math
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Self

from creason_core.errors import ModelError, WeightsError
from creason_core.model.adapters.manifest import read_manifest as read_adapter_manifest
from creason_core.model.adapters.merging import check_base
from creason_core.model.engines.base import (
    Completion,
    EngineHealth,
    FinishReason,
    GenerationRequest,
    Message,
    ModelIdentity,
    Piece,
)
from creason_core.model.engines.embedded_child import Child
from creason_core.model.engines.embedded_graph import Precision
from creason_core.model.engines.embedded_protocol import (
    Cancel,
    Ended,
    Failed,
    Job,
    JobEvent,
    Logprobs,
    Reading,
    Started,
    Text,
    Turn,
)
from creason_core.model.engines.identities import identity_of
from creason_core.model.engines.limits import Limits, complete_only
from creason_core.model.engines.weights import read_manifest

WHERE = "this computer, child process"
RUNTIME = "onnxruntime"
AGAIN = "Run it again; the model starts anew. Your work is saved."
LOAD_SECONDS = 600.0  # a start that takes longer is stuck
CALM_SECONDS = (0.0, 2.0, 5.0, 15.0, 60.0)  # wait before a new start, by crashes in a row


class Embedded:
    """A model folder, served by a child process.

    Args:
        folder: A folder that ``weights.check`` accepts.
        limits: Deadlines, counted from the moment the child takes up a request.
        threads: CPU threads of the child; 0: one for each core.
        adapter: A folder that ``read_adapter`` accepts, to be added to these weights; None: the weights as they are.
        cache: Where the weights as the child uses them are kept; by default beside ``folder``.
        precision: What the child multiplies by; it is part of the model's identity.
    """

    def __init__(
        self,
        folder: Path,
        limits: Limits | None = None,
        *,
        threads: int = 0,
        adapter: Path | None = None,
        cache: Path | None = None,
        precision: Precision = "int8",
    ) -> None:
        self._folder = folder
        self._adapter = adapter
        self._precision = precision
        self._cache = cache or folder.parent / "merged"
        self._limits = limits or Limits()
        self._threads = threads
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._closed = False
        self._crashes = 0
        self._not_before = 0.0
        self._ids = itertools.count(1)

    @property
    def identity(self) -> ModelIdentity:
        """Model and adapter with their hashes, as the manifests have them, and what computes."""
        try:
            found = identity_of("embedded", self._folder, self._adapter)
        except WeightsError:
            found = ModelIdentity("embedded", self._folder.name, adapter=self._adapter.name if self._adapter else "")
        return replace(found, runtime=RUNTIME, precision=self._precision)

    def health(self) -> EngineHealth:
        """Never waits: tells what is known of the child."""
        child = self._child
        ready, note = True, "The model is about to load; runs wait until it is there."
        if child is not None and child.fatal is not None:
            ready, note = False, f"{child.fatal.message} {child.fatal.remedy}"
        elif child is not None and child.ended:
            note = "The model's process had ended; the next run starts it again."
        elif child is not None and child.ready:
            note = f"Ready; {child.waiting} waiting for their turn." if child.waiting else "Ready."
        elif child is not None:
            note = f"Loading the model; runs wait until it is there. {child.note}"
        else:
            try:
                base = read_manifest(self._folder)
                if self._adapter is not None:
                    check_base(read_adapter_manifest(self._adapter), base)
                if (wait := self._not_before - time.monotonic()) > 0:
                    note = (
                        f"The model's process ended {self._crashes} times in a row; it may start again in {wait:.0f} s."
                    )
            except WeightsError as error:
                ready, note = False, str(error)
        return EngineHealth(ready, self.identity, WHERE, note, child.context_tokens if child else 0)

    def warm(self) -> None:
        """Begins to load the model; whoever asks later is told of a fault."""
        with suppress(ModelError):
            self._living_child()

    def read_ahead(self, messages: Sequence[Message]) -> None:
        """Reads a prompt that will probably be asked, while there is nothing else to do."""
        request = GenerationRequest(tuple(messages), max_tokens=0, temperature=0.0, seed=0)
        with suppress(ModelError):
            self._living_child().send(_job(request, 1).model_copy(update={"id": next(self._ids), "ahead": True}))

    def stream(self, request: GenerationRequest) -> "EmbeddedStream":
        """Starts one generation. Raises ``ModelError`` when the child may not be started now."""
        return EmbeddedStream(self._send(_job(request, 1)), self._limits)

    def sample(self, request: GenerationRequest, n: int) -> tuple[Completion, ...]:
        """Several replies from one reading of the prompt, written together."""
        limits = replace(self._limits, total=self._limits.total * n, characters=self._limits.characters * n)
        texts, tokens, ends = [""] * n, [0] * n, dict[int, FinishReason]()
        with self._send(_job(request, n)) as job:
            for event in job.events(limits):
                if isinstance(event, Text):
                    for row in event.rows:
                        texts[row.row] += row.text
                        tokens[row.row] = row.tokens
                        if row.finish_reason:
                            ends[row.row] = row.finish_reason
        for k in range(n):
            tuple(complete_only(iter([Piece(texts[k], tokens[k], ends[k])]), self._limits))
        return tuple(Completion(texts[k], tokens[k], ends[k]) for k in range(n))

    def option_logprobs(self, messages: Sequence[Message], letters: Sequence[str]) -> tuple[float, ...]:
        """One reading of the prompt; no token is generated."""
        request = GenerationRequest(tuple(messages), max_tokens=0, temperature=0.0, seed=0)
        values: tuple[float, ...] = ()
        with self._send(_job(request, 1).model_copy(update={"letters": tuple(letters)})) as job:
            for event in job.events(self._limits):
                if isinstance(event, Logprobs):
                    values = event.values
        return values

    def close(self) -> None:
        """Ends the child."""
        with self._lock:
            self._closed = True
            child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.join()

    def _send(self, job: Job) -> "_OpenJob":
        job = job.model_copy(update={"id": next(self._ids)})
        return _OpenJob(self, self._living_child(), job)

    def _living_child(self) -> Child:
        with self._lock:
            if self._closed:
                raise ModelError("unreachable", "The model has been closed.", retryable=False)
            if self._child is not None and not self._child.ended:
                return self._child
            if self._child is not None:
                self._note_end(self._child)
            if (wait := self._not_before - time.monotonic()) > 0:
                raise ModelError(
                    "unreachable",
                    f"The model's process ended {self._crashes} times in a row; it may start again in {wait:.0f} s.",
                    remedy="Run it again then. Your work is saved.",
                )
            added = (str(self._adapter),) if self._adapter else ()
            place = (str(self._folder), str(self._cache))
            self._child = Child((*place, self._precision, str(self._threads), *added))
            self._child.start()
            return self._child

    def _note_end(self, child: Child) -> None:
        """Counts a crash, so that a child that cannot live is not started without pause. Call with the lock."""
        if child is self._child:
            self._child = None
            if child.fatal is None:  # that one has said what to repair; trying again at once is right
                self._not_before = time.monotonic() + CALM_SECONDS[min(self._crashes, len(CALM_SECONDS) - 1)]
                self._crashes += 1

    def settle(self) -> None:
        """Forgets earlier crashes after a reply that was completed."""
        self._crashes = 0


class _OpenJob:
    """One job in the child: its events, deadlines and end."""

    def __init__(self, engine: Embedded, child: Child, job: Job) -> None:
        self._engine = engine
        self._child = child
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
            if isinstance(event, Failed):
                self._child.forget(self._id)
                raise ModelError(event.kind, event.message, remedy=event.remedy, retryable=event.retryable)
            if isinstance(event, Ended):
                self._child.forget(self._id)
                return
            if isinstance(event, Started):
                started = latest
                self._note = "Reading the record."
            elif isinstance(event, Reading):
                self._note = f"Reading the record, {100 * event.done / event.of:.0f} %."
            else:
                self._note = ""
            any_token = any_token or (isinstance(event, Text) and bool(event.rows))
            if isinstance(event, Text) and any(row.finish_reason for row in event.rows):
                self._engine.settle()
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

    def __init__(self, job: _OpenJob, limits: Limits) -> None:
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


def _job(request: GenerationRequest, rows: int) -> Job:
    return Job(
        id=0,
        messages=tuple(Turn(role=message.role, content=message.content) for message in request.messages),
        rows=rows,
        max_tokens=request.max_tokens,
        temperature=request.temperature,
        seed=request.seed,
    )
