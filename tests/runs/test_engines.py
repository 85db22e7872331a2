"""Several engines in one process: each asked by name, each with slots and a line of its own."""

import threading

import pytest

from creason_core.errors import RunError
from creason_core.model.engines.registry import EngineRegistry
from creason_core.model.engines.replay import Replay, scripted
from creason_core.store.runs import run_rows
from creason_core.store.sql.transactions import Database
from tests.runs.conftest import MakeDesk
from tests.runs.scripted_engine import HeldEngine
from tests.store.examples import CODEBOOK, USER


def test_each_of_two_engines_answers_who_asks_for_it_and_the_first_whoever_asks_for_none(
    db: Database, make_desk: MakeDesk
) -> None:
    held = HeldEngine("embedded")
    registry = EngineRegistry({"replay": Replay(script=[scripted(r"\boxed{A}")]), "embedded": held})
    desk = make_desk(db, registry)
    anyone, recorded = desk.start("1"), desk.start("2", engine="replay")
    asked = desk.start("3", engine="embedded")
    held.next().say(r"\boxed{C}", finish=True)
    told = []
    for group in (anyone, recorded, asked):
        (view,) = desk.ended(group).runs
        assert view.run.identity is not None
        told.append((run_rows.group(db, USER, group.id).engine, view.run.identity.engine, view.run.letter))
    assert told == [("", "replay", "A"), ("replay", "replay", "A"), ("embedded", "embedded", "C")]
    registry.default = "embedded"
    later = desk.start("4")
    held.next().say(r"\boxed{B}", finish=True)
    assert desk.ended(later).runs[0].run.letter == "B"


def test_a_slow_engine_holds_back_neither_the_slots_nor_the_line_nor_the_questions_of_another(
    sqlite_db: Database, make_desk: MakeDesk
) -> None:
    slow, quick = HeldEngine("vllm", slots=1), HeldEngine("embedded", slots=2)
    desk = make_desk(sqlite_db, EngineRegistry({"vllm": slow, "embedded": quick}), runs_queued=2, runs_per_user=1)
    first = desk.start("1", samples=2, engine="vllm")
    slow.next()
    with pytest.raises(RunError, match="You have 1 question running"):
        desk.start("2", engine="vllm")
    with pytest.raises(RunError, match="1 run is waiting already and at most 2 may"):
        desk.start("1", user="bob", samples=2, engine="vllm")
    second = desk.start("3", samples=2, engine="embedded")
    streams = [quick.next(), quick.next()]
    assert [view.ahead for view in desk.manager.snapshot(USER, first.id).runs] == [0, 1]
    for stream in streams:
        stream.say(r"\boxed{A}", finish=True)
    assert desk.ended(second).status == "complete"
    assert (slow.sent, quick.sent) == (1, 2)


def test_the_engine_that_answers_by_default_is_one_whether_it_is_asked_by_its_name_or_not(
    sqlite_db: Database, make_desk: MakeDesk
) -> None:
    desk = make_desk(
        sqlite_db, EngineRegistry({"vllm": HeldEngine("vllm"), "embedded": HeldEngine("embedded")}), runs_per_user=1
    )
    desk.start("1")
    with pytest.raises(RunError, match="You have 1 question running"):
        desk.start("2", engine="vllm")
    desk.start("3", engine="embedded")
    with pytest.raises(RunError, match="You have 1 question running"):
        desk.start("4", engine="embedded")


def test_an_engine_that_there_is_not_is_told_and_nothing_is_stored(sqlite_db: Database, make_desk: MakeDesk) -> None:
    engine = HeldEngine()
    desk = make_desk(sqlite_db, EngineRegistry({"vllm": engine}))
    with pytest.raises(RunError, match=r"'gpt' was asked for, and there is none of that name; there is: vllm\."):
        desk.start(engine="gpt")
    assert run_rows.recent_groups(sqlite_db, USER) == ()
    assert engine.sent == 0


def test_an_engine_that_went_while_its_runs_waited_is_told_and_no_other_takes_its_place(
    sqlite_db: Database, make_desk: MakeDesk
) -> None:
    going, other = HeldEngine("embedded", slots=1), HeldEngine("vllm")
    registry = EngineRegistry({"vllm": other, "embedded": going})
    desk = make_desk(sqlite_db, registry)
    group = desk.start(samples=2, engine="embedded")
    stream = going.next()
    registry.remove("embedded")
    stream.say(r"\boxed{A}", finish=True)
    first, second = desk.ended(group).runs
    assert (first.run.status, second.run.status, second.run.identity) == ("complete", "error", None)
    assert "'embedded' was asked for, and there is none of that name" in second.run.error
    assert "Nothing was sent to another one" in second.run.error
    assert other.sent == 0
    with pytest.raises(RunError, match="there is none of that name"):
        desk.manager.repeat(USER, group.id, CODEBOOK, idem="again")


def test_a_repeat_asks_the_engine_that_was_asked_for(sqlite_db: Database, make_desk: MakeDesk) -> None:
    asked = HeldEngine("embedded")
    desk = make_desk(sqlite_db, EngineRegistry({"vllm": HeldEngine(), "embedded": asked}))
    first = desk.start(engine="embedded")
    asked.next().say(r"\boxed{A}", finish=True)
    desk.ended(first)
    again = desk.manager.repeat(USER, first.id, CODEBOOK, idem="again")
    assert again.engine == "embedded"
    asked.next().say(r"\boxed{A}", finish=True)
    assert desk.ended(again).status == "complete"


def test_who_waits_for_no_engine_in_particular_goes_to_the_one_that_answers_when_the_turn_comes(
    sqlite_db: Database, make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("creason_core.runs.writer.HEARTBEAT_SECONDS", 0.1)
    down, up = HeldEngine("vllm", slots=1), HeldEngine("embedded")
    registry = EngineRegistry({"vllm": down, "embedded": up})
    desk = make_desk(sqlite_db, registry)
    group = desk.start(samples=2)
    stream = down.next()
    registry.default = "embedded"
    up.next().say(r"\boxed{A}", finish=True)
    stream.say(r"\boxed{A}", finish=True)
    assert desk.ended(group).status == "complete"


def test_a_registry_looks_at_each_engine_by_itself_and_tells_what_it_can_do() -> None:
    registry = EngineRegistry({"vllm": HeldEngine("vllm", slots=3), "embedded": HeldEngine("embedded")})
    assert (registry.health("vllm"), registry.registered()) == (None, ())
    for name in registry.names:
        assert registry.look(name).ready
    registry.default = "embedded"
    told = [(one.name, one.capabilities.slots, one.answers) for one in registry.registered()]
    assert told == [("vllm", 3, False), ("embedded", 1_000, True)]
    with pytest.raises(ValueError, match="answers by default"):
        registry.remove("embedded")
    threads = [threading.Thread(target=registry.look, args=(name,)) for name in registry.names for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(registry.registered()) == 2
