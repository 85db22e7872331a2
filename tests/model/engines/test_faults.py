"""What a person reads, and how soon, for every way in which a model server fails."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from creason_core.errors import ModelError, ModelFault
from creason_core.model.engines.base import GenerationRequest, Message, Piece
from creason_core.model.engines.limits import Limits
from creason_core.model.engines.vllm_server import VllmServer
from creason_core.question.answer import parse_answer
from tests.model.engines.fault_server import FaultServer

PATIENT = Limits(connect=30.0)  # for what has nothing to do with time
LIMITS = Limits(connect=1.0, first_token=1.0, idle=0.8, total=2.0)
REQUEST = GenerationRequest(
    (Message("user", "What is the lactate?"), Message("assistant", "Let's think step by step.")), 50, 0.0, 1
)


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with FaultServer().running() as running:
        yield running


class Outcome:
    """The text that arrived, the last piece, the fault and the seconds it took."""

    def __init__(self, engine: VllmServer) -> None:
        began = time.monotonic()
        self.pieces: list[Piece] = []
        self.fault: ModelError | None = None
        try:
            for piece in engine.stream(REQUEST):
                self.pieces.append(piece)
        except ModelError as error:
            self.fault = error
        self.seconds = time.monotonic() - began
        self.text = "".join(piece.text for piece in self.pieces)


def ask(url: str, mode: str, limits: Limits = PATIENT) -> Outcome:
    engine = VllmServer(url, model=mode, limits=limits)
    try:
        return Outcome(engine)
    finally:
        engine.close()


@pytest.mark.quiet
@pytest.mark.parametrize(
    ("mode", "kept", "words", "seconds"),
    [
        ("hang", "", "did not begin to answer within 1 s", 1.0),
        ("stall", "The lactate is ", "stopped writing for 0.8 s", 0.8),
        ("drip", "x x x ", "not complete after 2 s", 2.0),
    ],
)
def test_a_deadline_is_kept_to_the_second_and_the_text_until_then(
    server: FaultServer, mode: str, kept: str, words: str, seconds: float
) -> None:
    outcome = ask(server.url, mode, LIMITS)
    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.text.startswith(kept)) == ("timeout", True)
    assert words in str(outcome.fault)
    assert all(piece.finish_reason is None for piece in outcome.pieces)
    assert seconds <= outcome.seconds < seconds + 1.0


@pytest.mark.parametrize(
    ("mode", "kind", "kept", "words"),
    [
        ("cut", "incomplete", "The lactate is ", "broke off"),
        ("no_done", "incomplete", "The lactate is ", "before it was complete"),
        ("close_no_length", "incomplete", "The lactate is ", "before it was complete"),
        ("no_finish", "incomplete", "The lactate is ", "before it was complete"),
        ("abort", "incomplete", "The lactate is ", "before it was complete (abort)"),
        ("error_event", "failed", "The lactate is ", "engine died"),
        ("html", "garbage", "", "text/html instead of a model's reply"),
        ("no_events", "incomplete", "", "before it was complete"),
        ("bad_json", "garbage", "The lactate is ", "not a model's reply"),
        ("bad_utf8", "garbage", "The lactate is ", "not a model's reply"),
        ("bad_shape", "garbage", "The lactate is ", "not a model's reply"),
        ("http_400", "rejected", "", "do not fit"),
        ("http_401", "rejected", "", "does not accept our key"),
        ("http_404", "rejected", "", "does not serve the model http_404"),
        ("http_422", "rejected", "", "temperature must be non-negative"),
        ("http_429", "busy", "", "Run it again in 7 s"),
        ("http_500", "failed", "", "HTTP 500"),
        ("http_503", "failed", "", "HTTP 503"),
        ("empty", "empty", "", "without writing anything"),
        ("blank", "empty", "  \n\t ", "without writing anything"),
        ("megabyte", "garbage", "x" * 40_000, "passed 40,000 characters"),
    ],
)
def test_a_fault_keeps_the_text_and_says_what_happened(
    server: FaultServer, mode: str, kind: ModelFault, kept: str, words: str
) -> None:
    outcome = ask(server.url, mode)
    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.text.startswith(kept)) == (kind, True)
    assert words in str(outcome.fault)
    assert all(piece.finish_reason is None for piece in outcome.pieces)


@pytest.mark.parametrize(
    ("mode", "text", "finish"),
    [
        ("ok", "The lactate is 4.2 mmol/L — é 漢 🙂.", "stop"),
        ("length", "The lactate is not", "length"),
        ("repeated", "and " * 300, "stop"),
        ("escapes", "\x1b[31mred\x00 \u202eright to left", "stop"),
        ("surrogate", "broken ? pair", "stop"),
        ("broken_think", "<think><think>so</think> \\boxed{A}", "stop"),
        ("reasoning", "<think>Because. </think>\n\n\\boxed{A}", "stop"),
        ("reasoning_content", "<think>Because. </think>\n\n\\boxed{A}", "stop"),
    ],
)
def test_odd_but_complete_replies_arrive_whole(server: FaultServer, mode: str, text: str, finish: str) -> None:
    outcome = ask(server.url, mode)
    assert outcome.fault is None
    assert (outcome.text, outcome.pieces[-1].finish_reason) == (text, finish)
    outcome.text.encode("utf-8")


@pytest.mark.parametrize(
    ("mode", "letter"), [("reasoning", "A"), ("guess_in_reasoning", None), ("reasoning_only", None)]
)
def test_a_box_in_what_a_server_sends_as_reasoning_is_no_answer(
    server: FaultServer, mode: str, letter: str | None
) -> None:
    assert parse_answer(ask(server.url, mode).text, ("A", "B")).letter == letter


@pytest.mark.quiet
def test_a_server_that_is_down_is_said_to_be_down_at_once() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        outcome = ask(url, "ok")
    assert outcome.fault is not None
    assert outcome.fault.kind == "unreachable"
    assert "make serve" in outcome.fault.remedy
    assert outcome.seconds < 3.0


@pytest.mark.quiet
def test_a_server_that_accepts_connections_and_says_nothing_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}/v1"
        engine = VllmServer(url, limits=LIMITS)
        began = time.monotonic()
        health = engine.health()
        assert (health.ready, time.monotonic() - began < 2.0) == (False, True)
        assert "busy or stuck" in health.note
        assert Outcome(engine).seconds < 2.0
        engine.close()


@pytest.mark.quiet
def test_health_is_bad_when_the_engine_behind_a_living_server_hangs(server: FaultServer) -> None:
    engine = VllmServer(server.url, model="hang", limits=replace(LIMITS, first_token=0.4))
    began = time.monotonic()
    health = engine.health()
    assert not health.ready
    assert "busy or stuck" in health.note
    assert time.monotonic() - began < LIMITS.connect + 0.5
    engine.close()


@pytest.mark.quiet
def test_a_failing_server_is_left_alone_after_three_failures(server: FaultServer) -> None:
    engine = VllmServer(server.url, model="hang", limits=Limits(connect=1.0, first_token=0.2))
    for _ in range(3):
        assert Outcome(engine).seconds >= 0.2
    asked = len(server.sent_to)
    refused = Outcome(engine)
    assert refused.fault is not None
    assert "left alone for" in str(refused.fault)
    assert (refused.seconds < 0.1, len(server.sent_to)) == (True, asked)
    engine.close()


def test_a_model_swapped_under_us_blocks_with_a_message_and_then_is_used(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("creason_core.model.engines.vllm_client.LISTED_SECONDS", 0.0)
    engine = VllmServer(server.url, model="ok", limits=PATIENT)
    assert Outcome(engine).fault is None
    monkeypatch.setattr(server, "root", "/models/second")
    asked = len(server.sent_to)
    blocked = Outcome(engine)
    assert blocked.fault is not None
    assert "now serves ok from /models/second" in str(blocked.fault)
    assert len(server.sent_to) == asked
    assert Outcome(engine).fault is None
    engine.close()


def test_a_server_says_in_which_data_type_it_computes(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = VllmServer(server.url, model="ok", limits=PATIENT)
    assert engine.health().identity.precision == ""  # another's server: unknown, and not guessed
    monkeypatch.setattr(server, "precision", "float32")
    monkeypatch.setattr("creason_core.model.engines.vllm_server.LOOK_SECONDS", 0.0)
    monkeypatch.setattr("creason_core.model.engines.vllm_pulse.ASK_SECONDS", 0.0)
    assert "now serves ok from /models/first in float32" in engine.health().note
    assert engine.health().identity.precision == "float32"
    engine.close()


def test_a_model_that_is_not_served_is_named_with_those_that_are(server: FaultServer) -> None:
    outcome = ask(server.url, "phi-4")
    assert outcome.fault is not None
    assert outcome.fault.kind == "rejected"
    assert "does not serve phi-4; it serves: ok, hang" in str(outcome.fault)


@pytest.mark.quiet
@pytest.mark.parametrize("mode", ["slow", "hang", "stall"])
def test_stop_closes_the_connection_within_a_second(server: FaultServer, mode: str) -> None:
    engine = VllmServer(server.url, model=mode, limits=Limits())
    stream = engine.stream(REQUEST)
    ended: list[float] = []

    def read() -> None:
        for _ in stream:
            pass
        ended.append(time.monotonic())

    reader = threading.Thread(target=read)
    reader.start()
    time.sleep(0.5)
    server.left.clear()
    began = time.monotonic()
    stream.close()
    stream.close()
    assert server.left.wait(1.0)
    reader.join(1.0)
    assert ended[0] - began < 1.0
    engine.close()


@pytest.mark.quiet
def test_a_crowd_of_our_own_is_slow_and_not_broken(server: FaultServer) -> None:
    """The last of sixteen begins after the time that one alone may take in all."""
    engine = VllmServer(server.url, model="reads slowly", limits=Limits(first_token=1.0, idle=1.0, total=1.4))
    assert [reply.finish_reason for reply in engine.sample(REQUEST, 16)] == ["stop"] * 16
    engine.close()


def test_a_crowd_at_a_server_that_hangs_is_told_in_proportion(server: FaultServer) -> None:
    engine = VllmServer(server.url, model="hang", limits=Limits(first_token=0.4, idle=0.4, total=0.8))
    began = time.monotonic()
    with pytest.raises(ModelError, match=r"did not begin to answer within 1\.2 s"):
        engine.sample(REQUEST, 3)
    assert time.monotonic() - began >= 1.2
    engine.close()


def test_a_server_at_work_for_us_is_not_called_stuck_before_its_deadline(server: FaultServer) -> None:
    engine = VllmServer(server.url, model="hang", limits=PATIENT)
    began = len(server.sent_to)
    with engine.stream(REQUEST):
        while len(server.sent_to) == began:
            time.sleep(0.01)
        assert engine.health().ready
        assert len(server.sent_to) == began + 1, "nor asked for more"
    engine.close()


def test_others_at_once_make_a_request_as_patient_as_reading_their_prompts_takes() -> None:
    alone = Limits(first_token=30.0, idle=15.0, total=180.0)
    assert alone.beside(0, 0) == alone
    assert alone.beside(4, 4) == Limits(first_token=150.0, idle=135.0, total=900.0)
    assert alone.beside(0, 4) == Limits(first_token=30.0, idle=15.0, total=900.0)  # the others have ended


def test_a_fault_in_one_of_many_samples_is_told_once(server: FaultServer) -> None:
    engine = VllmServer(server.url, model="cut", limits=PATIENT)
    with pytest.raises(ModelError, match="broke off"):
        engine.sample(REQUEST, 5)
    engine.close()
