"""The engines under test: the real small model in its child, behind the vLLM of all tests, and its recordings."""

import fcntl
from collections.abc import Iterator
from pathlib import Path

import pytest

from creason_core.model.engines.base import Engine
from creason_core.model.engines.embedded import Embedded
from creason_core.model.engines.replay import Replay, recorded_logprobs, recorded_reply, write_recordings
from tests.model.engines.requests import LETTERS, REQUESTS, TO_LETTERS
from tests.shared import folder


@pytest.fixture(scope="session")
def embedded(model: Path) -> Iterator[Embedded]:
    engine = Embedded(model)
    yield engine
    engine.close()


@pytest.fixture
def unrounded(model: Path) -> Iterator[Embedded]:
    """The same model in float32: in int8 two words that are nearly as likely may change places."""
    engine = Embedded(model, precision="float32")
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def replay(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Replay:
    """What the embedded model said to every request of the contract, recorded once for all lanes."""
    file = folder(tmp_path_factory) / "recordings.jsonl"
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            engine: Embedded = request.getfixturevalue("embedded")
            replies = [recorded_reply(engine, asked) for asked in REQUESTS]
            write_recordings([*replies, recorded_logprobs(engine, TO_LETTERS, LETTERS)], file)
    return Replay(file, tokens_per_second=200.0)


@pytest.fixture(params=["replay", "embedded", "vllm"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    found: Engine = request.getfixturevalue(request.param)
    return found
