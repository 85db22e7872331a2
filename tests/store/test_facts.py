"""Reveals, own answers before their run, readings and kept mappings: rows that only grow, each with an audit entry."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from creason_core.errors import StoreError
from creason_core.record.importing.columns.mapping import SavedMapping, TableMapping
from creason_core.store import audit, fact_rows, migrate
from creason_core.store.exporting.export import export
from creason_core.store.hospital.consults import Judged, decide
from creason_core.store.people.commitments import Commitment, commit_answer, commitment, drop_commitment
from creason_core.store.people.drafts import draft, drop_draft, save_draft
from creason_core.store.people.import_mappings import keep_mapping, kept_mapping, mapping_names
from creason_core.store.people.own_answers import human_answer, save_answer
from creason_core.store.people.readings import reading_of, save_reading
from creason_core.store.runs.live_rows import Ending, RunProgress, finish
from creason_core.store.runs.reveals import is_revealed, save_reveal, value_of_group_shown
from creason_core.store.runs.run_rows import Run
from creason_core.store.runs.series import Place, begin_series, put_in_place
from creason_core.store.schema.fact_tables import FACTS
from creason_core.store.schema.tables import run_groups
from creason_core.store.sql.sqlite import sqlite_engine
from creason_core.store.sql.transactions import Database
from creason_core.store.upkeep.backup import make_backup
from creason_core.store.upkeep.database import open_store
from creason_core.store.upkeep.restore import restore
from tests.store.examples import (
    USER,
    books,
    example_case,
    example_question,
    queued_group,
    queued_run,
    saved_case,
)

QUESTION = example_question(example_case())
MAPPING = SavedMapping(name="ward 7", mapping=TableMapping(codebook="tiny", layout="wide", columns=()))


def unread_run(db: Database) -> Run:
    run = queued_run(db)
    last = RunProgress(run.id, "checking", "Most likely 4.2.", 4, None, None, None)
    return finish(db, USER, last, Ending("unparsed", "No box.", "stop"))


def every_fact(db: Database) -> Run:
    """One row in each table of facts, about one run."""
    run = unread_run(db)
    commit_answer(db, USER, QUESTION, "another case", option=1, sure=True)
    save_reading(db, USER, run.id, 2)
    save_reveal(db, USER, run.group_id)
    keep_mapping(db, USER, MAPPING)
    begun = begin_series(db, USER, "probe", "{}", idem="s", base_group_id=run.group_id)
    place = Place(begun.id, 0, '{"without":"age","role":"cited"}', run.group_id)
    db.write_as(USER, lambda connection: put_in_place(connection, USER, run.group_id, place))
    of_run = sa.select(run_groups.c.case_version_id).where(run_groups.c.id == run.group_id)
    with db.read() as connection:
        version = connection.execute(of_run).scalar_one()
    decide(db, USER, "card", Judged("accept"), case_version_id=version, question="Antibiotics?", option="{}")
    return run


def told(db: Database, run: Run) -> tuple[bool, bool, Commitment | None, object, list[SavedMapping]]:
    """What the program says of ``every_fact``."""
    reading = reading_of(db, USER, run.id)
    with db.read() as connection:
        known = value_of_group_shown(connection, USER, run.group_id)
    read = reading and (reading.option, reading.after_reveal)
    kept = [kept_mapping(db, USER, name) for name in mapping_names(db, USER)]
    return is_revealed(db, USER, run.group_id), known, commitment(db, USER, QUESTION.id), read, kept


def does(db: Database, statement: str) -> None:
    """Somebody with every right, outside the program."""
    with db.engine.execution_options(write=True).begin() as connection:
        connection.exec_driver_sql(statement)


def test_no_draft_that_is_dropped_or_written_undoes_a_reveal_or_changes_an_answer(db: Database) -> None:
    run = every_fact(db)
    before = told(db, run)
    for key in (f"revealed:{run.group_id}", f"reading:{run.id}", f"answer:{QUESTION.id}", "import mappings"):
        drop_draft(db, USER, key)
        save_draft(db, USER, key, {"option": 0, "sure": False, "before_reveal": True, "after_reveal": False})
        drop_draft(db, USER, key)
    assert told(db, run) == before
    assert before[:2] == (True, True)
    group = queued_group(db, saved_case(db), idem="again")  # the same question, after the reveal
    assert save_answer(db, USER, group.id, 0, True, idem="late").before_reveal is False


@pytest.mark.parametrize("table", FACTS)
@pytest.mark.parametrize("change", ["UPDATE {} SET entry = 0", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_take_away_a_fact(db: Database, table: str, change: str) -> None:
    run = every_fact(db)
    before = told(db, run)
    with pytest.raises(StoreError, match="never changed"), db.write() as connection:
        connection.exec_driver_sql(change.format(table))
    assert told(db, run) == before


@pytest.mark.parametrize("table", FACTS)
def test_the_audit_log_tells_a_fact_that_is_gone_and_one_that_it_does_not_know(sqlite_db: Database, table: str) -> None:
    every_fact(sqlite_db)
    assert audit.verify(sqlite_db).problems == ()
    with sqlite_db.read() as connection:
        entry = connection.execute(sa.select(FACTS[table].c.entry)).scalar_one()
    does(sqlite_db, f"DROP TRIGGER {table}_no_update")
    does(sqlite_db, f"UPDATE {table} SET entry = 999")
    assert audit.verify(sqlite_db).problems == (
        f"a row of {table} of ann says it was written with entry 999, which knows nothing of it",
        f"the row of {table} that was written with entry {entry} of ann is gone",
    )


def test_what_was_stored_later_counts_whatever_the_clock_says(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([datetime(2026, 1, day, tzinfo=UTC) for day in range(28, 0, -1)])
    run = unread_run(db)
    monkeypatch.setattr(fact_rows, "now", lambda: next(times))
    commit_answer(db, USER, QUESTION, "another case", option=0, sure=True)
    commit_answer(db, USER, QUESTION, "another case", option=1, sure=True)
    save_reading(db, USER, run.id, 2)
    save_reading(db, USER, run.id, None)
    keep_mapping(db, USER, MAPPING)
    newer = MAPPING.model_copy(update={"mapping": MAPPING.mapping.model_copy(update={"choice": "first"})})
    keep_mapping(db, USER, newer)
    given, reading = commitment(db, USER, QUESTION.id), reading_of(db, USER, run.id)
    assert given is not None
    assert reading is not None
    assert (given.option, reading.option, kept_mapping(db, USER, "ward 7")) == (1, None, newer)
    drop_commitment(db, USER, QUESTION.id)
    assert commitment(db, USER, QUESTION.id) is None


def test_only_the_owner_of_a_group_can_be_shown_its_value(db: Database) -> None:
    run = queued_run(db)
    with pytest.raises(StoreError, match="no such question among yours"):
        save_reveal(db, "bob", run.group_id)
    with pytest.raises(StoreError, match="no such question among yours"):
        save_reveal(db, USER, "nowhere")
    assert mapping_names(db, "bob") == ()
    with pytest.raises(StoreError, match="No mapping is kept as 'ward 7'"):
        kept_mapping(db, "bob", "ward 7")


def test_a_mapping_that_cannot_be_read_is_told_with_what_to_do(db: Database) -> None:
    with db.write() as connection:
        row = {"owner": USER, "name": "old", "entry": 0, "content": '{"version": 9}', "created": datetime.now(UTC)}
        connection.execute(FACTS["import_mappings"].insert(), row)
    with pytest.raises(StoreError, match=r"'old' was kept by another version .* Map this table anew"):
        kept_mapping(db, USER, "old")


def test_facts_are_restored_from_a_backup(db: Database, url: str, tmp_path: Path) -> None:
    run = every_fact(db)
    before = told(db, run)
    target = tmp_path / "copy"
    make_backup(db, target)
    db.close()
    restore(url, tmp_path / "data", target)
    again = open_store(url, tmp_path / "data")
    assert told(again, run) == before
    assert audit.verify(again).problems == ()
    again.close()


def back_to_drafts(db: Database) -> sa.Engine:
    """Takes the database back to before facts had tables; people who used that program had no rows in them."""
    engine = sqlite_engine(db.engine.url, migrating=True) if db.sqlite else db.engine
    known = migrate.known_revisions()
    with engine.begin() as connection:
        command.downgrade(migrate.migration_config(connection), known[known.index("0008") - 1])
    return engine


def old_drafts(run: Run) -> dict[str, str]:
    """Drafts that are facts, as the program before kept them, and some that are none."""
    mapping = MAPPING.model_dump_json()
    return {
        f"revealed:{run.group_id}": '{"revealed":true}',
        f"reading:{run.id}": '{"option":null,"after_reveal":true}',
        f"answer:{QUESTION.id}": '{"option":1,"sure":false,"before_reveal":false}',
        "answer:unknown order": '{"option":null,"sure":true}',
        "import mappings": f'{{"ward 7":{mapping}}}',
        "enter": '{"lactate":"4."}',
        "revealed:nothing": '{"revealed":true}',
        "reading:nothing": '{"option":1,"after_reveal":true}',
        "answer:unreadable": '{"option":"two","sure":true}',
    }


def test_facts_that_were_drafts_are_moved_when_the_database_is_opened(db: Database, url: str, tmp_path: Path) -> None:
    run = unread_run(db)
    answered = save_answer(db, USER, run.group_id, 2, True, idem="own")
    engine, kept = back_to_drafts(db), old_drafts(run)
    with engine.begin() as connection:
        for key, content in kept.items():
            row = {"key": key, "content": content, "at": "2026-01-02 03:04:05.000006"}
            put = "INSERT INTO drafts (owner, key, content, updated) VALUES ('ann', :key, :content, :at)"
            connection.execute(sa.text(put if db.sqlite else put.replace(":at", "CAST(:at AS timestamptz)")), row)
    db.close()

    again = open_store(url, tmp_path / "data")
    revealed, known, given, read, mappings = told(again, run)
    assert (revealed, known, read, mappings) == (True, True, (None, True), [MAPPING])
    assert (given and (given.option, given.sure, given.before_reveal)) == (1, False, False)
    unknown = commitment(again, USER, "unknown order")
    assert (unknown and (unknown.option, unknown.sure, unknown.before_reveal)) == (None, True, None)
    assert {key for key in kept if draft(again, USER, key)} == {
        "enter",
        "revealed:nothing",
        "reading:nothing",
        "answer:unreadable",
    }
    with again.read() as connection:
        moved = connection.execute(sa.select(FACTS["reveals"].c.created, FACTS["reveals"].c.entry)).one()
    assert tuple(moved) == (datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC), 0)
    assert human_answer(again, USER, run.group_id) == answered
    assert b"4.2 mmol/L" in export(again, USER, [run.group_id], books(again), "md")
    assert audit.verify(again).problems == ()
    save_reading(again, USER, run.id, 1)
    reading = reading_of(again, USER, run.id)
    assert (reading and (reading.option, reading.after_reveal)) == (1, True)
    again.close()
