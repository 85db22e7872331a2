"""Kills in the middle of work, and proof that what looks at the damage sees it. ``kill_loop`` does 500."""

import random
from pathlib import Path

import pytest
import sqlalchemy as sa

from creason_core.store.runs.live_rows import Ending, RunProgress, finish
from creason_core.store.sql.transactions import Database
from creason_core.store.upkeep.database import open_store
from tests.faults.after_kill import Told, problems
from tests.faults.app_kills import ALL_KINDS, kill_app
from tests.faults.service_kills import kill_service
from tests.store.examples import USER, queued_run

KILLS_OF_THE_APP = 6
KILLS_OF_THE_SERVICE = 24


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_app_killed_at_work_loses_nothing_that_a_page_showed_as_stored(tmp_path: Path) -> None:
    *_, outcome = kill_app(tmp_path, KILLS_OF_THE_APP, random.Random(4))
    assert (outcome.kills, outcome.found) == (KILLS_OF_THE_APP, [])
    assert {told.kind for told in outcome.told} >= ALL_KINDS


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_service_killed_at_work_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    *_, outcome = kill_service(tmp_path, KILLS_OF_THE_SERVICE, random.Random(4))
    assert (outcome.kills, outcome.found) == (KILLS_OF_THE_SERVICE, [])
    assert len(outcome.told) > 10 * KILLS_OF_THE_SERVICE
    db = open_store(f"sqlite:///{tmp_path / 'creason.db'}", tmp_path)
    with db.read() as connection:
        interrupted = connection.exec_driver_sql(
            "SELECT text FROM runs WHERE status = 'interrupted' AND error LIKE 'Interrupted when the app restarted%'"
        ).scalars()
        assert any(interrupted), "some run was killed after its first checkpoint, and kept it"
    db.close()


TEXT = " r0t0. r0t1. \\boxed{A}"
TOLD = (Told("version", "72 years, septic"), Told("draft", "case:new", "typed"))


def ended(db: Database) -> None:
    run = queued_run(db)
    finish(db, USER, RunProgress(run.id, "checking", TEXT, 3, None, None, None), Ending("complete", "", "stop", "A", 0))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("DELETE FROM drafts", "draft case:new (typed) was told"),
        ("UPDATE case_versions SET label = 'another'", "version 72 years, septic () was told"),
        ("UPDATE runs SET status = 'streaming', ended = NULL", "is still streaming"),
        ("UPDATE runs SET text = substr(text, 1, 9)", "torn text of 9 characters"),
        ("UPDATE runs SET text = ' r0t0. r0t1.', tokens = 2", "complete without its answer"),
        ("UPDATE runs SET tokens = 2", "has 2 tokens and a text of 3"),
        ("DELETE FROM runs", "run end: 0 rows without an entry, 1 without a row"),
        ("UPDATE run_groups SET samples = 2", "has 1 of 2 runs"),
        ("DELETE FROM audit WHERE action = 'run end'", "run end: 1 rows without an entry"),
        ("UPDATE audit SET detail = '{}' WHERE action = 'run end'", "was changed after it was written"),
    ],
)
def test_damage_is_seen(sqlite_db: Database, damage: str, words: str) -> None:
    ended(sqlite_db)
    with sqlite_db.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO drafts (owner, key, content, updated) VALUES ('ann', 'case:new', '{\"text\": \"typed\"}', 0)"
        )
    assert problems(sqlite_db, TOLD) == []
    with sqlite_db.write() as connection:
        for (trigger,) in connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        connection.exec_driver_sql(damage)
    assert any(words in problem for problem in problems(sqlite_db, TOLD)), problems(sqlite_db, TOLD)
