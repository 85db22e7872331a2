"""Two people in one process: no door of the run manager leads one of them to what the other asked."""

from collections.abc import Callable

from creason_core.errors import StoreError
from creason_core.runs import RunManager
from creason_core.store.runs.run_rows import recent_groups, runs_of
from creason_core.store.runs.series import Place, begin_series
from creason_core.store.sql.transactions import Database
from tests.runs.conftest import Desk, MakeDesk
from tests.runs.scripted_engine import HeldEngine
from tests.store.examples import CODEBOOK, USER, example_question, saved_case

BOB = "bob"
OF_NOBODY = {"close", "sweep"}  # of the process


def doors(desk: Desk, group: str, run: str) -> dict[str, Callable[[], object]]:
    """Every public method that takes a person, called by Bob with what is Ann's."""
    manager, hers, his = desk.manager, desk.version, saved_case(desk.db, BOB)
    begun = begin_series(desk.db, BOB, "probe", "{}", idem="bob")
    asked, place = example_question(hers.case), Place(begun.id, 0, "{}", group)
    return {
        "start": lambda: manager.start(BOB, hers, asked, CODEBOOK, samples=1, idem="1"),
        "start as a child": lambda: manager.start(
            BOB, his, example_question(his.case), CODEBOOK, samples=1, idem="2", parent_group=group
        ),
        "start_paired": lambda: manager.start_paired(BOB, his, asked, CODEBOOK, place=place, idem="3"),
        "resume": lambda: manager.resume(BOB, his, asked, CODEBOOK, run, idem="4"),
        "repeat": lambda: manager.repeat(BOB, group, CODEBOOK, idem="5"),
        "snapshot": lambda: manager.snapshot(BOB, group),
        "stop": lambda: manager.stop(BOB, group),
    }


def told(door: Callable[[], object]) -> str:
    """Why it is refused; empty where it is not."""
    try:
        door()
    except StoreError as error:
        return str(error)
    return ""


def test_what_another_process_asks_is_not_asked_again_by_this_one(sqlite_db: Database, make_desk: MakeDesk) -> None:
    there, here = HeldEngine(), HeldEngine()
    first, second = make_desk(sqlite_db, there), make_desk(sqlite_db, here)
    group = first.start("1")
    assert second.start("1").id == group.id
    there.next().say(r"\boxed{A}", finish=True)
    assert second.ended(group).status == "complete"
    assert here.sent == 0


def test_nobody_sees_stops_or_goes_on_with_what_another_person_asked(sqlite_db: Database, make_desk: MakeDesk) -> None:
    engine = HeldEngine(slots=4)
    desk = make_desk(sqlite_db, engine)
    ended, live = desk.start("1"), desk.start("2")
    engine.next().say(r"\boxed{A}", finish=True)
    desk.ended(ended)
    stream = engine.next()
    for group in (ended, live):
        (run,) = runs_of(sqlite_db, USER, group.id)
        refused = {name: told(door) for name, door in doors(desk, group.id, run.id).items()}
        assert {name: "among yours" in said for name, said in refused.items()} == dict.fromkeys(refused, True)
    assert desk.manager.live(BOB) == ()
    assert recent_groups(sqlite_db, BOB) == ()
    stream.say(r"\boxed{C}", finish=True)
    assert desk.ended(live).status == "complete"


def test_every_door_of_the_manager_is_tried() -> None:
    public = {name for name, value in vars(RunManager).items() if callable(value) and not name.startswith("_")}
    tried = {"start", "start_paired", "resume", "repeat", "snapshot", "stop", "live"}
    assert public == tried | OF_NOBODY


def test_the_same_key_of_two_people_starts_a_run_of_each(sqlite_db: Database, make_desk: MakeDesk) -> None:
    engine = HeldEngine(slots=2)
    desk = make_desk(sqlite_db, engine)
    hers, his = desk.start("same"), desk.start("same", user=BOB)
    engine.next().say(r"\boxed{A}", finish=True)
    engine.next().say(r"\boxed{C}", finish=True)
    letters = [desk.ended(group).runs[0].run.letter for group in (hers, his)]
    assert (hers.user, his.user, hers.id != his.id, sorted(map(str, letters))) == (USER, BOB, True, ["A", "C"])
    assert [view.group.id for view in desk.manager.live(USER)] == []
