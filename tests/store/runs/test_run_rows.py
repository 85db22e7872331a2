import dataclasses

import pytest
import sqlalchemy as sa

from creason_core.errors import RunError, StoreError
from creason_core.model.engines.base import Message, ModelIdentity
from creason_core.store import audit
from creason_core.store.runs import run_rows
from creason_core.store.runs.live_rows import Ending, RunProgress, checkpoint, finish, interrupt, live_rows
from creason_core.store.runs.new_runs import insert_group
from creason_core.store.runs.run_rows import RunSpec
from creason_core.store.schema.tables import audit as table
from creason_core.store.schema.tables import runs
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now
from tests.store.examples import USER, group_spec, queued_group, queued_run, running_process, saved_case

MODEL = ModelIdentity("replay", "script", "hash", "adapter", "adapter hash")


def reached(run_id: str, text: str = "I think", tokens: int = 2) -> RunProgress:
    return RunProgress(run_id, "streaming", text, tokens, MODEL, now(), now())


def test_a_group_and_its_runs_are_rows_before_anything_is_sent(db: Database) -> None:
    running_process(db)
    version = saved_case(db)
    group = queued_group(db, version, samples=3)
    stored = run_rows.runs_of(db, USER, group.id)
    assert [(run.sample, run.status, run.seed, run.prompt) for run in stored] == [
        (0, "queued", 7, "[user]\nprompt 0"),
        (1, "queued", 8, "[user]\nprompt 1"),
        (2, "queued", 9, "[user]\nprompt 2"),
    ]
    assert stored[0].order == (0, 1, 2)
    assert (group.user, group.case_version_id, group.seen, group.kind) == (USER, version.id, False, "mask")
    assert group.question_json == group_spec(version).question_json


def test_the_same_key_starts_once_and_says_so(db: Database) -> None:
    process = running_process(db)
    version = saved_case(db)
    spec, sample = group_spec(version), [RunSpec(0, (0, 1, 2), 7, (Message("user", "p"),))]
    starts = [insert_group(db, USER, spec, sample, idem="k", process=process, most_live=1) for _ in range(2)]
    assert starts[0][0] == starts[1][0]
    assert [fresh for _, fresh in starts] == [True, False]
    other = dataclasses.replace(spec, question_id="another")
    with pytest.raises(StoreError, match="already started another question"):
        insert_group(db, USER, other, sample, idem="k", process=process, most_live=1)


def test_a_user_has_only_so_many_live_groups(db: Database) -> None:
    process = running_process(db)
    version = saved_case(db)
    sample = [RunSpec(0, (0, 1, 2), 7, (Message("user", "p"),))]
    insert_group(db, USER, group_spec(version), sample, idem="1", process=process, most_live=1)
    with pytest.raises(RunError, match=r"You have 1 question running, and at most 1 may run at a time\. Stop one"):
        insert_group(db, USER, group_spec(version), sample, idem="2", process=process, most_live=1)
    batch = group_spec(version, batch=True)
    assert insert_group(db, USER, batch, sample, idem="3", process=process, most_live=1)[1]


def test_a_group_needs_a_case_of_its_user(db: Database) -> None:
    process = running_process(db)
    version = saved_case(db, user="bob")
    with pytest.raises(StoreError, match="no such case among yours"):
        insert_group(db, USER, group_spec(version), [], idem="1", process=process, most_live=1)


def test_a_checkpoint_keeps_the_text_and_the_model_it_came_from(db: Database) -> None:
    run = queued_run(db)
    checkpoint(db, [reached(run.id)])
    stored = run_rows.run(db, USER, run.id)
    assert (stored.status, stored.text, stored.tokens, stored.identity) == ("streaming", "I think", 2, MODEL)


def test_an_ending_is_stored_with_its_answer(db: Database) -> None:
    run = queued_run(db)
    ended = finish(db, USER, reached(run.id, r"\boxed{C}", 5), Ending("complete", "", "stop", "C", 2))
    assert (ended.status, ended.letter, ended.option, ended.finish_reason) == ("complete", "C", 2, "stop")
    assert ended.ended is not None
    assert run_rows.run(db, USER, run.id) == ended


def test_an_ended_run_never_changes_again(db: Database) -> None:
    run = queued_run(db)
    first = finish(db, USER, reached(run.id, "kept"), Ending("stopped", "Stopped by you."))
    assert finish(db, USER, reached(run.id, "later"), Ending("complete", "", "stop", "A", 0)) == first
    checkpoint(db, [reached(run.id, "later still")])
    interrupt(db, USER, run.id, "Interrupted.")
    assert run_rows.run(db, USER, run.id) == first


@pytest.mark.parametrize(
    "change", [{"text": "x"}, {"status": "complete", "letter": "A"}, {"status": "queued", "ended": None}]
)
def test_the_database_itself_refuses_to_change_an_ended_run(db: Database, change: dict[str, object]) -> None:
    run = queued_run(db)
    finish(db, USER, reached(run.id), Ending("stopped", "Stopped by you."))
    with pytest.raises(StoreError, match="an ended run never changes"), db.write() as connection:
        connection.execute(sa.update(runs).where(runs.c.id == run.id).values(change))


@pytest.mark.parametrize(
    "change",
    [{"status": "thinking"}, {"status": "complete"}, {"ended": now()}, {"tokens": -1}, {"finish_reason": "abort"}],
)
def test_the_database_itself_refuses_states_that_do_not_exist(db: Database, change: dict[str, object]) -> None:
    run = queued_run(db)
    with pytest.raises(StoreError) as raised, db.write() as connection:
        connection.execute(sa.update(runs).where(runs.c.id == run.id).values(change))
    assert raised.value.kind == "invalid"


def test_live_and_unread_groups_are_told_apart_and_opening_marks_them(db: Database) -> None:
    running_process(db)
    version = saved_case(db)
    group = queued_group(db, version)
    run = run_rows.runs_of(db, USER, group.id)[0]
    assert run_rows.live_groups(db, USER) == (group,)
    assert run_rows.unread_groups(db, USER) == ()
    run_rows.mark_seen(db, USER, group.id)
    assert not run_rows.group(db, USER, group.id).seen, "a live group is not read yet"
    finish(db, USER, reached(run.id), Ending("error", "The model is down."))
    assert run_rows.live_groups(db, USER) == ()
    assert run_rows.unread_groups(db, USER) == (group,)
    run_rows.mark_seen(db, "bob", group.id)
    assert run_rows.unread_groups(db, USER) == (group,)
    run_rows.mark_seen(db, USER, group.id)
    assert run_rows.unread_groups(db, USER) == ()


def test_another_user_finds_no_group_and_no_run(db: Database) -> None:
    run = queued_run(db)
    with pytest.raises(StoreError, match="no such run among yours"):
        run_rows.group(db, "bob", run.group_id)
    with pytest.raises(StoreError, match="no such run among yours"):
        run_rows.run(db, "bob", run.id)
    assert run_rows.runs_of(db, "bob", run.group_id) == ()
    assert run_rows.recent_groups(db, "bob") == ()


def test_recent_groups_come_newest_first_and_of_one_case_where_asked(db: Database) -> None:
    running_process(db)
    one, other = saved_case(db), saved_case(db, idem="other")
    groups = [queued_group(db, one, idem="1"), queued_group(db, other, idem="2"), queued_group(db, one, idem="3")]
    assert run_rows.recent_groups(db, USER, 2) == (groups[2], groups[1])
    assert run_rows.recent_groups(db, USER, case_version_id=one.id) == (groups[2], groups[0])


def test_live_rows_name_the_process_that_is_to_end_them(db: Database) -> None:
    run = queued_run(db)
    (row,) = live_rows(db)
    assert (row.run_id, row.user, row.process) == (run.id, USER, "process-1")


def test_starts_and_ends_are_in_the_audit_log(db: Database) -> None:
    run = queued_run(db)
    finish(db, USER, reached(run.id), Ending("stopped", "Stopped by you."))
    assert audit.verify(db).problems == ()
    with db.read() as connection:
        actions = connection.execute(sa.select(table.c.action).where(table.c.actor == USER).order_by(table.c.seq))
        assert list(actions.scalars()) == ["case save", "run start", "run end"]


def test_an_answer_of_several_letters_keeps_its_options_and_has_no_single_one(db: Database) -> None:
    running_process(db)
    first, second = (
        run_rows.runs_of(db, USER, queued_group(db, saved_case(db), idem=idem).id)[0] for idem in ("one", "two")
    )
    finish(db, USER, reached(first.id), Ending("complete", "", "stop", "A, C", None, (0, 2)))
    finish(db, USER, reached(second.id), Ending("complete", "", "stop", "C", 2))
    found = [run_rows.run(db, USER, run.id) for run in (first, second)]
    assert [(run.letter, run.option, run.options) for run in found] == [("A, C", None, (0, 2)), ("C", 2, (2,))]
