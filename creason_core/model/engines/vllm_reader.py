"""Reads the event stream of a chat completion: bytes in, pieces out.

The OpenAI client sends the request and would parse the stream too, but it builds a checked-looking, unchecked
object for each token, at five times the cost of the rest of our code; on a machine that also runs the model
that time is the model's.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

from creason_core.errors import ModelError
from creason_core.model.engines.base import THINKING, FinishReason, Piece
from creason_core.model.engines.limits import AGAIN

FINISH: dict[str | None, FinishReason] = {"stop": "stop", "length": "length"}


async def events(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The events of a stream as they were sent, until its end or ``[DONE]``."""
    rest = b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if not line.startswith(b"data:"):
                continue  # blank lines, comments that keep the connection open
            data = line[5:].strip()
            if data == b"[DONE]":
                return
            yield data


class PieceReader:
    """Turns events into pieces. Reasoning comes under one of two names; in the text it stands between ``THINKING``."""

    def __init__(self) -> None:
        self._tokens = 0
        self._in_reasoning = False
        self._finish = ""

    def read(self, data: bytes) -> Piece | None:
        """The piece in an event, None where it has none.

        Raises:
            ModelError: The server reports an error.
            ValueError, TypeError, AttributeError, LookupError: The event is not JSON of the shape it should have.
        """
        event: Any = json.loads(data.decode("utf-8"))
        if "error" in event:
            raise _reported(event["error"])
        if not event["choices"]:
            return None  # the closing event, which only counts
        choice = event["choices"][0]
        delta, finish = choice["delta"], choice.get("finish_reason")
        reasoning = delta.get("reasoning") or delta.get("reasoning_content") or ""
        content = delta.get("content") or ""
        if not reasoning and not content and finish is None:
            return None  # the opening event, which only names the role
        usage = event.get("usage")  # in every event from vLLM; elsewhere an event with text counts as a token
        self._tokens = int(usage["completion_tokens"]) if usage else self._tokens + bool(reasoning or content)
        if finish is not None and finish not in FINISH:
            self._finish = str(finish)
        text = self._marked(reasoning, content)
        return Piece(_whole(text), self._tokens, FINISH.get(finish))

    def _marked(self, reasoning: str, content: str) -> str:
        """The text of one event, with the marks of thinking where it begins and where the reply takes over."""
        begins = THINKING[0] if reasoning and not self._in_reasoning else ""
        thinking = bool(reasoning) or self._in_reasoning
        ends = f"{THINKING[1]}\n\n" if thinking and content else ""
        self._in_reasoning = thinking and not content
        return f"{begins}{reasoning}{ends}{content}"

    def unfinished(self) -> ModelError:
        """The fault for a stream that ended without saying that the reply is complete."""
        why = f" ({self._finish})" if self._finish else ""
        return ModelError("incomplete", f"The model server ended the reply before it was complete{why}.", remedy=AGAIN)


def _reported(error: object) -> ModelError:
    said = error.get("message", "") if isinstance(error, dict) else error
    return ModelError("failed", f"The model server reported an error: {short(str(said))}", remedy=AGAIN)


def short(text: str) -> str:
    """A server's own words, on one line and not longer than a line or two."""
    line = " ".join(text.split())
    return line if len(line) <= 240 else f"{line[:239]}…"


def _whole(text: str) -> str:
    """The text without lone surrogates, which JSON can carry and no file or database takes."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
