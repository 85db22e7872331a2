"""What the app and the model's child process say to each other: one JSON object a line, over two pipes.

To the child go ``ChildJob`` and ``Cancel``; from it come the ``Event``s. Several jobs share the child; ``id`` tells
them apart.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from creason_core.errors import ModelFault
from creason_core.model.engines.base import FinishReason, Message

ROWS_AT_ONCE = 8  # replies that grow together; further ones wait for a place


class Line(BaseModel):
    """One line of the protocol."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def encoded(self) -> bytes:
        """The line as sent: ASCII JSON without line breaks inside."""
        return self.model_dump_json(ensure_ascii=True).encode("ascii") + b"\n"


class ChildJob(Line):
    """Asks for ``rows`` replies with seeds ``seed … seed + rows - 1``, or for the probabilities of ``letters``.

    ``ahead``: the prompt is only read, while nothing else is to be done, and no event tells of it.
    """

    say: Literal["job"] = "job"
    id: int
    messages: tuple[Message, ...]
    rows: int = 1
    max_tokens: int = 0
    temperature: float = 0.0
    seed: int = 0
    letters: tuple[str, ...] = ()
    ahead: bool = False


class Cancel(Line):
    """Ends a job without a further event of it."""

    say: Literal["cancel"] = "cancel"
    id: int


class Loading(Line):
    """What the child is doing before it can answer."""

    say: Literal["loading"] = "loading"
    note: str


class Ready(Line):
    """The model is loaded."""

    say: Literal["ready"] = "ready"
    context_tokens: int


class Fatal(Line):
    """The model cannot be loaded; the child ends."""

    say: Literal["fatal"] = "fatal"
    message: str
    remedy: str


class Started(Line):
    """A job has left the queue."""

    say: Literal["started"] = "started"
    id: int


class PromptReading(Line):
    """How many tokens of a job's prompt have been read."""

    say: Literal["reading"] = "reading"
    id: int
    done: int
    of: int


class ReplyText(Line):
    """New text of one reply and its number of tokens so far."""

    row: int
    text: str
    tokens: int
    finish_reason: FinishReason | None


class Text(Line):
    """One step of a job: the replies that moved."""

    say: Literal["text"] = "text"
    id: int
    rows: tuple[ReplyText, ...]


class Logprobs(Line):
    """Natural-log probabilities, in the order of the job's letters."""

    say: Literal["logprobs"] = "logprobs"
    id: int
    values: tuple[float, ...]


class Ended(Line):
    """The job is complete."""

    say: Literal["ended"] = "ended"
    id: int


class JobFailed(Line):
    """The job failed; other jobs go on."""

    say: Literal["failed"] = "failed"
    id: int
    kind: ModelFault
    message: str
    remedy: str
    retryable: bool


Order = Annotated[ChildJob | Cancel, Field(discriminator="say")]
JobEvent = Started | PromptReading | Text | Logprobs | Ended | JobFailed
Event = Annotated[Loading | Ready | Fatal | JobEvent, Field(discriminator="say")]
ORDERS: TypeAdapter[ChildJob | Cancel] = TypeAdapter(Order)
EVENTS: TypeAdapter[Loading | Ready | Fatal | JobEvent] = TypeAdapter(Event)
