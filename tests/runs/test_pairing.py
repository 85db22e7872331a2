"""Groups that differ from an earlier one in what is shown: paired, as the stored rows prove, or refused in words."""

import pytest

from creason_core.errors import RunError
from creason_core.model.engines.replay import Replay, scripted
from creason_core.question.hiding_more import hide_more
from creason_core.store.runs import run_rows
from creason_core.store.runs.run_rows import RunGroup
from creason_core.store.runs.series import Place, begin_series, points_of, series_of_base
from creason_core.store.sql.transactions import Database
from tests.runs.conftest import Desk, MakeDesk
from tests.runs.scripted_engine import HeldEngine
from tests.runs.test_resuming import CUT, REST, resumed
from tests.store.examples import CODEBOOK, USER, example_question


def without_age(desk: Desk, base: RunGroup, idem: str = "p") -> RunGroup:
    begun = begin_series(desk.db, USER, "probe", "{}", idem="s", base_group_id=base.id)
    question = hide_more(example_question(desk.version.case), ["age"], desk.version.case, CODEBOOK)
    place = Place(begun.id, 0, '{"without":"age"}', base.id)
    return desk.manager.start_paired(USER, desk.version, question, CODEBOOK, place=place, idem=idem)


def test_a_paired_group_has_the_seeds_orders_and_settings_of_its_base_in_the_stored_rows(
    db: Database, make_desk: MakeDesk
) -> None:
    desk = make_desk(db, Replay(script=[scripted(r"\boxed{A}")]))
    first = desk.start()
    desk.ended(first)
    base = desk.start("later", samples=3, parent_group=first.id)  # whose seeds are not those of a first try
    desk.ended(base)
    group = without_age(desk, base)
    desk.ended(group)
    (begun,) = series_of_base(db, USER, base.id)
    (point,) = points_of(db, USER, begun.id)
    assert (point.group.id, point.place.base_group_id) == (group.id, base.id)
    before, after = (run_rows.runs_of(db, USER, one.id) for one in (base, group))
    assert [(run.sample, run.seed, run.order) for run in before] == [(run.sample, run.seed, run.order) for run in after]
    stored = run_rows.group(db, USER, group.id)
    assert (stored.temperature, stored.max_tokens, stored.seed, stored.engine, stored.batch, stored.samples) == (
        base.temperature, base.max_tokens, base.seed, base.engine, True, 3,
    )  # fmt: skip
    assert all("Age" in run.prompt for run in before)
    assert not any("Age" in run.prompt for run in after)


def test_what_cannot_be_paired_is_refused_in_words_and_nothing_is_stored(
    sqlite_db: Database, make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk(sqlite_db, Replay(script=[CUT, REST]))
    cut = desk.ended(desk.start()).runs[0]
    whole = resumed(desk, cut)
    base = run_rows.group(sqlite_db, USER, cut.run.group_id)
    stored = len(run_rows.recent_groups(sqlite_db, USER))
    with pytest.raises(RunError, match="went on from another one's text"):
        without_age(desk, run_rows.group(sqlite_db, USER, whole.run.group_id))
    question = example_question(desk.version.case)
    fewer = question.model_copy(update={"options": question.options[1:]})
    place = Place("any", 0, "{}", base.id)
    with pytest.raises(RunError, match="options are not those of the answer"):
        desk.manager.start_paired(USER, desk.version, fewer, CODEBOOK, place=place, idem="x")
    monkeypatch.setattr("creason_core.runs.pairing.prompt_version", lambda _: base.prompt_version + 1)
    with pytest.raises(RunError, match="worded differently since this answer"):
        desk.manager.start_paired(USER, desk.version, question, CODEBOOK, place=place, idem="y")
    assert len(run_rows.recent_groups(sqlite_db, USER)) == stored


def test_a_batch_leaves_a_person_room_in_the_line_and_a_person_passes_it(
    sqlite_db: Database, make_desk: MakeDesk
) -> None:
    engine = HeldEngine()
    desk = make_desk(sqlite_db, engine, runs_queued=2, runs_at_once=1, batch_runs_queued=4)
    desk.start("now")
    running = engine.next()
    scan = desk.start("scan", samples=4, priority="batch")
    with pytest.raises(RunError, match="4 runs of batches are waiting already and at most 4 may"):
        desk.start("more", priority="batch")
    asked = desk.start("asked", samples=2)
    running.say(r"\boxed{A}", finish=True)
    for _ in range(2):
        engine.next().say(r"\boxed{A}", finish=True)
    desk.ended(asked)
    assert desk.manager.snapshot(USER, scan.id).ended == 0


def test_a_batch_point_is_live_and_listed_like_any_other_group(sqlite_db: Database, make_desk: MakeDesk) -> None:
    engine = HeldEngine()
    desk = make_desk(sqlite_db, engine)
    base = desk.start()
    engine.next().say(r"\boxed{A}", finish=True)
    desk.ended(base)
    group = without_age(desk, base)
    assert [view.group.id for view in desk.manager.live(USER)] == [group.id]
    assert [one.id for one in run_rows.live_groups(sqlite_db, USER)] == [group.id]
    assert group.id in {one.id for one in run_rows.recent_groups(sqlite_db, USER)}
