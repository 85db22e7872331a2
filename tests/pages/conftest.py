"""The pages under test: the real app with scripted replies in place of a model."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from creason_core.engines.replay import Recording, scripted
from creason_core.settings import settings

ROOT = Path(__file__).parents[2]
WAIT_SECONDS = 20.0
Start = Callable[..., AppTest]


def answer(letter: str, *, seconds: float = 0.0) -> Recording:
    """A complete reply that ends in a boxed letter."""
    return scripted(" The pressure is low,", " so perfusion is poor.", f" \\boxed{{{letter}}}", seconds=seconds)


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


def goto(app: AppTest, page: str) -> AppTest:
    """Goes to a page by the navigation."""
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    return app


def open_case(app: AppTest) -> AppTest:
    """Opens the first public case; the app is then on Hypotheses."""
    next(button for button in app.button if str(button.key).startswith("public_")).click().run()
    return app


def mask(app: AppTest, feature: str = "meanbp1") -> AppTest:
    """Hides one value of the open case."""
    app.button(key=f"mask_{feature}").click().run()
    return app


def run_to_end(app: AppTest, press: str = "run") -> AppTest:
    """Presses Run (or another button) and looks until nothing is live."""
    app.button(key=press).click().run()
    return until(app, lambda: not any(str(button.key).startswith("stop_") for button in app.button))


def until(app: AppTest, done: Callable[[], bool]) -> AppTest:
    """Looks at the page again and again until ``done``."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not done():
        assert time.monotonic() < deadline, "the page did not get there"
        time.sleep(0.1)
        app.run()
        assert not app.exception
    return app


def words(app: AppTest) -> str:
    """Everything that the page says, as one text."""
    kinds = ("title", "subheader", "markdown", "caption", "text", "info", "warning", "error", "success", "code")
    parts = [str(element.value) for kind in kinds for element in app.get(kind)]
    parts += [str(button.label) for button in app.button]
    parts += [str(toast.value) for toast in app.toast]
    return "\n".join(parts).replace("\\", "")
