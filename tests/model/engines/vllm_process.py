"""A real vLLM server, started as `make serve` starts it, for tests and measurements."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from creason_core.model.engines.vllm_server import VllmServer
from tests.shared import end, tied

START_SECONDS = 1800.0  # the first start of a vLLM server compiles, on a busy machine for long


@contextmanager
def running_vllm(model: Path, log: Path, *options: str, **environment: str) -> Iterator[str]:
    """Serves a model folder on a free port; gives the server's address once it answers."""
    process, url = start_vllm(model, log, *options, **environment)
    try:
        yield url
    finally:
        end(process.pid)
        process.wait()


def start_vllm(model: Path, log: Path, *options: str, **environment: str) -> tuple["subprocess.Popen[bytes]", str]:
    """Starts a server that ends with the tests at the latest; its process, and its address once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    line = [sys.executable, "-m", "creason_core.model.engines.serve", str(model), *options]
    ours = {name: value for name, value in os.environ.items() if not name.startswith("CREASON_")}
    server = tied(line, {**ours, **environment, "CREASON_VLLM_URL": url}, log)
    try:
        _wait_until_ready(server, url, log)
    except BaseException:
        end(server.pid)
        raise
    return server, url


def _wait_until_ready(server: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    engine = VllmServer(url)
    deadline = time.monotonic() + START_SECONDS
    while not (engine.health().ready and engine.writes):
        said = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        assert server.poll() is None, f"the vLLM server ended:\n{said}"
        assert time.monotonic() < deadline, f"the vLLM server did not start in {START_SECONDS:.0f} s:\n{said}"
        time.sleep(1.0)
    engine.close()
