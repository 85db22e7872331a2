"""Each way a run can go ends in one state, with its words and its text."""

import pytest

from creason_core.errors import ModelError, ModelFault, WeightsError
from creason_core.model.engines.base import FinishReason, ModelIdentity
from creason_core.model.engines.replay import Replay, scripted
from creason_core.runs.views import RunView
from creason_core.store.runs import run_rows
from creason_core.store.runs.run_rows import Run, RunStatus
from creason_core.store.runs.sent_messages import Sent
from creason_core.store.sql.transactions import Database
from tests.runs.conftest import Desk, MakeDesk
from tests.runs.scripted_engine import HeldEngine
from tests.store.examples import USER


def only(desk: Desk, engine_says: str = "") -> Run:
    return desk.ended(desk.start()).runs[0].run


def test_an_answer_is_complete_with_its_letter_and_canonical_option(db: Database, make_desk: MakeDesk) -> None:
    desk = make_desk(db, Replay(script=[scripted("Lactate is high, ", r"so \boxed{C}")]))
    run = only(desk)
    assert (run.status, run.letter, run.option, run.error) == ("complete", "C", 2, "")
    assert (run.text, run.tokens, run.finish_reason) == (r"Lactate is high, so \boxed{C}", 2, "stop")
    assert run.identity == Replay(script=[scripted("x")]).identity
    assert run_rows.run(db, USER, run.id) == run


def test_a_reversed_order_is_mapped_back(db: Database, make_desk: MakeDesk) -> None:
    desk = make_desk(db, Replay(script=[scripted(r"\boxed{A}")]))
    view = desk.ended(desk.start(samples=2))
    assert [(item.run.order, item.run.letter, item.run.option) for item in view.runs] == [
        ((0, 1, 2), "A", 0),
        ((2, 1, 0), "A", 2),
    ]
    assert "A) 1.0 mmol/L" in view.runs[0].run.prompt
    assert "A) 4.2 mmol/L" in view.runs[1].run.prompt


@pytest.mark.parametrize("content", ["4.2", "4.2 mmol/L", "C 4.2", r"\text{(C) 4.20 mmol/L}"])
def test_a_box_may_hold_the_value_of_its_option(sqlite_db: Database, make_desk: MakeDesk, content: str) -> None:
    run = only(make_desk(sqlite_db, Replay(script=[scripted(rf"\boxed{{{content}}}")])))
    assert (run.status, run.letter, run.option) == ("complete", "C", 2)


@pytest.mark.parametrize(
    ("text", "reason", "status", "words"),
    [
        ("So it may be", "length", "truncated", "Cut off at 1 token; the answer may be incomplete."),
        (r"\boxed{B} and more", "length", "truncated", "Cut off at 1 token; the answer may be incomplete."),
        ("I cannot tell", "stop", "unparsed", r"no \boxed{} answer"),
        (r"\boxed{}", "stop", "unparsed", "is empty"),
        (r"\boxed{Z}", "stop", "unparsed", "not one of the options shown"),
        (r"<think>So \boxed{B}", "stop", "unparsed", "thinking is not part of the reply"),
    ],
)
def test_text_without_a_usable_answer_is_kept_and_explained(
    sqlite_db: Database, make_desk: MakeDesk, text: str, reason: FinishReason, status: RunStatus, words: str
) -> None:
    run = only(make_desk(sqlite_db, Replay(script=[scripted(text, finish_reason=reason)])))
    assert (run.status, run.text) == (status, text)
    assert words in run.error


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("timeout", "timeout"),
        ("unreachable", "error"),
        ("incomplete", "error"),
        ("busy", "error"),
        ("rejected", "error"),
        ("garbage", "error"),
        ("empty", "error"),
        ("failed", "error"),
    ],
)
def test_a_model_fault_ends_the_run_in_words_and_keeps_the_partial_text(
    sqlite_db: Database, make_desk: MakeDesk, fault: ModelFault, status: RunStatus
) -> None:
    run = only(make_desk(sqlite_db, Replay(script=[scripted("I think ", "that", fault=fault)])))
    assert (run.status, run.text, run.letter) == (status, "I think that", None)
    assert "The text so far is kept." in run.error
    assert f"(run {run.id[:4]})" in run.error


def test_a_fault_before_any_text_says_that_nothing_was_lost(sqlite_db: Database, make_desk: MakeDesk) -> None:
    run = only(make_desk(sqlite_db, Replay(script=[scripted(fault="unreachable")])))
    assert (run.status, run.text) == ("error", "")
    assert "Nothing was lost." in run.error


@pytest.mark.parametrize(
    "error", [ModelError("unreachable", "Nothing listens."), WeightsError("The weights are altered.", remedy="Pull.")]
)
def test_an_engine_that_cannot_say_what_it_is_is_told_in_its_own_words(
    sqlite_db: Database, make_desk: MakeDesk, error: Exception
) -> None:
    class Broken(HeldEngine):
        @property
        def identity(self) -> ModelIdentity:
            raise error

    run = only(make_desk(sqlite_db, Broken()))
    assert run.status == "error"
    assert str(error) in run.error
    assert run.identity is None


def test_a_bug_while_generating_ends_the_run_without_a_traceback(sqlite_db: Database, make_desk: MakeDesk) -> None:
    engine = HeldEngine()
    desk = make_desk(sqlite_db, engine)
    group = desk.start()
    stream = engine.next()
    stream.say("I think")
    stream.fail(ZeroDivisionError("secret detail"))
    run = desk.ended(group).runs[0].run
    assert (run.status, run.text) == ("error", "I think")
    assert "ZeroDivisionError" in run.error
    assert "secret detail" not in run.error


def test_a_stream_that_ends_without_saying_so_is_an_error(sqlite_db: Database, make_desk: MakeDesk) -> None:
    engine = HeldEngine()
    desk = make_desk(sqlite_db, engine)
    group = desk.start()
    stream = engine.next()
    stream.say(r"\boxed{C}")
    stream._coming.put(None)
    run = desk.ended(group).runs[0].run
    assert (run.status, run.letter) == ("error", None)
    assert "ended before it was complete" in run.error


def test_a_run_passes_through_waiting_and_streaming(sqlite_db: Database, make_desk: MakeDesk) -> None:
    engine = HeldEngine()
    desk = make_desk(sqlite_db, engine)
    group = desk.start()
    stream = engine.next()
    waiting = desk.when(group, lambda view: view.status == "waiting").runs[0]
    assert waiting.run.started is not None
    assert waiting.run.identity == engine.identity
    stream.say("So ")
    streaming = desk.when(group, lambda view: view.status == "streaming").runs[0]
    assert (streaming.run.text, streaming.run.tokens) == ("So ", 1)
    stream.say(r"\boxed{A}", finish=True)
    assert desk.ended(group).status == "complete"


def test_a_text_that_is_read_shows_as_checking_until_it_is_stored(
    sqlite_db: Database, make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = HeldEngine()
    desk = make_desk(sqlite_db, engine)
    group = desk.start()
    stream = engine.next()
    with sqlite_db.write():
        stream.say(r"\boxed{A}", finish=True)
        view = desk.when(group, lambda view: view.status == "checking")
        assert view.live
    assert desk.ended(group).status == "complete"


@pytest.mark.parametrize(("samples", "words"), [(1, "within 0.2 s"), (5, "within 1 s")])
def test_a_run_that_overran_what_so_many_at_once_may_take_is_ended_as_timeout(
    sqlite_db: Database, make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch, samples: int, words: str
) -> None:
    monkeypatch.setattr("creason_core.runs.writer.HEARTBEAT_SECONDS", 0.1)
    monkeypatch.setattr("creason_core.runs.manager.GRACE_SECONDS", 0.2)
    monkeypatch.setattr("creason_core.runs.manager.LOAD_SECONDS", 0.2)
    engine = HeldEngine()
    desk = make_desk(sqlite_db, engine, total_seconds=0.2)
    group = desk.start(samples=samples)
    stream = engine.next()
    stream.say("I think")
    run = next(view.run for view in desk.ended(group).runs if view.run.text)
    assert (run.status, run.text) == ("timeout", "I think")
    assert words in run.error
    assert stream.closed.is_set()


def test_views_tell_times_and_pace() -> None:
    from datetime import UTC, datetime, timedelta

    at = datetime(2026, 1, 1, tzinfo=UTC)

    def after(seconds: float) -> datetime:
        return at + timedelta(seconds=seconds)

    run = Run(
        id="r", group_id="g", user="u", sample=0, status="streaming", order=(0,), seed=0, sent=Sent((), ""), text="",
        tokens=21, finish_reason=None, letter=None, option=None, error="", identity=None, created=at, started=after(2),
        first_token=after(5), ended=None,
    )  # fmt: skip
    view = RunView(run, after(7))
    assert (view.queued_seconds, view.waiting_seconds, view.seconds) == (2.0, 3.0, 5.0)
    assert view.tokens_per_second == 10.0
    assert RunView(run, after(5.1)).tokens_per_second is None
