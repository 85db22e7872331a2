"""A model server that reasons over the passages it is given: an OpenAI-compatible one whose reply is known beforehand.

It reads passages and marks out of the prompt as any model would. Its reply cites the first passage rightly, puts the
first under the second's mark too, says something under no mark, and something under a mark that nobody gave it.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Self

from tests.evaluation.guideline_answers.scripted import passages_in
from tests.model.engines.fault_server import chunk

MODEL = "able"
_WORD = re.compile(r"\S+\s*")
UNSOURCED = "Ask how the urine output was before."
INVENTED = "Watch the lactate closely."


def reply(prompt: str) -> str:
    """What the server answers to a prompt with at least two passages."""
    first, second = passages_in(prompt)[:2]
    return (
        f"Gist: {first.sentence} [{first.mark}].\nOptions to consider:\n- {second.sentence} [{second.mark}].\n"
        f"- {first.sentence} [{second.mark}].\nBecause: {UNSOURCED} {INVENTED} [#zzzzz9]\n"
    )


class GuidelineServer(ThreadingHTTPServer):
    """The server; each reply waits before its last heading until ``go_on`` is set, so that it can be stopped there."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.go_on = Event()
        self.kept: list[str] = []  # what each streamed reply was to go on from
        self.url = f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, *_: object) -> None:
        """A reader that stopped is what the test is about."""

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Serves until the block ends."""
        Thread(target=self.serve_forever, daemon=True).start()
        try:
            yield self
        finally:
            self.go_on.set()
            self.shutdown()
            self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: GuidelineServer

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        self._json({"object": "list", "data": [{"id": MODEL, "object": "model", "max_model_len": 8192}]})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not asked.get("stream"):  # the app asks for one token to see whether the server is well
            choice = {"index": 0, "message": {"role": "assistant", "content": "t"}, "finish_reason": "length"}
            self._json({"id": "0", "object": "chat.completion", "created": 0, "model": MODEL, "choices": [choice]})
            return
        *_, last = asked["messages"]
        kept = last["content"] if last["role"] == "assistant" else ""
        text = reply("\n".join(one["content"] for one in asked["messages"] if one["role"] == "user"))
        assert text.startswith(kept)
        self.server.kept.append(kept)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        before, heading, after = text[len(kept) :].partition("Because:")
        self._send(b"".join(chunk(word) for word in _WORD.findall(before)))
        self.server.go_on.wait()
        self._send(b"".join(chunk(word) for word in _WORD.findall(f"{heading}{after}")))
        self._send(chunk("", "stop") + b"data: [DONE]\n\n")

    def _send(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def _json(self, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
