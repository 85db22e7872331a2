"""Replies under the test's hand: the test says when each piece comes, and sees what was sent and closed."""

import queue
import threading
from collections.abc import Iterator, Sequence
from typing import Self

from creason_core.model.engines.base import (
    Capabilities,
    Completion,
    EngineHealth,
    EngineName,
    GenerationRequest,
    Message,
    ModelIdentity,
    Piece,
)


class HeldStream:
    """A reply that yields what the test puts into it; None ends it, an exception is raised."""

    def __init__(self, request: GenerationRequest) -> None:
        self.request = request
        self.closed = threading.Event()
        self._coming: queue.Queue[Piece | Exception | None] = queue.Queue()
        self._tokens = 0

    def say(self, text: str, *, finish: bool = False, tokens: int = 1) -> None:
        self._tokens += tokens
        self._coming.put(Piece(text, self._tokens, "stop" if finish else None))
        if finish:
            self._coming.put(None)

    def fail(self, error: Exception) -> None:
        self._coming.put(error)

    def __iter__(self) -> Iterator[Piece]:
        while (piece := self._coming.get()) is not None:
            if isinstance(piece, Exception):
                raise piece
            if self.closed.is_set():
                return
            yield piece

    def close(self) -> None:
        self.closed.set()
        self._coming.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class HeldEngine:
    """An engine whose streams the test feeds. ``slots`` is how many it is sent together."""

    def __init__(self, name: EngineName = "vllm", slots: int = 1_000) -> None:
        self._slots = slots
        self._identity = ModelIdentity(name, "held", "hash")
        self._sent: queue.Queue[HeldStream] = queue.Queue()
        self.sent = 0

    @property
    def identity(self) -> ModelIdentity:
        return self._identity

    def next(self, seconds: float = 10.0) -> HeldStream:
        """The next stream that was asked for."""
        return self._sent.get(timeout=seconds)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(self._slots, logprobs=False, reads_ahead=False, repeats=True, interleaves=True)

    def health(self) -> EngineHealth:
        return EngineHealth(True, self._identity, "here", "ready")

    def stream(self, request: GenerationRequest) -> HeldStream:
        stream = HeldStream(request)
        self.sent += 1
        self._sent.put(stream)
        return stream

    def sample(self, request: GenerationRequest, n: int) -> tuple[Completion, ...]:
        raise NotImplementedError

    def option_logprobs(self, messages: Sequence[Message], letters: Sequence[str]) -> tuple[float, ...]:
        raise NotImplementedError

    def close(self) -> None:
        pass
