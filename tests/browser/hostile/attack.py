"""The payloads, and the listener that stands for the attacker."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

NAME = "attacker.example"  # Chromium is told to find it on this computer
RESOLVE = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
CHOSEN = ("crea1", "cat1")  # questions that are run: a number with a unit, and named options
_FILE = Path(__file__).parents[1] / "payloads.txt"
_HIT = re.compile(r"/(\d+)")


def payloads(port: int) -> tuple[str, ...]:
    """Every payload, aimed at the listener on ``port``; number n asks for ``/n``."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    texts = [line for line in lines if line and not line.startswith("%% ")]
    return tuple(_aimed(text, number, port) for number, text in enumerate(texts))


def bundles(port: int, most: int) -> tuple[str, ...]:
    """The payloads, as many in a text as fit into ``most`` characters."""
    texts = [""]
    for payload in payloads(port):
        if len(texts[-1]) + 1 + len(payload) > most:
            texts.append("")
        texts[-1] = f"{texts[-1]} {payload}".strip()
    return tuple(texts)


def shown(text: str, port: int) -> set[int]:
    """The numbers of the payloads whose address can be read in ``text``."""
    return {int(found[1]) for found in re.finditer(rf":{port}/(\d+)", text.replace("\u2060", ""))}


def _aimed(text: str, number: int, port: int) -> str:
    for name, value in {"host": f"127.0.0.1:{port}", "name": f"{NAME}:{port}", "port": port, "n": number}.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text.replace("\\n", "\n").replace("\\t", "\t")


class Listener:
    """Counts everybody who connects, and notes what they ask for."""

    def __init__(self) -> None:
        self.connections = 0
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_port

    @property
    def heard(self) -> set[int]:
        """The numbers of the payloads that got through."""
        return {int(found[1]) for path in self.asked if (found := _HIT.match(path))}

    def quiet(self, wait: Callable[[float], None]) -> None:
        """Returns when nobody has asked for anything during 2 s; ``wait`` takes milliseconds."""
        heard = -1
        while heard != len(self.asked):
            heard = len(self.asked)
            wait(2_000)

    @contextmanager
    def listening(self) -> Iterator["Listener"]:
        """Listens until the block ends."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def setup(self) -> None:
                listener.connections += 1
                super().setup()

            def do_GET(self) -> None:
                listener.asked.append(self.path)
                self.send_response(404)
                self.end_headers()

            do_POST = do_HEAD = do_OPTIONS = do_GET  # noqa: N815

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        return Handler
