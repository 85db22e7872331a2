"""The engine protocol: messages in, text out.

An engine knows nothing of patients, questions or answer keys. It gets ``Message``s, gives back text as it is
generated, and says whether the text is complete. Every fault is a ``ModelError``; text that arrived before
the fault has already been handed out, so nothing is lost. ``tests/model/engines/test_contract.py`` holds every
implementation to this file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, Protocol, Self, runtime_checkable

FinishReason = Literal["stop", "length"]
THINKING = ("<think>", "</think>")  # what stands in a text around thinking that a server sent apart from its reply
EngineName = Literal["vllm", "embedded", "transformers", "replay", "baseline"]
EngineState = Literal["ready", "slow", "offline"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation. A final assistant message is a prefill that the model continues."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """What to generate. ``temperature`` 0 is greedy, above it the whole distribution is drawn from.

    The same seed, weights, runtime and machine give the same text, as far as their rounding is the same: that of a vLLM
    server depends much on what else it serves, that of the embedded engine hardly.
    """

    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float
    seed: int


@dataclass(frozen=True, slots=True)
class Piece:
    """One step of a stream: new text (may be empty) and the number of tokens generated so far.

    Only the last piece of a complete reply has a ``finish_reason``.
    """

    text: str
    tokens: int
    finish_reason: FinishReason | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """A complete reply."""

    text: str
    tokens: int
    finish_reason: FinishReason


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which weights answer: recorded with every run. Hashes are SHA-256 in hex, empty where unknown.

    ``runtime`` and ``precision`` say what computes, and with which numbers ("onnxruntime", "int8"), since both may
    change an answer; empty where the engine does not say.
    """

    engine: EngineName
    model: str
    model_hash: str = ""
    adapter: str = ""
    adapter_hash: str = ""
    runtime: str = ""
    precision: str = ""

    @classmethod
    def named(cls, row: Any) -> Self:
        """The identity in the attributes of a row of a table or a file, which have the names of these fields."""
        return cls(*(getattr(row, field.name) for field in fields(cls)))

    @property
    def title(self) -> str:
        """Model and adapter as people call them; empty where no model is known."""
        return f"{self.model} + {self.adapter}" if self.adapter else self.model


@dataclass(frozen=True, slots=True)
class EngineHealth:
    """Whether the engine can answer now. ``note`` is a sentence for the person reading the header."""

    ready: bool
    identity: ModelIdentity
    where: str  # "this computer, child process", "http://127.0.0.1:8000/v1", "recorded replies"
    note: str
    context_tokens: int = 0  # 0: unknown
    slow: bool = False  # it answers, or may still, and takes long to begin
    patience: float = 1.0  # its deadlines are so many times those of the settings; at least 1

    @property
    def state(self) -> EngineState:
        """The one word of the header: a slow engine can be asked, an engine that is offline cannot."""
        return "offline" if not self.ready else "slow" if self.slow else "ready"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can do, whichever weights it has.

    ``slots`` is how many generations it writes together; further ones wait in the program's own line. ``repeats`` says
    whether the same request gives the same text again, beside whatever else it serves.
    """

    slots: int
    logprobs: bool  # the probabilities of the answer letters
    reads_ahead: bool  # reads a prompt before it is asked
    repeats: bool
    interleaves: bool  # several replies grow at the same time

    def __post_init__(self) -> None:
        if self.slots < 1:
            raise ValueError(f"{self.slots} slots: an engine writes at least one reply at a time.")


class TokenStream(Protocol):
    """A reply on its way. Iterating raises ``ModelError`` when the reply cannot be completed.

    ``close`` may be called from another thread, at any time and more than once: it makes the model stop
    within a second, and the iteration end without a finish reason and without an error.
    """

    def __iter__(self) -> Iterator[Piece]: ...

    def close(self) -> None:
        """Stops the generation."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...


@runtime_checkable
class TellsWhy(Protocol):
    """A stream that can say what keeps the first word."""

    @property
    def note(self) -> str:
        """What the model is doing ("Reading the record, 60 %."); empty once it writes."""
        ...


@runtime_checkable
class ReadsAhead(Protocol):
    """An engine that can use the time before it is asked. Neither method waits, and a fault is told to who asks."""

    def warm(self) -> None:
        """Begins to load the model."""
        ...

    def read_ahead(self, messages: Sequence[Message]) -> None:
        """Reads a prompt that will probably be asked, while there is nothing else to do."""
        ...


class Engine(Protocol):
    """A language model. All methods may be called from several threads."""

    @property
    def identity(self) -> ModelIdentity:
        """Which weights answer; may ask the server once and remember."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it can do; never waits."""
        ...

    def health(self) -> EngineHealth:
        """Whether the engine can answer now. Never raises, returns within the connect deadline."""
        ...

    def stream(self, request: GenerationRequest) -> TokenStream:
        """Starts one generation. Raises ``ModelError`` at once or while iterating."""
        ...

    def sample(self, request: GenerationRequest, n: int) -> tuple[Completion, ...]:
        """``n`` independent replies, in order, with seeds ``seed … seed + n - 1``. Raises ``ModelError``."""
        ...

    def option_logprobs(self, messages: Sequence[Message], letters: Sequence[str]) -> tuple[float, ...]:
        r"""Natural-log probabilities of each single-token letter as the next token after the prefill.

        ``messages`` ends in an assistant message such as ``… \boxed{``. The values are those of the whole
        vocabulary, so their exponentials sum to at most 1. Raises ``ModelError``.
        """
        ...

    def close(self) -> None:
        """Releases the model; the engine cannot be used afterwards."""
        ...
