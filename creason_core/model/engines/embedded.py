"""The embedded engine: a small model in a child process, so that its crash or heat never takes the app down.

The child runs it with ONNX Runtime (docs/decisions.md says why). It starts with the first request, or with ``start``,
is shared by all callers, and is started anew after a crash.
"""

import itertools
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from creason_core.errors import ModelError, WeightsError
from creason_core.model.adapters.manifest import read_manifest as read_adapter_manifest
from creason_core.model.adapters.merging import check_base
from creason_core.model.engines.base import (
    Capabilities,
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
from creason_core.model.engines.embedded_job import EmbeddedStream, OpenJob, job_for
from creason_core.model.engines.embedded_protocol import ROWS_AT_ONCE, ChildJob, Fatal, Logprobs, Text
from creason_core.model.engines.identities import identity_of
from creason_core.model.engines.limits import Limits, complete_only
from creason_core.model.engines.weights import read_manifest

WHERE = "this computer, child process"
RUNTIME = "onnxruntime"
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
        self._told: Fatal | None = None  # what kept the model from loading
        self._fatals = 0  # in a row
        self._warm_not_before = 0.0
        self._ids = itertools.count(1)

    @property
    def identity(self) -> ModelIdentity:
        """Model and adapter with their hashes, as the manifests have them, and what computes."""
        try:
            found = identity_of("embedded", self._folder, self._adapter)
        except WeightsError:
            found = ModelIdentity("embedded", self._folder.name, adapter=self._adapter.name if self._adapter else "")
        return replace(found, runtime=RUNTIME, precision=self._precision)

    @property
    def capabilities(self) -> Capabilities:
        """Several replies at once from one reading of the prompt, the same in any company."""
        return Capabilities(ROWS_AT_ONCE, logprobs=True, reads_ahead=True, repeats=True, interleaves=True)

    def health(self) -> EngineHealth:
        """Never waits: tells what is known of the child; what kept it from loading, until a child has loaded."""
        child = self._child
        if child is not None:
            self._told = None if child.ready else child.fatal or self._told
        ready, note = True, "The model is about to load; runs wait until it is there."
        if self._told is not None:
            ready, note = False, f"{self._told.message} {self._told.remedy}"
        elif child is not None and child.ready and not child.ended:
            note = f"Ready; {child.waiting} waiting for their turn." if child.waiting else "Ready."
        elif fault := self._fault_of_weights():
            ready, note = False, fault
        elif child is not None and child.ended:
            note = "The model's process had ended; the next run starts it again."
        elif child is not None:
            note = f"Loading the model; runs wait until it is there. {child.note}"
        elif (wait := self._not_before - time.monotonic()) > 0:
            note = f"The model's process ended {self._crashes} times in a row; it may start again in {wait:.0f} s."
        return EngineHealth(ready, self.identity, WHERE, note, child.context_tokens if child else 0)

    def _fault_of_weights(self) -> str:
        """Why no child can load the model, as far as a look at its folder says; empty where it may."""
        try:
            base = read_manifest(self._folder)
            if self._adapter is not None:
                check_base(read_adapter_manifest(self._adapter), base)
        except WeightsError as error:
            return str(error)
        return ""

    def warm(self) -> None:
        """Begins to load the model, also after a fault, with pauses that grow; who asks later is told of a fault."""
        child = self._child
        if child is not None and child.fatal is not None and time.monotonic() < self._warm_not_before:
            return
        with suppress(ModelError):
            self._living_child()

    def read_ahead(self, messages: Sequence[Message]) -> None:
        """Reads a prompt that will probably be asked, while there is nothing else to do."""
        request = GenerationRequest(tuple(messages), max_tokens=0, temperature=0.0, seed=0)
        with suppress(ModelError):
            self._living_child().send(job_for(request, 1).model_copy(update={"id": next(self._ids), "ahead": True}))

    def stream(self, request: GenerationRequest) -> EmbeddedStream:
        """Starts one generation. Raises ``ModelError`` when the child may not be started now."""
        return EmbeddedStream(self._send(job_for(request, 1)), self._limits)

    def sample(self, request: GenerationRequest, n: int) -> tuple[Completion, ...]:
        """Several replies from one reading of the prompt, written together."""
        limits = replace(self._limits, total=self._limits.total * n, characters=self._limits.characters * n)
        texts, tokens, ends = [""] * n, [0] * n, dict[int, FinishReason]()
        with self._send(job_for(request, n)) as job:
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
        with self._send(job_for(request, 1).model_copy(update={"letters": tuple(letters)})) as job:
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

    def _send(self, job: ChildJob) -> OpenJob:
        job = job.model_copy(update={"id": next(self._ids)})
        return OpenJob(self._living_child(), job, self.settle)

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
        if child is not self._child:
            return
        self._child = None
        if child.fatal is None:
            self._not_before = time.monotonic() + _calm(self._crashes)
            self._crashes += 1
        else:  # it has said what to repair: who asks may try again at once, and only ``warm`` waits
            self._told, self._fatals = child.fatal, self._fatals + 1
            self._warm_not_before = time.monotonic() + _calm(self._fatals)

    def settle(self) -> None:
        """Forgets earlier crashes after a reply that was completed."""
        self._crashes = self._fatals = 0


def _calm(before: int) -> float:
    """The pause after a fault that ``before`` others came before, in seconds."""
    return CALM_SECONDS[min(before, len(CALM_SECONDS) - 1)]
