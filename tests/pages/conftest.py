"""The pages under test: the real app with scripted replies in place of a model."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, local_script_runner
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from creason_core.model.engines.replay import Recording
from creason_core.settings import settings
from tests.fits import fitted_once
from tests.pages.driver import WAIT_SECONDS, Start, answer
from tests.shared import folder

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True, scope="session")
def scanned_once() -> Iterator[None]:
    """Streamlit looks through every installed package for components at each start of an app: half a second."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(autouse=True, scope="session")
def waited_for() -> Iterator[None]:
    """AppTest asks a thousand times a second whether a script has ended, and compiles every page at each run anew."""
    compiled, poll = ScriptCache(), local_script_runner.require_widgets_deltas

    def wait(runner: LocalScriptRunner, timeout: float) -> None:
        assert runner._script_thread is not None
        runner._script_thread.join(timeout)
        poll(runner, timeout)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(local_script_runner, "require_widgets_deltas", wait)
        patched.setattr(local_script_runner, "ScriptCache", lambda: compiled)
        yield


@pytest.fixture(autouse=True)
def fits_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Beside nearly every answer the registry's opinion is asked for, and each test has a data folder of its own."""
    with fitted_once(folder(tmp_path_factory) / "fits"):
        yield


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Start]:
    """Opens the app on Home with the replies given, the first-visit notice read unless asked otherwise."""

    def open_app(*replies: Recording, notice_read: bool = True, **query: str) -> AppTest:
        script = tmp_path / "script.jsonl"
        lines = [reply.model_dump_json(exclude_defaults=True) for reply in replies or (answer("A"),)]
        script.write_text("\n".join(lines), encoding="utf-8")
        monkeypatch.setenv("CREASON_ENGINE", "replay")
        monkeypatch.setenv("CREASON_REPLAY_FILE", str(script))
        settings.cache_clear()
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=WAIT_SECONDS)
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        if notice_read and any(button.key == "understood" for button in app.button):
            app.button(key="understood").click().run()
        assert not app.exception
        return app

    st.cache_resource.clear()
    monkeypatch.chdir(ROOT)
    _without_automatic_pages(monkeypatch)
    yield open_app
    st.cache_resource.clear()


def _without_automatic_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest forgets at every run that the app routes its pages itself, and would run a page without the router."""
    original = PagesManager.__init__

    def init(self: PagesManager, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", init)
