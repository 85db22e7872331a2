"""The data type that a vLLM server computes in, told by the server itself in a header of its replies.

vLLM's own addresses do not tell it. ``serve`` loads this into the server it starts, so what is told belongs to the
process that answers, and not to whoever started one on the same port before.
"""

import sys
from collections.abc import Sequence
from typing import Any

HEADER = "x-creason-precision"


def asked(line: Sequence[str]) -> str:
    """What a vLLM server's command line asks for; the last ``--dtype`` counts, as it does for vLLM."""
    found = "auto"
    for option, following in zip(line, [*line[1:], ""], strict=True):
        name, equals, value = option.partition("=")
        if name == "--dtype":
            found = value if equals else following
    return found


class PrecisionHeader:
    """An ASGI middleware that adds the header to every reply."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._header = (HEADER.encode(), asked(sys.argv).encode())

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Passes everything on, with the header in the start of a reply."""

        async def with_header(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), self._header]
            await send(message)

        await self._app(scope, receive, with_header if scope["type"] == "http" else send)
