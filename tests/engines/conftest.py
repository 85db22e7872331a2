"""The engines under test: the real small model in its child, the same model behind a real vLLM, and its recordings."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from creason_core.engines.base import Engine
from creason_core.engines.embedded import Embedded
from creason_core.engines.replay import Replay, recorded_logprobs, recorded_reply, write_recordings
from creason_core.engines.vllm_server import VllmServer
from tests.engines.requests import LETTERS, REQUESTS, TO_LETTERS
from tests.engines.vllm_process import running_vllm


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
    with running_vllm(model, tmp_path_factory.mktemp("vllm") / "vllm.log") as url:
        engine = VllmServer(url)
        yield engine
        engine.close()


@pytest.fixture(params=["replay", "embedded", "vllm"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    found: Engine = request.getfixturevalue(request.param)
    return found
