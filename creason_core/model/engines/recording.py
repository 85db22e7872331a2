"""One recorded reply: what was asked, by whom it was answered and when, step by step; and its replay."""

import hashlib
import threading
from collections.abc import Iterator
from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict

from creason_core.errors import ModelError, ModelFault
from creason_core.model.engines.base import FinishReason, ModelIdentity, Piece
from creason_core.model.engines.limits import Limits, complete_only


class Recording(BaseModel):
    """One line of a recordings file.

    ``prompt`` is the hash of the messages, or "*" for a scripted reply to any prompt (scripted replies take
    turns). ``pieces`` are the steps of the stream as (new text, tokens so far). A reply without
    ``finish_reason`` ends in ``fault``. ``seconds`` (scripts only) is the pause before each piece.

    ``question`` names what was asked and ``prompt_version`` in whose words, so that a recording of another wording is
    found and told; ``made`` is the day (UTC). ``before`` is the hash of the messages without the ``opening`` of the
    reply, which the last of them is. ``seal`` is the SHA-256 of all the other fields.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: str
    question: str = ""
    prompt_version: int = 0
    made: date | None = None
    before: str = ""
    opening: str = ""
    model: str
    model_hash: str = ""
    adapter: str = ""
    adapter_hash: str = ""
    runtime: str = ""
    precision: str = ""
    seed: int = 0
    temperature: float = 0.0
    pieces: tuple[tuple[str, int], ...] = ()
    finish_reason: FinishReason | None = None
    letters: tuple[str, ...] = ()
    logprobs: tuple[float, ...] = ()
    fault: ModelFault | None = None
    message: str = ""
    seconds: float | None = None
    seal: str = ""

    @property
    def text(self) -> str:
        """The whole reply."""
        return "".join(text for text, _ in self.pieces)

    @property
    def identity(self) -> ModelIdentity:
        """The model that was recorded."""
        return ModelIdentity(
            "replay", self.model, self.model_hash, self.adapter, self.adapter_hash, self.runtime, self.precision
        )

    def sealed(self) -> Self:
        """The same with its seal."""
        return self.model_copy(update={"seal": self._digest()})

    @property
    def intact(self) -> bool:
        """Whether nothing was changed since it was sealed; one that has no seal never was."""
        return not self.seal or self.seal == self._digest()

    def after(self, kept: str) -> Self | None:
        """What is left of the reply behind ``kept``; None where it does not begin so, or nothing is left."""
        if not self.text.startswith(kept) or len(kept) == len(self.text):
            return None
        left, read, told = [], 0, 0
        for text, tokens in self.pieces:
            read += len(text)
            if read <= len(kept):
                told = tokens
            else:
                left.append((text[-(read - len(kept)) :], tokens - told))
        return self.model_copy(update={"pieces": tuple(left)})

    def _digest(self) -> str:
        return hashlib.sha256(self.model_dump_json(exclude={"seal"}).encode()).hexdigest()


class ReplayStream:
    """A recorded reply on its way."""

    def __init__(self, recording: Recording, seconds: float) -> None:
        self._recording = recording
        self._seconds = seconds if recording.seconds is None else recording.seconds
        self._closed = threading.Event()

    def __iter__(self) -> Iterator[Piece]:
        return complete_only(self._pieces(), Limits())

    def _pieces(self) -> Iterator[Piece]:
        last = len(self._recording.pieces) - 1
        before = 0
        for k, (text, tokens) in enumerate(self._recording.pieces):
            pause = self._seconds * (tokens - before)
            before = tokens
            if self._closed.wait(pause) if pause else self._closed.is_set():
                return
            yield Piece(text, tokens, self._recording.finish_reason if k == last else None)
        if self._closed.is_set():
            return
        if self._recording.fault:
            message = self._recording.message or f"A scripted fault of the kind {self._recording.fault!r}."
            raise ModelError(self._recording.fault, message, remedy="Run it again.")
        if self._recording.finish_reason is None:
            raise ModelError("incomplete", "The reply ended without saying that it is complete.")

    def without_pauses(self) -> Self:
        """The same reply, at once."""
        self._seconds = 0.0
        return self

    def close(self) -> None:
        """Stops the replay."""
        self._closed.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
