"""A TCP proxy in front of PostgreSQL that cuts the connection around a COMMIT."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

When = Literal["before", "at once", "after the answer"]

_RESET = struct.pack("ii", 1, 0)  # closing sends RST instead of FIN


class CuttingProxy:
    """Forwards to ``port``; ``cut`` says where the next COMMIT loses its connection, ``cuts`` counts them.

    before: the server never sees it. at once: the server sees it and nobody waits. after the answer: the server has
    committed, and its answer is thrown away.
    """

    def __init__(self, port: int) -> None:
        self.cut: When | None = None
        self.cuts = 0
        self._server_port = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])

    @contextmanager
    def running(self) -> Iterator["CuttingProxy"]:
        """Forwards until the block ends."""
        threading.Thread(target=self._accept, daemon=True).start()
        try:
            yield self
        finally:
            self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                threading.Thread(target=self._ask, args=(client, server), daemon=True).start()
                threading.Thread(target=self._answer, args=(client, server), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65_536):
                if self.cut and b"COMMIT" in data:
                    when, self.cut = self.cut, None
                    self.cuts += 1
                    if when == "after the answer":
                        self._awaiting = client
                    if when != "before":
                        server.sendall(data)
                    if when != "after the answer":
                        _reset(client, server)
                        return
                else:
                    server.sendall(data)
        _close(client, server)

    _awaiting: socket.socket | None = None

    def _answer(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65_536):
                if self._awaiting is client:
                    assert b"COMMIT" in data, data
                    self._awaiting = None
                    _reset(client, server)
                    return
                client.sendall(data)
        _close(client, server)


def _reset(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            end.shutdown(socket.SHUT_RD)  # wakes the other thread; sends nothing
        end.close()


def _close(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
