"""A server that comes up, goes down, is slow or hangs is noticed in time, at the price of a request a minute."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar

import pytest

from creason_core.errors import ModelError
from creason_core.model.engines import vllm_pulse
from creason_core.model.engines.base import GenerationRequest, Message
from creason_core.model.engines.embedded import Embedded
from creason_core.model.engines.embedded_protocol import Fatal
from creason_core.model.engines.knock import listens
from creason_core.model.engines.limits import Limits, completion_of
from creason_core.model.engines.switching import Switch
from creason_core.model.engines.vllm_server import VllmServer
from creason_core.settings import Settings
from pages.server.services import HealthWatch
from tests.model.adapters.folders import make_base
from tests.model.engines.fault_server import MODES, FaultServer

REQUEST = GenerationRequest((Message("user", "What is the lactate?"),), 50, 0.0, 1)


@pytest.fixture
def port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


@pytest.fixture
def models(port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Switch]:
    """The engines of an app that was started while no server was up."""
    monkeypatch.setattr(Embedded, "warm", lambda _: None)
    make_base(tmp_path / "data" / "models")
    url = f"http://127.0.0.1:{port}/v1"
    models = Switch(Settings(data_dir=tmp_path / "data", engine="auto", vllm_url=url, vllm_model="ok"))
    yield models
    models.close()


def seconds_until(wanted: Callable[[], bool]) -> float:
    began = time.monotonic()
    while not wanted():
        assert time.monotonic() - began < 30.0
        time.sleep(0.05)
    return time.monotonic() - began


@pytest.mark.slow
@pytest.mark.quiet
def test_a_server_that_comes_up_after_the_start_or_goes_down_is_noticed_within_10_seconds(
    models: Switch, port: int
) -> None:
    watch = HealthWatch(models)
    assert watch.latest.identity.engine == "embedded"
    with FaultServer(port).running():
        assert seconds_until(lambda: watch.latest.identity.engine == "vllm") < 10.0
        assert models.now().health().identity.engine == "vllm", "and new runs follow"
    assert seconds_until(lambda: watch.latest.identity.engine == "embedded") < 10.0
    assert models.now().health().identity.engine == "embedded"
    watch.close()


def test_what_answers_follows_a_server_that_comes_and_goes_with_a_request_a_minute_at_most(
    models: Switch, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("creason_core.model.engines.vllm_server.LOOK_SECONDS", 0.0)
    asked = 0
    for _ in range(3):
        with FaultServer(port).running() as server:
            for _ in range(3):
                models.refresh()
                assert models.registry.default == "vllm"
            asked += server.listed
            assert len(server.sent_to) == server.listed, "the token that proves the engine, once"
        models.refresh()
        assert models.registry.default == "embedded"
        assert not models.registry.look("vllm").ready
    assert asked == 1


def test_merely_to_see_whether_it_is_alive_a_server_gets_one_request_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("creason_core.model.engines.vllm_server.LOOK_SECONDS", 0.0)
    now = [time.monotonic()]
    monkeypatch.setattr(vllm_pulse, "monotonic", lambda: now[0])
    with FaultServer().running() as server, ExitStack() as ends:
        engine = VllmServer(server.url, model="ok")
        ends.callback(engine.close)
        assert engine.health().state == "ready"
        assert (server.listed, len(server.sent_to)) == (1, 1)
        counts = []
        for _ in range(4):
            now[0] += 59.0
            assert engine.health().state == "ready"
            before = server.listed + len(server.sent_to)
            now[0] += 1.5
            assert engine.health().state == "ready"
            counts.append(server.listed + len(server.sent_to) - before)
        assert counts == [1, 1, 1, 1]
        assert (server.listed, len(server.sent_to)) == (3, 3), "both are asked, in turn"


def test_a_server_that_needs_long_for_its_first_token_is_slow_and_is_given_longer() -> None:
    """The settings' 3, 30, 15 and 180 seconds, and a first token after 20, all thirty times as quick."""
    usual = Limits(connect=0.1, first_token=1.0, idle=0.5, total=6.0)
    with FaultServer().running() as server, ExitStack() as ends:
        engine = VllmServer(server.url, model="late", limits=usual)
        ends.callback(engine.close)
        early = engine.health()
        assert (early.state, early.ready, engine.writes) == ("slow", True, False)
        assert "has not written its first word" in early.note
        seconds_until(lambda: engine.writes)
        known = engine.health()
        assert (known.state, known.ready) == ("slow", True)
        assert known.patience == pytest.approx(3 * 0.6 / 1.0, rel=0.4)
        assert "Slow: a single word took it" in known.note
        assert f"{known.patience:.1f} times as long" in known.note
        given = engine._client.limits
        assert (given.first_token, given.total) == pytest.approx((known.patience, 6.0 * known.patience))
        assert completion_of(engine.stream(REQUEST)).text == "The answer."


def test_a_server_that_lists_its_models_and_never_writes_is_slow_until_its_deadline_and_then_stuck() -> None:
    with FaultServer().running() as server, ExitStack() as ends:
        engine = VllmServer(server.url, model="hang", limits=Limits(connect=0.2, first_token=1.0))
        ends.callback(engine.close)
        assert (engine.health().state, engine.writes) == ("slow", False)
        seconds_until(lambda: engine.health().state == "offline")
        assert "busy or stuck" in engine.health().note


def test_after_a_refused_request_a_server_is_asked_at_once_whether_it_refuses_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with FaultServer().running() as server, ExitStack() as ends:
        engine = VllmServer(server.url, model="ok")
        ends.callback(engine.close)
        assert completion_of(engine.stream(REQUEST)).tokens
        assert engine.health().ready
        monkeypatch.setitem(MODES, "ok", MODES["http_401"])
        with pytest.raises(ModelError, match="does not accept our key"):
            completion_of(engine.stream(REQUEST))
        assert (engine.health().state, engine.writes) == ("offline", False)
        assert "does not accept our key" in engine.health().note


def test_nobody_listens_where_a_connection_is_refused_or_dropped_at_once() -> None:
    def drop(server: socket.socket) -> None:
        server.accept()[0].close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        dropping = threading.Thread(target=drop, args=(server,))
        dropping.start()
        assert not asyncio.run(listens(url, 1.0)), "as a tunnel to a server that is gone"
        dropping.join()
        assert asyncio.run(listens(url, 1.0))
    assert not asyncio.run(listens(url, 1.0))


class ScriptedChild:
    """A model's process that loads, or cannot, as the test says."""

    made: ClassVar[list["ScriptedChild"]] = []

    def __init__(self, _: object) -> None:
        self.fatal: Fatal | None = None
        self.ended = False
        self.context_tokens = 0
        self.note, self.waiting = "Checking the weights.", 0
        self.made.append(self)

    @property
    def ready(self) -> bool:
        return self.context_tokens > 0

    def fails(self) -> None:
        self.fatal, self.ended = Fatal(message="The weights are not there.", remedy="Pull them."), True

    def start(self) -> None: ...

    def kill(self) -> None: ...

    def join(self) -> None: ...


def test_what_kept_the_model_from_loading_is_told_until_it_can_answer_and_nobody_has_to_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("creason_core.model.engines.embedded.Child", ScriptedChild)
    made: list[ScriptedChild] = []
    monkeypatch.setattr(ScriptedChild, "made", made)
    make_base(tmp_path / "data" / "models")
    models = Switch(Settings(data_dir=tmp_path / "data", engine="embedded"))
    made[0].fails()

    def told() -> tuple[bool, str]:
        models.refresh()
        health = models.registry.look()
        return health.ready, health.note

    assert told() == (False, "The weights are not there. Pull them.")
    assert told() == (False, "The weights are not there. Pull them."), "also while it loads once more"
    assert len(made) == 2
    made[1].fails()
    assert told() == (False, "The weights are not there. Pull them.")
    assert len(made) == 2, "after a pause that grows"
    monkeypatch.setattr("time.monotonic", lambda: 1e9)
    assert told() == (False, "The weights are not there. Pull them.")
    made[2].context_tokens = 4096
    assert told() == (True, "Ready.")
    models.close()
