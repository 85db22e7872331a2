"""Who waits for whom, who is refused, and what a stop leaves."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from creason_core.errors import RunError, StoreError
from creason_core.model.engines.embedded import Embedded
from creason_core.model.engines.embedded_protocol import ROWS_AT_ONCE
from creason_core.model.engines.replay import Replay, scripted
from creason_core.question.kinds import MaskedValue
from creason_core.store.patients.cases import save_version
from creason_core.store.runs import run_rows
from creason_core.store.sql.transactions import Database
from tests.runs.conftest import MakeDesk
from tests.runs.scripted_engine import HeldEngine
from tests.store.examples import CODEBOOK, USER, example_case, example_question


@pytest.mark.quiet
def test_stop_closes_the_stream_within_a_second_and_keeps_the_text(db: Database, make_desk: MakeDesk) -> None:
    engine = HeldEngine()
    desk = make_desk(db, engine)
    group = desk.start()
    stream = engine.next()
    stream.say("Lactate is ", tokens=212)
    desk.when(group, lambda view: view.status == "streaming")
    pressed = time.monotonic()
    desk.manager.stop(USER, group.id)
    assert stream.closed.wait(1.0)
    run = desk.ended(group).runs[0].run
    assert time.monotonic() - pressed < 1.0
    assert (run.status, run.text, run.error) == (
        "stopped",
        "Lactate is ",
        "Stopped by you after 212 tokens; the text is kept.",
    )
    assert run_rows.run(db, USER, run.id) == run


def test_stop_keeps_the_samples_that_have_finished_and_sends_no_more(sqlite_db: Database, make_desk: MakeDesk) -> None:
    engine = HeldEngine()
    desk = make_desk(sqlite_db, engine, runs_at_once=1)
    group = desk.start(samples=3)
    engine.next().say(r"\boxed{B}", finish=True)
    engine.next().say("I think")
    desk.when(group, lambda view: view.ended == 1 and view.runs[1].run.status == "streaming")
    desk.manager.stop(USER, group.id)
    runs = [view.run for view in desk.ended(group).runs]
    assert [run.status for run in runs] == ["complete", "stopped", "stopped"]
    assert [run.text for run in runs] == [r"\boxed{B}", "I think", ""]
    assert runs[2].error == "Stopped by you before the first token."
    assert engine.sent == 2


@pytest.mark.quiet
def test_stop_does_not_wait_for_an_engine_that_hangs_in_its_call(sqlite_db: Database, make_desk: MakeDesk) -> None:
    release = threading.Event()

    class Hanging(HeldEngine):
        def stream(self, request: object) -> object:  # type: ignore[override]
            release.wait(20)
            return super().stream(request)  # type: ignore[arg-type]

    engine = Hanging()
    desk = make_desk(sqlite_db, engine)
    group = desk.start()
    desk.when(group, lambda view: view.status == "waiting")
    desk.manager.stop(USER, group.id)
    assert desk.when(group, lambda view: not view.live, seconds=1.0).status == "stopped"
    release.set()
    assert engine.next().closed.wait(60), "a stream that comes after the stop is closed at once"


@pytest.mark.parametrize("ends", ["stop", "close"])
def test_a_whole_reply_is_complete_whatever_ends_its_run_while_its_letters_are_weighed(
    sqlite_db: Database, make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    weighing, release = threading.Event(), threading.Event()

    class Weighing(HeldEngine):
        capabilities = replace(HeldEngine().capabilities, logprobs=True)

        def option_logprobs(self, *_: object) -> tuple[float, ...]:
            weighing.set()
            release.wait(20)
            return (-0.1, -2.0, -3.0)

    monkeypatch.setattr(MaskedValue, "weighed", True)
    engine = Weighing()
    desk = make_desk(sqlite_db, engine)
    group = desk.start()
    engine.next().say(r"\boxed{B}", finish=True)
    assert weighing.wait(20)
    if ends == "stop":
        desk.manager.stop(USER, group.id)
    else:
        desk.manager.close()
    (view,) = desk.ended(group).runs
    release.set()
    assert (view.run.status, view.run.letter, view.run.logprobs) == ("complete", "B", ())


def test_stopping_what_has_ended_changes_nothing(sqlite_db: Database, make_desk: MakeDesk) -> None:
    desk = make_desk(sqlite_db, Replay(script=[scripted(r"\boxed{A}")]))
    group = desk.start()
    before = desk.ended(group)
    desk.manager.stop(USER, group.id)
    assert desk.manager.snapshot(USER, group.id).runs[0].run == before.runs[0].run


def test_another_user_neither_sees_nor_stops_a_run(sqlite_db: Database, make_desk: MakeDesk) -> None:
    engine = HeldEngine()
    desk = make_desk(sqlite_db, engine)
    group = desk.start()
    for act in (desk.manager.snapshot, desk.manager.stop):
        with pytest.raises(StoreError, match="no such run among yours"):
            act("bob", group.id)
    assert desk.manager.live("bob") == ()
    assert [view.group.id for view in desk.manager.live(USER)] == [group.id]
    assert desk.manager.snapshot(USER, group.id).live


def test_the_same_key_starts_one_group_even_from_two_threads(db: Database, make_desk: MakeDesk) -> None:
    engine = HeldEngine()
    desk = make_desk(db, engine)
    barrier = threading.Barrier(2)
    started: list[str] = []

    def click() -> None:
        barrier.wait()
        started.append(desk.start().id)

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert started[0] == started[1]
    engine.next().say(r"\boxed{A}", finish=True)
    desk.ended(run_rows.group(db, USER, started[0]))
    assert engine.sent == 1


def test_a_user_has_two_questions_running_and_the_third_is_refused_in_words(
    sqlite_db: Database, make_desk: MakeDesk
) -> None:
    desk = make_desk(sqlite_db, HeldEngine())
    first = desk.start("1")
    desk.start("2")
    with pytest.raises(RunError, match=r"You have 2 questions running, and at most 2 may run at a time\."):
        desk.start("3")
    desk.start("1", user="bob")
    desk.manager.stop(USER, first.id)
    desk.ended(first)
    desk.start("3")


def test_beyond_the_queue_a_run_is_refused_and_nothing_is_stored(sqlite_db: Database, make_desk: MakeDesk) -> None:
    engine = HeldEngine()
    desk = make_desk(sqlite_db, engine, runs_queued=3, runs_at_once=1)
    desk.start("1")
    engine.next()
    desk.start("2", samples=3)
    with pytest.raises(RunError, match="3 runs are waiting already and at most 3 may"):
        desk.start("1", user="bob")
    assert run_rows.recent_groups(sqlite_db, "bob") == ()


def test_only_so_many_are_sent_at_once_and_the_rest_know_their_place(sqlite_db: Database, make_desk: MakeDesk) -> None:
    engine = HeldEngine()
    desk = make_desk(sqlite_db, engine, runs_at_once=2)
    group = desk.start(samples=5)
    streams = [engine.next(), engine.next()]
    view = desk.when(group, lambda view: [item.run.status for item in view.runs].count("waiting") == 2)
    assert [item.ahead for item in view.runs] == [0, 0, 2, 3, 4]
    assert all(item.queued_seconds > 0 for item in view.runs[2:])
    streams[0].say(r"\boxed{A}", finish=True)
    engine.next()
    assert desk.when(group, lambda view: view.runs[3].ahead == 2).runs[4].ahead == 3


def test_an_embedded_engine_is_sent_as_many_as_it_writes_together(sqlite_db: Database, make_desk: MakeDesk) -> None:
    engine = HeldEngine("embedded", slots=Embedded(Path("nowhere")).capabilities.slots)
    desk = make_desk(sqlite_db, engine)
    group = desk.start(samples=ROWS_AT_ONCE + 2)
    streams = [engine.next() for _ in range(ROWS_AT_ONCE)]
    time.sleep(0.05)
    waiting = [item.run.status for item in desk.manager.snapshot(USER, group.id).runs].count("waiting")
    assert waiting == ROWS_AT_ONCE
    for stream in streams:
        stream.say(r"\boxed{A}", finish=True)
    for _ in range(2):
        engine.next().say(r"\boxed{A}", finish=True)
    assert desk.ended(group).status == "complete"


def test_interactive_runs_go_before_batch_runs(sqlite_db: Database, make_desk: MakeDesk) -> None:
    engine = HeldEngine()
    desk = make_desk(sqlite_db, engine, runs_at_once=1)
    desk.start("now", samples=1)
    first = engine.next()
    scan = desk.start("scan", samples=2, priority="batch")
    asked = desk.start("asked", samples=1)
    assert [view.ahead for view in desk.manager.snapshot(USER, scan.id).runs] == [2, 3]
    assert desk.manager.snapshot(USER, asked.id).runs[0].ahead == 1
    first.say(r"\boxed{A}", finish=True)
    engine.next().say(r"\boxed{A}", finish=True)
    desk.ended(asked)
    assert desk.manager.snapshot(USER, scan.id).ended == 0


def test_one_sample_is_greedy_several_are_drawn_and_a_second_try_draws_anew(
    sqlite_db: Database, make_desk: MakeDesk
) -> None:
    desk = make_desk(sqlite_db, Replay(script=[scripted(r"\boxed{A}")]))
    one = desk.start("1")
    desk.ended(one)
    several = desk.start("2", samples=2)
    desk.ended(several)
    again = desk.start("3", parent_group=one.id)
    runs = desk.ended(again).runs
    assert [group.temperature for group in (one, several, again)] == [0.0, 0.7, 0.7]
    assert (again.parent_group_id, again.seed, runs[0].run.seed) == (one.id, one.seed + 1_000, one.seed + 1_000)


def test_a_question_about_another_version_is_refused(sqlite_db: Database, make_desk: MakeDesk) -> None:
    desk = make_desk(sqlite_db, HeldEngine())
    other = save_version(sqlite_db, USER, example_case(9.0), idem="o", case_id=None, parent_id=None, label="x")
    with pytest.raises(RunError, match="another version of this case"):
        desk.manager.start(USER, other, example_question(desk.version.case), CODEBOOK, samples=1, idem="1")


def test_an_interactive_run_that_nobody_watches_is_stopped(
    sqlite_db: Database, make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("creason_core.runs.writer.HEARTBEAT_SECONDS", 0.1)
    monkeypatch.setattr("creason_core.runs.manager.ORPHAN_SECONDS", 0.5)
    engine = HeldEngine()
    desk = make_desk(sqlite_db, engine)
    left, batch = desk.start("1"), desk.start("2", priority="batch")
    assert engine.next().closed.wait(20.0) or engine.next().closed.wait(20.0)
    time.sleep(0.3)
    assert "nobody had looked for 10 minutes" in desk.ended(left).runs[0].run.error
    assert desk.manager.snapshot(USER, batch.id).live


@pytest.mark.alone
def test_twenty_pages_that_poll_a_long_text_cost_little(sqlite_db: Database, make_desk: MakeDesk) -> None:
    engine = HeldEngine()
    desk = make_desk(sqlite_db, engine)
    group = desk.start(samples=5)
    for _ in range(5):
        stream = engine.next()
        for _ in range(800):
            stream.say("token ")
    desk.when(group, lambda view: all(item.run.tokens == 800 for item in view.runs))
    started = time.process_time()
    for _ in range(20 * 10):
        desk.manager.snapshot(USER, group.id)
    assert time.process_time() - started < 0.5, "20 pages × 3.3 polls a second must stay far below one core"
