"""What all tests share: settings that touch nothing of the user's, the model that `make test` brought, one vLLM."""

import os
from collections.abc import Iterator
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

pytest_plugins = ("tests.lanes",)

# A busy machine is no fault of the code under test.
hypothesis_settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("any machine")

MODEL = model_folder(settings())


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
    """A real vLLM server: one for all lanes, since its start takes minutes.

    It is started as `make serve` starts it, but compiles nothing: that takes a minute and more of its start, which the
    few requests of the tests do not repay.
    """

    def start(log: Path) -> tuple[int, str]:
        server, url = start_vllm(model, log, "--enforce-eager")
        return server.pid, url

    engine = VllmServer(shared(folder(tmp_path_factory), "vllm", start))
    yield engine
    engine.close()
