"""Moves that the page tests share: open, hide, run, wait, and read what the page says."""

import time
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from creason_core.model.engines.replay import Recording, scripted
from creason_core.store.patients.cases import open_public
from pages.server.services import services

WAIT_SECONDS = 60.0
Start = Callable[..., AppTest]


def answer(letter: str, *, seconds: float = 0.0) -> Recording:
    """A complete reply that ends in a boxed letter."""
    return scripted(" The pressure is low,", " so perfusion is poor.", f" \\boxed{{{letter}}}", seconds=seconds)


def goto(app: AppTest, page: str) -> AppTest:
    """Goes to a page by the navigation."""
    app.switch_page(f"pages/{page}.py").run()
    app._page_hash = ""  # else AppTest returns here at every run, whatever page the app itself opens
    assert not app.exception
    return app


def open_case(app: AppTest) -> AppTest:
    """Opens the first public case; the app is then on Hypotheses."""
    next(button for button in app.button if str(button.key).startswith("public_")).click().run()
    return app


def by_a_telling_name(start: Start) -> Start:
    """As ``start``, but the first public case is the reader's already, by a name that tells two of its values."""

    def open_app(*replies: Recording, **query: str) -> AppTest:
        app = start(*replies, **query)
        s, first = services(), services().cohort.public[0]
        label = f"{first.headline}, MAP 37 mmHg, heart rate 54 /min"
        open_public(s.db, s.user, s.cohort.name, s.cohort.case(first.patient), label)
        return app

    return open_app


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
    parts = [str(getattr(element, "value", "")) for kind in kinds for element in app.get(kind)]
    parts += [str(button.label) for button in app.button]
    parts += [str(toast.value) for toast in app.toast]
    return "\n".join(parts).replace("\\", "").replace("\u00a0", " ")
