"""What all tests share: settings that touch nothing of the user's, the model that `make test` brought, one vLLM."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from creason_core.model.engines.vllm_server import VllmServer
from creason_core.model.engines.weights import model_folder
from creason_core.settings import Settings, settings
from tests.model.engines.vllm_process import start_vllm
from tests.shared import folder, shared
from tests.store.prepared import copied_from

pytest_plugins = ("tests.lanes", "tests.lane_seconds")

# A busy machine is no fault of the code under test.
hypothesis_settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("any machine")

MODEL = model_folder(settings())
LANE = os.environ.get("PYTEST_XDIST_WORKER", "gw0")


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Every test has default settings, a data folder of its own, and never the user's ``.env``."""
    for name in [name for name in os.environ if name.startswith("CREASON_")]:
        monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    monkeypatch.setenv("CREASON_DATA_DIR", str(tmp_path / "creason"))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(scope="session")
def prepared_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the database lies that new ones are copied from, once one was made."""
    return tmp_path_factory.mktemp("prepared") / "creason.db"


@pytest.fixture(autouse=True)
def copied_databases(prepared_database: Path) -> Iterator[None]:
    """New databases of this process are copies; tests of how one is made say otherwise by a fixture of this name."""
    with copied_from(prepared_database):
        yield


@pytest.fixture(scope="session")
def model() -> Path:
    """The folder of the small model, as `creason model pull` leaves it."""
    if not (MODEL / "manifest.json").exists():
        pytest.fail(f"The model is not at {MODEL}. Type: .venv/bin/creason model pull")
    return MODEL


@pytest.fixture(scope="session")
def vllm(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VllmServer]:
    """A real vLLM server: one for all lanes, since its start takes minutes; begun before the first test."""
    engine = VllmServer(shared(folder(tmp_path_factory), "vllm", starting_vllm()))
    yield engine
    engine.close()


def starting_vllm() -> Callable[[Path], tuple[int, str]]:
    """What starts it as `make serve` does, in the environment of this moment.

    But it compiles nothing: that takes a minute and more, which the few requests of the tests do not repay.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CREASON_")}

    def start(log: Path) -> tuple[int, str]:
        server, url = start_vllm(MODEL, log, "--enforce-eager", **environment)
        return server.pid, url

    return start


def pytest_collection_finish(session: pytest.Session) -> None:
    """Where a test needs vLLM its start begins now, in one lane, beside the tests that need none."""
    asks = any("vllm" in asked_of(item) for item in session.items if isinstance(item, pytest.Function))
    if not asks or session.config.option.collectonly or LANE != "gw0" or not (MODEL / "manifest.json").exists():
        return
    factory: pytest.TempPathFactory = session.config._tmp_path_factory  # type: ignore[attr-defined]
    place, start = folder(factory), starting_vllm()

    def begin() -> None:
        with suppress(pytest.fail.Exception):  # told to every test that asks for it
            shared(place, "vllm", start)

    threading.Thread(target=begin, daemon=True).start()


def asked_of(item: pytest.Function) -> Iterator[str]:
    """The fixtures that a test asks for, and those that one of them asks for by the text it is parametrised with."""
    yield from item.fixturenames
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    own = {name for mark in item.iter_markers("parametrize") for name in _named(mark.args[0])}
    yield from (text for name, text in parameters.items() if isinstance(text, str) and name not in own)


def _named(names: str | Sequence[str]) -> Sequence[str]:
    return [name.strip() for name in names.split(",")] if isinstance(names, str) else names
