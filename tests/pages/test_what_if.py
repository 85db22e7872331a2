"""What-if: a changed copy beside the record, a sweep, and the smallest change, on a model that reads one value."""

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from creason_core.model.engines.base import GenerationRequest
from creason_core.model.engines.replay import Replay, ReplayStream, scripted
from creason_core.store.cases import recent_cases, versions
from creason_core.store.history import Filters, history_page
from creason_core.store.run_rows import runs_of
from creason_core.store.series import points_of, places_of
from pages.server.services import services
from tests.pages.driver import Start, goto, until, words

MAP = re.compile(r"Mean arterial pressure: ([0-9.]+)")
THRESHOLD = 75.0


def reads_one_value(monkeypatch: pytest.MonkeyPatch, *, says: str = "Mean arterial pressure decides.") -> list[str]:
    """A model that answers Yes below a pressure and No from it on, whatever else is in the record; what it was sent."""
    sent: list[str] = []

    def stream(_: Replay, request: GenerationRequest) -> ReplayStream:
        text = "\n".join(message.content for message in request.messages)
        sent.append(text)
        found = MAP.search(text)
        wanted = "Yes" if found and float(found[1]) < THRESHOLD else "No"
        letter = next(
            match[1] for match in re.finditer(r"^([A-E])[.):] *(.*)$", text, re.MULTILINE) if match[2] == wanted
        )
        return ReplayStream(scripted(f" {says}", f" \\boxed{{{letter}}}"), 0.0)

    monkeypatch.setattr(Replay, "stream", stream)
    return sent


def opened(start: Start) -> AppTest:
    app = start()
    next(button for button in app.button if str(button.key).startswith("public_")).click().run()
    return goto(app, "what_if")


def add(app: AppTest, name: str, value: float | str) -> AppTest:
    version = recent_cases(services().db, services().user, 1)[0].id
    app.selectbox(key=f"what_if_add:{version}").select(name).run()
    app.number_input(key=f"what_if:{version}:{name}").set_value(value).run()
    return app


def ended(app: AppTest) -> AppTest:
    return until(app, lambda: not any(str(button.key).startswith("stop_") for button in app.button))


def test_a_changed_copy_is_asked_as_the_record_is_and_the_answers_are_compared(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = reads_one_value(monkeypatch)
    app = add(opened(start), "meanbp1", 90.0)
    assert "10 calls (2 questions × 5)" in words(app)
    app.button(key="what_if_run").click().run()
    app = ended(app)
    said = words(app)
    assert len(sent) == 10
    assert "The answer moved from B · Yes to A · No." in said
    print(said)


def test_a_sweep_finds_the_threshold(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = reads_one_value(monkeypatch)
    app = opened(start)
    app.session_state["what_if_tab"] = "Sweep"
    app.run()
    version = recent_cases(services().db, services().user, 1)[0].id
    app.selectbox(key=f"sweep_name:{version}").select("meanbp1").run()
    assert "25 calls (5 questions × 5)" in words(app)
    app.button(key="sweep_run").click().run()
    app = ended(app)
    print(words(app))
    assert len(sent) == 25


def test_smallest(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = reads_one_value(monkeypatch)
    app = opened(start)
    app.session_state["what_if_tab"] = "Smallest change"
    app.run()
    app.button(key="smallest_run").click().run()
    app = ended(app)
    print(words(app))
    print([frame.value for frame in app.dataframe])
    assert len(sent) <= 30
