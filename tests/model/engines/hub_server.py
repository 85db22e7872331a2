"""A model hub with one model, as far as ``huggingface_hub`` asks for it. Notes what was downloaded."""

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class HubServer:
    """Serves ``files`` of one revision; ``sent`` are the names of the files that were downloaded."""

    def __init__(self, revision: str, files: Mapping[str, bytes]) -> None:
        self.revision = revision
        self.files = dict(files)
        self.sent: list[str] = []
        handler = type("Handler", (_Handler,), {"hub": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    @contextmanager
    def running(self) -> Iterator["HubServer"]:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield self
        finally:
            self._http.shutdown()
            self._http.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: HubServer

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_HEAD(self) -> None:
        self._answer(send=False)

    def do_GET(self) -> None:
        self._answer(send=True)

    def _answer(self, *, send: bool) -> None:
        path = self.path.split("?")[0]
        name = path.rsplit("/", 1)[-1]
        if path.startswith("/api/") and "/tree/" in path:
            files = [
                {"type": "file", "path": name, "size": len(data), "oid": "0"} for name, data in self.hub.files.items()
            ]
            self._send(200, json.dumps(files).encode(), send, kind="application/json")
        elif path.startswith("/api/"):
            siblings = [{"rfilename": name} for name in self.hub.files]
            found = {"id": "model", "sha": self.hub.revision, "siblings": siblings}
            self._send(200, json.dumps(found).encode(), send, kind="application/json")
        elif f"/resolve/{self.hub.revision}/" in path and name in self.hub.files:
            if send:
                self.hub.sent.append(name)
            self._send(200, self.hub.files[name], send)
        else:
            self._send(200 if path == "/" else 404, b"", send)

    def _send(self, status: int, data: bytes, send: bool, kind: str = "application/octet-stream") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("ETag", f'"{hashlib.sha256(data).hexdigest()}"')
        self.send_header("X-Repo-Commit", self.hub.revision)
        self.end_headers()
        if send:
            self.wfile.write(data)
