"""The messages that a run sent, as its row keeps them: JSON since revision 0006, a transcript of them before.

A transcript is read here and nowhere else. Its text is kept as it is, so that what old rows show and export stays the
same; where a record or a reply holds what looks like the start of a message, its split is a guess and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue, TypeAdapter

from creason_core.model.engines.base import Message
from creason_core.question.prompts import OPENING, transcript

_MESSAGES: TypeAdapter[tuple[Message, ...]] = TypeAdapter(tuple[Message, ...])
_SYSTEM, _USER, _ASSISTANT = "[system]\n", "\n\n[user]\n", "\n\n[assistant]\n"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a run sent. ``text`` is the whole as people read it; ``certain``: the messages are exactly those sent."""

    messages: tuple[Message, ...]
    text: str
    certain: bool = True

    @classmethod
    def of(cls, messages: Sequence[Message]) -> "Sent":
        """What a new run sends."""
        return cls(tuple(messages), transcript(messages))


def as_stored(messages: Sequence[Message]) -> JsonValue:
    """``messages`` as the column ``messages`` keeps them."""
    return [{"role": message.role, "content": message.content} for message in messages]


def sent_of(stored: JsonValue, prompt: str) -> Sent:
    """What a row sent, by its columns ``messages`` (None in rows of before) and ``prompt`` (their transcript)."""
    if stored is not None:
        return Sent.of(_MESSAGES.validate_python(stored))
    return _of_transcript(prompt)


def _of_transcript(text: str) -> Sent:
    """A transcript taken apart; without messages where it is none."""
    system, to_user, rest = text.removeprefix(_SYSTEM).partition(_USER)
    # The opening of the reply first: a record may hold a line that looks like a role, but hardly both.
    for mark in (_ASSISTANT + OPENING, _ASSISTANT):
        user, to_assistant, reply = rest.partition(mark)
        if to_assistant:
            break
    if not (text.startswith(_SYSTEM) and to_user and to_assistant):
        return Sent((), text, certain=False)
    parts = (system, user, mark.removeprefix(_ASSISTANT) + reply)
    certain = not any(mark in part for part in parts for mark in (_USER, _ASSISTANT))
    roles = ("system", "user", "assistant")
    messages = tuple(Message(role, part) for role, part in zip(roles, parts, strict=True))  # type: ignore[arg-type]
    return Sent(messages, text, certain)
