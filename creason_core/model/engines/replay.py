"""The replay engine: recorded replies at a chosen pace, for demonstrations and tests. It never computes an answer.

A recording is found by the SHA-256 of the messages it answered; when a prompt was recorded with several seeds,
the seed picks one of them. A prompt without a recording is refused: a reply is never shown as the answer to
another prompt. The only exception is a *script*, replies that tests prescribe for any prompt, and then the
model is named "script".
"""

import hashlib
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from creason_core.errors import ModelError, ModelFault
from creason_core.model.engines.base import (
    Capabilities,
    Completion,
    Engine,
    EngineHealth,
    FinishReason,
    GenerationRequest,
    Message,
    ModelIdentity,
    Piece,
)
from creason_core.model.engines.limits import Limits, complete_only, completion_of

PACKAGED = Path(__file__).with_name("recordings.jsonl")


class Recording(BaseModel):
    """One line of a recordings file.

    ``prompt`` is the hash of the messages, or "*" for a scripted reply to any prompt (scripted replies take
    turns). ``pieces`` are the steps of the stream as (new text, tokens so far). A reply without
    ``finish_reason`` ends in ``fault``. ``seconds`` (scripts only) is the pause before each piece.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: str
    model: str
    model_hash: str = ""
    seed: int = 0
    temperature: float = 0.0
    pieces: tuple[tuple[str, int], ...] = ()
    finish_reason: FinishReason | None = None
    letters: tuple[str, ...] = ()
    logprobs: tuple[float, ...] = ()
    fault: ModelFault | None = None
    message: str = ""
    seconds: float | None = None


def prompt_hash(messages: Sequence[Message]) -> str:
    """The SHA-256 of a conversation, in hex."""
    turns = [[message.role, message.content] for message in messages]
    return hashlib.sha256(json.dumps(turns, ensure_ascii=True).encode()).hexdigest()


def scripted(
    *texts: str, finish_reason: FinishReason | None = "stop", seconds: float = 0.0, fault: ModelFault | None = None
) -> Recording:
    """A prescribed reply to any prompt, for tests: one piece a text, ``seconds`` before each.

    With ``fault`` the reply breaks off with that ``ModelError`` after its last piece.
    """
    pieces = tuple((text, k) for k, text in enumerate(texts, start=1))
    return Recording(
        prompt="*",
        model="script",
        pieces=pieces,
        finish_reason=None if fault else finish_reason,
        fault=fault,
        seconds=seconds,
    )


class Replay:
    """Replies from a file, or from a script.

    Args:
        file: A JSON Lines file of ``Recording``s; None for those in the package.
        tokens_per_second: The pace of recorded replies.
        script: Replies to give in turn, whatever is asked; takes the place of the file.
    """

    def __init__(
        self, file: Path | None = None, *, tokens_per_second: float = 20.0, script: Sequence[Recording] = ()
    ) -> None:
        self._file = file or PACKAGED
        self._pace = 1.0 / tokens_per_second
        self._problem = ""
        self._recordings = tuple(script) or self._read()
        self._turn = 0
        self._lock = threading.Lock()

    @property
    def identity(self) -> ModelIdentity:
        """The model that was recorded; "script" for prescribed replies."""
        if not self._recordings:
            return ModelIdentity("replay", "nothing recorded")
        return ModelIdentity("replay", self._recordings[0].model, self._recordings[0].model_hash)

    @property
    def capabilities(self) -> Capabilities:
        """As many at once as anybody wants: nothing is computed."""
        return Capabilities(1_000, logprobs=True, reads_ahead=False, repeats=True, interleaves=True)

    def health(self) -> EngineHealth:
        """Ready when there is something to replay."""
        scripted = bool(self._recordings) and self._recordings[0].prompt == "*"
        where = "scripted replies, for tests" if scripted else "recorded replies"
        prompts = len({recording.prompt for recording in self._recordings})
        note = self._problem or f"Replays what {self.identity.model} answered earlier, for {prompts} prompts."
        return EngineHealth(not self._problem, self.identity, where, note if not scripted else "Scripted replies.")

    def stream(self, request: GenerationRequest) -> "ReplayStream":
        """Replays the reply recorded for exactly these messages. Raises ``ModelError`` when there is none."""
        found = self._find(request.messages, lambda recording: bool(recording.pieces or recording.fault))
        with self._lock:
            self._turn += 1
            turn = self._turn - 1
        seeds = [recording.seed for recording in found]
        scripted = found[0].prompt == "*"
        place = turn if scripted else seeds.index(request.seed) if request.seed in seeds else request.seed
        return ReplayStream(found[place % len(found)], self._pace)

    def sample(self, request: GenerationRequest, n: int) -> tuple[Completion, ...]:
        """Replays n replies, without pauses."""
        seeds = range(request.seed, request.seed + n)
        return tuple(completion_of(self.stream(replace(request, seed=seed)).without_pauses()) for seed in seeds)

    def option_logprobs(self, messages: Sequence[Message], letters: Sequence[str]) -> tuple[float, ...]:
        """Replays the recorded probabilities of exactly these letters."""
        wanted = tuple(letters)
        return self._find(messages, lambda recording: recording.letters == wanted)[0].logprobs

    def close(self) -> None:
        """Nothing to release."""

    def _find(self, messages: Sequence[Message], fits: Callable[[Recording], bool]) -> list[Recording]:
        if self._problem:
            raise ModelError("unreachable", self._problem, retryable=False)
        key = prompt_hash(messages)
        found = [recording for recording in self._recordings if recording.prompt in {key, "*"} and fits(recording)]
        if not found:
            raise ModelError(
                "rejected",
                "There is no recording for this question, and a recorded reply is never shown for another one.",
                remedy="Choose a question of the demonstration, or use a live model (CREASON_ENGINE=auto).",
                retryable=False,
            )
        return found

    def _read(self) -> tuple[Recording, ...]:
        try:
            lines = self._file.read_text(encoding="utf-8").splitlines()
            recordings = tuple(Recording.model_validate_json(line) for line in lines if line.strip())
        except FileNotFoundError:
            self._problem = f"There is no file of recorded replies at {self._file}."
        except (OSError, UnicodeDecodeError, ValidationError) as error:
            self._problem = f"The recorded replies in {self._file} cannot be read: {type(error).__name__}."
        else:
            if not recordings:
                self._problem = f"{self._file} holds no recorded replies."
            return recordings
        return ()


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


def recorded_reply(engine: Engine, request: GenerationRequest) -> Recording:
    """Lets a live engine answer, and keeps its reply step by step. Raises ``ModelError`` when it is not completed."""
    pieces = [piece for piece in engine.stream(request) if piece.text or piece.finish_reason]
    return Recording(
        prompt=prompt_hash(request.messages),
        model=engine.identity.model,
        model_hash=engine.identity.model_hash,
        seed=request.seed,
        temperature=request.temperature,
        pieces=tuple((piece.text, piece.tokens) for piece in pieces),
        finish_reason=pieces[-1].finish_reason,
    )


def recorded_logprobs(engine: Engine, messages: Sequence[Message], letters: Sequence[str]) -> Recording:
    """Keeps a live engine's probabilities of the letters. Raises ``ModelError``."""
    return Recording(
        prompt=prompt_hash(messages),
        model=engine.identity.model,
        model_hash=engine.identity.model_hash,
        letters=tuple(letters),
        logprobs=engine.option_logprobs(messages, letters),
    )


def write_recordings(recordings: Iterable[Recording], file: Path) -> None:
    """Writes a recordings file, in place of what was there."""
    lines = [recording.model_dump_json(exclude_defaults=True) + "\n" for recording in recordings]
    file.write_text("".join(lines), encoding="utf-8")
