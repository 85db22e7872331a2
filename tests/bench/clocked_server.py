"""A model server that writes down when it sends each token and when its reader leaves.

It speaks the two routes of the OpenAI protocol that the vLLM engine uses, at a fixed pace, and reasons about
nothing: it is the clock that the delays of the app are measured with. Token 7 of reply 2 reads ``r2t7.``, so that
it can be found again on the page.
"""

import json
import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

MODEL = "clock"
TOKENS_PER_SECOND = 20.0


@dataclass(slots=True)
class Reply:
    """Streamed reply ``number``. Times are seconds since the epoch; ``sent[k]`` is when token ``k`` left."""

    number: int
    sent: list[float] = field(default_factory=list)
    reader_left: float | None = None
    over: threading.Event = field(default_factory=threading.Event)


class ClockedServer(ThreadingHTTPServer):
    """The server and its notes; ``replies`` are in the order in which they were asked for."""

    daemon_threads = True

    def __init__(self, tokens: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.tokens = tokens
        self.replies: list[Reply] = []
        self.dead = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}/v1"

    def kill(self) -> None:
        """Breaks every stream off and refuses what comes."""
        self.dead.set()

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Serves until the block ends."""
        threading.Thread(target=self.serve_forever, daemon=True).start()
        try:
            yield self
        finally:
            self.shutdown()
            self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: ClockedServer

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        if self.server.dead.is_set():
            self.send_error(503)
            return
        self._json({"object": "list", "data": [{"id": MODEL, "object": "model", "max_model_len": 4096}]})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not asked.get("stream"):  # the app asks for one token to see whether the server is well
            choice = {"index": 0, "message": {"role": "assistant", "content": "t"}, "finish_reason": "length"}
            self._json({"id": "0", "object": "chat.completion", "created": 0, "model": MODEL, "choices": [choice]})
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        reply = Reply(len(self.server.replies))
        self.server.replies.append(reply)
        try:
            self._stream(reply)
        finally:
            reply.over.set()

    def _stream(self, reply: Reply) -> None:
        started = time.time()
        for token in range(self.server.tokens):
            while (left := started + token / TOKENS_PER_SECOND - time.time()) > 0:
                if self._reader_left(left):
                    reply.reader_left = time.time()
                    return
            if self.server.dead.is_set():
                return
            try:
                self._event({"content": f" r{reply.number}t{token}."})
            except OSError:
                reply.reader_left = time.time()
                return
            reply.sent.append(time.time())
        self._event({"content": " \\boxed{A}"}, finish="stop")
        self.wfile.write(b"data: [DONE]\n\n")

    def _reader_left(self, seconds: float) -> bool:
        """Waits up to ``seconds``; whether the connection was closed meanwhile."""
        readable, _, _ = select.select([self.connection], [], [], seconds)
        try:
            return bool(readable) and self.connection.recv(1, socket.MSG_PEEK) == b""
        except OSError:
            return True

    def _event(self, delta: dict[str, Any], finish: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": MODEL, "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()

    def _json(self, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
