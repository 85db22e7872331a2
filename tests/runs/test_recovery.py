"""What survives a database that fails, a process that dies and an app that closes."""

import contextlib
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.runs import writer as writer_module
from creason_core.store.runs import live_rows, run_rows
from creason_core.store.runs.live_rows import RunProgress, checkpoint
from creason_core.store.runs.run_rows import Run
from creason_core.store.schema.tables import processes
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now
from tests.runs.conftest import MakeDesk
from tests.runs.scripted_engine import HeldEngine
from tests.store.examples import USER, queued_run
from tests.store.test_every_call import Failing, Fault

INTERRUPTED = "Interrupted when the app restarted. The text up to then is kept."


def eventually(happened: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.quiet
def test_the_text_is_checkpointed_every_two_hundred_tokens(db: Database, make_desk: MakeDesk) -> None:
    engine = HeldEngine()
    desk = make_desk(db, engine)
    group = desk.start()
    stream = engine.next()
    stream.say("a", tokens=1)
    eventually(lambda: run_rows.runs_of(db, USER, group.id)[0].text == "a")
    stream.say("b", tokens=100)
    stream.say("c", tokens=100)
    eventually(lambda: run_rows.runs_of(db, USER, group.id)[0].text == "abc", seconds=1.5)


@pytest.mark.quiet
def test_the_text_is_checkpointed_every_two_seconds(sqlite_db: Database, make_desk: MakeDesk) -> None:
    engine = HeldEngine()
    desk = make_desk(sqlite_db, engine)
    group = desk.start()
    stream = engine.next()
    stream.say("a")
    eventually(lambda: run_rows.runs_of(sqlite_db, USER, group.id)[0].status == "streaming")
    stream.say("b")
    eventually(lambda: run_rows.runs_of(sqlite_db, USER, group.id)[0].text == "ab", seconds=3.0)


def test_an_ending_that_cannot_be_stored_is_kept_told_and_stored_later(
    sqlite_db: Database, make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("creason_core.runs.writer.RETRY_SECONDS", 0.1)
    failing = True

    def finish(*arguments: object) -> Run:
        if failing:
            raise StoreError("full", "The disk that holds the database is full.", remedy="Free some space.")
        return live_rows.finish(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(writer_module, "finish", finish)
    engine = HeldEngine()
    desk = make_desk(sqlite_db, engine)
    group = desk.start()
    engine.next().say(r"\boxed{C}", finish=True)
    view = desk.when(group, lambda view: bool(view.runs[0].unsaved)).runs[0]
    assert (view.run.status, view.run.text) == ("checking", r"\boxed{C}")
    assert "could not be saved yet: The disk that holds the database is full." in view.unsaved
    assert "kept in memory" in view.unsaved
    failing = False
    ended = desk.ended(group).runs[0]
    assert (ended.run.status, ended.run.letter, ended.unsaved) == ("complete", "C", "")
    assert run_rows.run(sqlite_db, USER, ended.run.id) == ended.run


def test_closing_the_app_stores_what_there_is_as_interrupted(db: Database, make_desk: MakeDesk) -> None:
    engine = HeldEngine()
    desk = make_desk(db, engine)
    group = desk.start(samples=2)
    stream = engine.next()
    stream.say("I think")
    desk.when(group, lambda view: view.status == "streaming")
    desk.manager.close()
    assert stream.closed.is_set()
    runs = run_rows.runs_of(db, USER, group.id)
    assert [run.status for run in runs] == ["interrupted", "interrupted"]
    assert runs[0].text == "I think" or runs[1].text == "I think"
    assert "Interrupted when the app was closed" in runs[0].error


def test_another_live_process_keeps_its_runs(db: Database, make_desk: MakeDesk) -> None:
    engine = HeldEngine()
    first = make_desk(db, engine)
    group = first.start()
    stream = engine.next()
    second = make_desk(db, HeldEngine())
    assert second.manager.sweep() == 0
    assert second.manager.snapshot(USER, group.id).live, "the second process shows what the first has stored"
    stream.say(r"\boxed{A}", finish=True)
    assert first.ended(group).status == "complete"


@pytest.mark.parametrize(("age", "swept"), [(30, 0), (90, 1)])
def test_where_no_lock_can_be_seen_the_heartbeat_decides(
    db: Database, make_desk: MakeDesk, age: int, swept: int
) -> None:
    run = queued_run(db)
    checkpoint(db, [RunProgress(run.id, "streaming", "I think", 2, None, now(), now())])
    with db.write() as connection:
        connection.execute(sa.update(processes).values(heartbeat=now() - timedelta(seconds=age)))
    make_desk(db, HeldEngine())
    found = run_rows.run(db, USER, run.id)
    assert found.text == "I think"
    assert (found.status, found.error) == (("interrupted", INTERRUPTED) if swept else ("streaming", ""))


def test_a_run_that_was_stored_but_never_queued_is_not_left_live(
    sqlite_db: Database, make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk(sqlite_db, HeldEngine())

    def unreadable(*_: object) -> None:
        raise StoreError("unreachable", "The disk does not answer.")

    with monkeypatch.context() as broken:
        broken.setattr(run_rows, "runs_of", unreadable)
        with pytest.raises(StoreError, match="does not answer"):
            desk.start()
    assert desk.manager.sweep() == 0, "it may be about to be queued"
    monkeypatch.setattr("creason_core.runs.ownership.LOST", timedelta(0))
    assert desk.manager.sweep() == 1
    assert run_rows.live_groups(sqlite_db, USER) == ()


@pytest.mark.parametrize("fault", ["refused", "answer lost", "cut"])
def test_every_database_call_of_a_start_may_fail_once_and_pressing_again_runs_it_once(
    db: Database, make_desk: MakeDesk, fault: Fault
) -> None:
    engine = HeldEngine()
    desk = make_desk(db, engine, runs_per_user=100)
    failing = Failing(fault)
    with failing.on(db.engine):
        while True:
            failing.calls, failing.at = 0, failing.at + 1
            with contextlib.suppress(StoreError):
                desk.start(f"start {failing.at}")
            done, at = failing.calls < failing.at, failing.at
            failing.at = 0
            group = desk.start(f"start {at}")
            assert desk.start(f"start {at}") == group
            stream = engine.next()
            stream.say(r"\boxed{A}", finish=True)
            assert desk.ended(group).status == "complete"
            assert (engine.sent, len(run_rows.recent_groups(db, USER, 100))) == (at, at)
            if done:
                break
            failing.at = at
    assert failing.at == 0
    assert at > 5
