"""The engines under test: the real small model in its child, behind the vLLM of all tests, and its recordings."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from creason_core.model.engines.base import Engine
from creason_core.model.engines.embedded import Embedded
from creason_core.model.engines.replay import Replay, recorded_logprobs, recorded_reply, write_recordings
from tests.model.engines.requests import LETTERS, REQUESTS, TO_LETTERS


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
def replay(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Replay:
    """What the embedded model said to every request of the contract."""
    file = tmp_path_factory.mktemp("replay") / "recordings.jsonl"
    replies = [recorded_reply(embedded, request) for request in REQUESTS]
    write_recordings([*replies, recorded_logprobs(embedded, TO_LETTERS, LETTERS)], file)
    return Replay(file, tokens_per_second=200.0)


@pytest.fixture(params=["replay", "embedded", "vllm"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    found: Engine = request.getfixturevalue(request.param)
    return found
