"""A model server with one fault a model name, for ``test_faults.py``. It speaks just enough of the OpenAI protocol.

``python tests/model/engines/fault_server.py PORT`` serves it by hand. Each mode is a list of ``Step``s; the rows L1 to
L16 of the fault table are named beside them.
"""

import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from creason_core.model.engines.precision_header import HEADER

FOREVER = 3600.0


@dataclass(frozen=True, slots=True)
class Step:
    """Bytes to send after a pause; ``cut`` drops the connection instead."""

    data: bytes = b""
    pause: float = 0.0
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Mode:
    """A reply: status, headers, steps. ``clean`` ends the body properly; ``in_turn``: one request at a time."""

    steps: tuple[Step, ...] = ()
    status: int = 200
    kind: str = "text/event-stream"
    clean: bool = True
    headers: dict[str, str] = field(default_factory=dict)
    in_turn: bool = False


def chunk(text: str = "", finish: str | None = None, **delta: str) -> bytes:
    """One server-sent event with a piece of the reply."""
    change: dict[str, Any] = {**({"content": text} if text or not delta else {}), **delta}
    choice = {"index": 0, "delta": change, "finish_reason": finish}
    body = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(body).encode() + b"\n\n"


def said(*texts: str) -> tuple[Step, ...]:
    return tuple(Step(chunk(text)) for text in texts)


def error(status: int, message: str, **headers: str) -> Mode:
    body = json.dumps({"error": {"message": message, "type": "error", "code": status}}).encode()
    return Mode((Step(body),), status=status, kind="application/json", headers=headers)


DONE = Step(b"data: [DONE]\n\n")
STOP = Step(chunk("", "stop"))
PIECES_LATE = ("The ", "answer.")
HALF = said("The lactate ", "is ")
ESCAPES = "\x1b[31mred\x00 \u202eright to left"
MODES: dict[str, Mode] = {
    "ok": Mode((*said("The lactate ", "is 4.2 mmol/L — é 漢 🙂."), STOP, DONE)),
    "hang": Mode((Step(pause=FOREVER),)),  # L2, L14
    "stall": Mode((*HALF, Step(pause=FOREVER))),  # L3
    "drip": Mode(tuple(Step(chunk("x "), pause=0.3) for _ in range(1000))),  # L4
    "cut": Mode((*HALF, Step(cut=True))),  # L5
    "no_done": Mode(HALF),  # L6
    "close_no_length": Mode(HALF, clean=False, headers={"Connection": "close"}),  # L6
    "no_finish": Mode((*HALF, DONE)),  # L7
    "abort": Mode((*HALF, Step(chunk("", "abort")), DONE)),  # L8
    "length": Mode((*HALF, Step(chunk("not", "length")), DONE)),  # L9
    "error_event": Mode((*HALF, Step(b'data: {"error": {"message": "engine died", "code": 500}}\n\n'))),  # L10
    "html": Mode((Step(b"<html>Sign in to the network</html>"),), kind="text/html"),  # L11
    "no_events": Mode(),  # L11
    "bad_json": Mode((*HALF, Step(b"data: {not json\n\n"))),  # L12
    "bad_utf8": Mode((*HALF, Step(b'data: {"a": "\xff\xfe"}\n\n'))),  # L12
    "bad_shape": Mode((*HALF, Step(b'data: {"choices": [{"delta": null}]}\n\n'))),  # L12
    "http_400": error(400, "This model's maximum context length is 4096 tokens. Please reduce the length."),  # L13
    "http_401": error(401, "Unauthorized"),  # L13
    "http_404": error(404, "The model does not exist."),  # L13
    "http_422": error(422, "temperature must be non-negative"),  # L13
    "http_429": error(429, "too many requests", **{"Retry-After": "7"}),  # L13, L18
    "http_500": error(500, "internal"),  # L13
    "http_503": error(503, "overloaded"),  # L13
    "empty": Mode((STOP, DONE)),  # L15
    "blank": Mode((*said("  \n", "\t "), STOP, DONE)),  # L15
    "megabyte": Mode((*said(*["x" * 10_000] * 100), STOP, DONE)),  # L15
    "repeated": Mode((*said(*["and "] * 300), STOP, DONE)),  # L15
    "escapes": Mode((*said(ESCAPES), STOP, DONE)),  # L15
    "surrogate": Mode((*said("broken \ud83d pair"), STOP, DONE)),  # L15
    "broken_think": Mode((*said("<think><think>so", "</think> \\boxed{A}"), STOP, DONE)),  # L15
    "reasoning": Mode((Step(chunk(reasoning="Because. ")), *said("\\boxed{A}"), STOP, DONE)),
    "reasoning_content": Mode((Step(chunk(reasoning_content="Because. ")), *said("\\boxed{A}"), STOP, DONE)),
    "guess_in_reasoning": Mode(
        (Step(chunk(reasoning_content="\\boxed{A}? ")), *said("The best is **B**."), STOP, DONE)
    ),
    "reasoning_only": Mode((Step(chunk(reasoning_content="\\boxed{A}. No, ")), STOP, DONE)),
    "late": Mode((Step(pause=0.6), *said(*PIECES_LATE), STOP, DONE)),
    "slow": Mode(tuple(Step(chunk("x "), pause=0.05) for _ in range(10_000))),
}

PIECES = ("The ", "lactate ", "is ", "high, ", "so ", "\\boxed{C}")
# What may come in place of a piece, and of everything after it.
BREAKS: dict[str, tuple[tuple[Step, ...], bool]] = {
    "cut": ((Step(cut=True),), True),
    "stall": ((Step(pause=FOREVER),), True),
    "end": ((), True),
    "end_unclean": ((), False),
    "done": ((DONE,), True),
    "abort": ((Step(chunk("", "abort")), DONE), True),
    "error_event": ((Step(b'data: {"error": {"message": "engine died", "code": 500}}\n\n'),), True),
    "bad_json": ((Step(b"data: {not json\n\n"),), True),
    "bad_utf8": ((Step(b'data: {"a": "\xff\xfe"}\n\n'),), True),
    "half_event": ((Step(chunk("never ")[:40]), Step(cut=True)), True),
}
MODES |= {
    f"{name}@{n}": Mode((*said(*PIECES[:n]), *steps), clean=clean, headers={} if clean else {"Connection": "close"})
    for name, (steps, clean) in BREAKS.items()
    for n in range(len(PIECES) + 1)
}
MODES["whole"] = Mode((*said(*PIECES), STOP, DONE))
MODES["reads slowly"] = Mode((Step(pause=0.1), *said(*PIECES), STOP, DONE), in_turn=True)


class FaultServer:
    """The server. ``root`` and ``precision`` are what it says of its models; ``left`` is set when a reader leaves."""

    def __init__(self, port: int = 0) -> None:
        self.root = "/models/first"
        self.precision = ""
        self.left = threading.Event()
        self.turn = threading.Lock()
        self.sent_to: list[str] = []
        self.listed = 0  # how often it was asked what it serves
        self._http = _Quiet(("127.0.0.1", port), _handler(self))
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"

    @contextmanager
    def running(self) -> Iterator["FaultServer"]:
        thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            self._http.server_close()
            thread.join()


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A reader that left is what the tests are about."""


def _handler(server: FaultServer) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        faults = server

    return Handler


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    faults: FaultServer

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        self.faults.listed += 1
        cards = [{"id": name, "root": self.faults.root, "max_model_len": 4096, "object": "model"} for name in MODES]
        body = json.dumps({"object": "list", "data": cards}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if self.faults.precision:
            self.send_header(HEADER, self.faults.precision)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.faults.sent_to.append(asked["model"])
        mode = MODES[asked["model"]]
        steps = mode.steps
        if steps and not steps[0].data and not steps[0].cut:  # before the status
            with self.faults.turn if mode.in_turn else nullcontext():
                self._wait(steps[0].pause)
            steps = steps[1:]
        self.send_response(mode.status)
        self.send_header("Content-Type", mode.kind)
        for name, value in mode.headers.items():
            self.send_header(name, value)
        if mode.clean:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for step in steps:
            if self._wait(step.pause) or step.cut:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            self._send(step.data, mode.clean)
        if mode.clean:
            self.wfile.write(b"0\r\n\r\n")
        self.close_connection = True

    def _send(self, data: bytes, chunked: bool) -> None:
        if data:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data) if chunked else data)
            self.wfile.flush()

    def _wait(self, seconds: float) -> bool:
        """Waits; whether the reader left meanwhile."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.connection.settimeout(min(left, 0.05))
            try:
                if self.connection.recv(1, socket.MSG_PEEK) == b"":
                    self.faults.left.set()
                    return True
            except TimeoutError:
                continue
            except OSError:
                self.faults.left.set()
                return True
        return False


if __name__ == "__main__":
    with FaultServer(int(sys.argv[1])).running() as running:
        sys.stdout.write(f"{running.url}\n")
        threading.Event().wait()
