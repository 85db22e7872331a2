"""The replay engine: recorded replies at a chosen pace, for demonstrations and tests. It never computes an answer.

A recording is found by the SHA-256 of the messages it answered; when a prompt was recorded with several seeds,
the seed picks one of them. A prompt without a recording is refused: a reply is never shown as the answer to
another prompt. A reply that was stopped goes on where it was stopped, as long as what is kept of it is how the
recording begins. The only exception is a *script*, replies that tests prescribe for any prompt, and then the model is
named "script".
"""

import hashlib
import json
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

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
)
from creason_core.model.engines.limits import completion_of
from creason_core.model.engines.recording import Recording, ReplayStream

__all__ = [
    "PACKAGED",
    "Recording",
    "Replay",
    "ReplayStream",
    "prompt_hash",
    "recorded_logprobs",
    "recorded_reply",
    "scripted",
    "write_recordings",
]

PACKAGED = Path(__file__).with_name("recordings.jsonl")


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
        tokens_per_second: The pace of recorded replies, which may be changed between them; infinite: at once.
        script: Replies to give in turn, whatever is asked; takes the place of the file.
    """

    def __init__(
        self, file: Path | None = None, *, tokens_per_second: float = 20.0, script: Sequence[Recording] = ()
    ) -> None:
        self._file = file or PACKAGED
        self.tokens_per_second = tokens_per_second
        self._problem = ""
        self._recordings = tuple(script) or self._read()
        self._turn = 0
        self._lock = threading.Lock()

    @property
    def identity(self) -> ModelIdentity:
        """The model that was recorded; "script" for prescribed replies."""
        if not self._recordings:
            return ModelIdentity("replay", "nothing recorded")
        return self._recordings[0].identity

    def made_of(self, question: str) -> Recording | None:
        """The reply recorded for the question called ``question``, in whatever words it was asked."""
        return next((one for one in self._recordings if question and one.question == question), None)

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
        if (rest := self._rest(request.messages)) is not None:
            return ReplayStream(rest, 1.0 / self.tokens_per_second)
        found = self._find(request.messages, lambda recording: bool(recording.pieces or recording.fault))
        with self._lock:
            self._turn += 1
            turn = self._turn - 1
        seeds = [recording.seed for recording in found]
        scripted = found[0].prompt == "*"
        place = turn if scripted else seeds.index(request.seed) if request.seed in seeds else request.seed
        return ReplayStream(found[place % len(found)], 1.0 / self.tokens_per_second)

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

    def _rest(self, messages: Sequence[Message]) -> Recording | None:
        """What is left of the recording whose beginning the last of ``messages`` keeps; None where there is none."""
        *before, last = messages
        if last.role != "assistant":
            return None
        key = prompt_hash(before)
        for one in self._recordings:
            if one.before == key and last.content != one.opening and last.content.startswith(one.opening):
                return one.after(last.content[len(one.opening) :])
        return None

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
            elif not all(one.intact for one in recordings):
                self._problem = f"The recorded replies in {self._file} were altered: a seal does not fit."
                return ()
            return recordings
        return ()


def recorded_reply(
    engine: Engine, request: GenerationRequest, *, question: str = "", prompt_version: int = 0
) -> Recording:
    """Lets a live engine answer, and keeps its reply step by step. Raises ``ModelError`` when it is not completed."""
    pieces = [piece for piece in engine.stream(request) if piece.text or piece.finish_reason]
    *before, last = request.messages
    begun = last.role == "assistant"
    identity = {name: value for name, value in asdict(engine.identity).items() if name != "engine"}
    return Recording(
        prompt=prompt_hash(request.messages),
        question=question,
        prompt_version=prompt_version,
        made=datetime.now(UTC).date(),
        before=prompt_hash(before) if begun else "",
        opening=last.content if begun else "",
        **identity,
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
    """Writes a recordings file, each line sealed, in place of what was there."""
    lines = [recording.sealed().model_dump_json(exclude_defaults=True) + "\n" for recording in recordings]
    file.write_text("".join(lines), encoding="utf-8")
