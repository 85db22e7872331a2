"""Who answers is chosen where there are several engines, told on the result, and never another in silence."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from creason_core.errors import ModelError
from creason_core.model.engines.base import EngineHealth, GenerationRequest
from creason_core.model.engines.replay import Replay, ReplayStream, scripted
from creason_core.settings import settings
from creason_core.store.runs.run_rows import recent_groups
from pages.server.services import services
from tests.pages.driver import Start, answer, goto, mask, open_case, run_to_end, words


class Server(Replay):
    """A second engine that can be taken down."""

    down = False

    def health(self) -> EngineHealth:
        found = super().health()
        return replace(found, ready=not self.down, note="Nothing listens there." if self.down else found.note)

    def stream(self, request: GenerationRequest) -> ReplayStream:
        if self.down:
            raise ModelError("unreachable", "Nothing listens there.", remedy="Start the server.")
        return super().stream(request)


def with_server(start: Start) -> tuple[AppTest, Server]:
    """A question on the screen, answered A by default and C by a second engine called vllm."""
    app, server = mask(open_case(start(answer("A")))), Server(script=[scripted(r"\boxed{C}")])
    services().models.registry.put("vllm", server)
    services().models.registry.look("vllm")
    app.button(key="commit_skip").click().run()
    return app, server


def asked() -> list[str]:
    """The engine that each run was asked of, newest first."""
    return [group.engine for group in recent_groups(services().db, services().user)]


def test_one_engine_leaves_nothing_to_choose(start: Start) -> None:
    app = mask(open_case(start(answer("A"))))
    app.button(key="commit_skip").click().run()
    assert "Answered by" not in words(app)


def test_a_server_that_nobody_named_and_that_was_never_there_is_not_offered(start: Start) -> None:
    app, server = with_server(start)
    assert "Answered by" in words(app)
    server.down = True
    services().models.registry.remove("vllm")
    services().models.registry.put("vllm", server)
    services().models.registry.look("vllm")
    assert "Answered by" not in words(app.run())


@pytest.mark.parametrize(("name", "named"), [("CREASON_VLLM_URL", True), ("CREASON_VLLM_MODEL", True), ("", False)])
def test_a_server_is_named_by_its_settings(monkeypatch: pytest.MonkeyPatch, name: str, named: bool) -> None:
    if name:
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    settings.cache_clear()
    assert settings().names_server is named


def test_the_chosen_engine_answers_alone_and_is_told_on_the_result_and_in_history(start: Start) -> None:
    app, server = with_server(start)
    shown = words(app)
    assert "Recorded replies: ready since" in shown
    assert "Automatic is Recorded replies now." in shown
    app.button(key="answered_by_vllm").click().run()
    app = run_to_end(app)
    assert "Model: C" in words(app)
    assert "Asked of vLLM server and no other, as chosen." in words(app)
    assert asked() == ["vllm"]
    app = goto(goto(app, "settings"), "hypotheses")  # another page and back: the session keeps it
    server.down = True
    services().models.registry.look("vllm")
    app.run()
    assert "vLLM server has been down since" in words(app)
    assert "Choose Automatic, or wait until it is back: the question and your answer stay." in words(app)
    again = next(button for button in app.button if str(button.key).startswith("again_"))
    app = run_to_end(app, str(again.key))
    assert asked() == ["vllm", "vllm"]
    assert "Nothing listens there. Start the server. Nothing was lost." in words(app)
    app.button(key="answered_by_any").click().run()
    app = run_to_end(app, next(str(button.key) for button in app.button if str(button.key).startswith("again_")))
    assert asked() == ["", "vllm", "vllm"]
    assert "Model: A" in words(app)
    app = goto(app, "history")
    app.session_state["history_chosen"] = tuple(group.id for group in recent_groups(services().db, services().user))[2:]
    app.run()
    assert "Asked of vLLM server and no other, as chosen." in words(app)


def test_two_sessions_wish_for_different_engines(start: Start) -> None:
    ann, _ = with_server(start)
    ann.button(key="answered_by_vllm").click().run()
    bob = open_case(start(answer("A")))
    mask(bob, "crea1").button(key="commit_skip").click().run()
    run_to_end(bob)
    assert asked() == [""]
