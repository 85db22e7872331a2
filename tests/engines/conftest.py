"""The engines under test: the real small model in its child, the same model behind a real vLLM, and its recordings."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from creason_core.engines.base import Engine
from creason_core.engines.embedded import Embedded
from creason_core.engines.replay import Replay, recorded_logprobs, recorded_reply, write_recordings
from creason_core.engines.vllm_server import VllmServer
from tests.engines.requests import LETTERS, REQUESTS, TO_LETTERS

START_SECONDS = 600.0  # the first start of a vLLM server compiles


@pytest.fixture(scope="session")
def embedded(model: Path) -> Iterator[Embedded]:
    engine = Embedded(model)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def replay(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Replay:
    """What the embedded model said to every request of the contract."""
    file = tmp_path_factory.mktemp("replay") / "recordings.jsonl"
    replies = [recorded_reply(embedded, request) for request in REQUESTS]
    write_recordings([*replies, recorded_logprobs(embedded, TO_LETTERS, LETTERS)], file)
    return Replay(file, tokens_per_second=200.0)


@pytest.fixture(scope="session")
def vllm(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VllmServer]:
    """A real vLLM server, started as `make serve` starts it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    log = tmp_path_factory.mktemp("vllm") / "vllm.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "creason_core.engines.serve", str(model)],
            env={**os.environ, "CREASON_VLLM_URL": url},
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    engine = VllmServer(url)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not engine.health().ready:
            said = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            assert server.poll() is None, f"the vLLM server ended:\n{said}"
            assert time.monotonic() < deadline, f"the vLLM server did not start:\n{said}"
            time.sleep(1.0)
        yield engine
    finally:
        engine.close()
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)


@pytest.fixture(params=["replay", "embedded", "vllm"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    found: Engine = request.getfixturevalue(request.param)
    return found
