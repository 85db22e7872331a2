"""What runs are given beside the record is kept once, by the hash of its text, is its owner's alone, and stays."""

import hashlib

import pytest
from alembic import command

from creason_core.errors import StoreError
from creason_core.model.engines.base import Message
from creason_core.question.guideline import guideline_question
from creason_core.question.passages import Given
from creason_core.store import migrate
from creason_core.store.history import Filters, history_page
from creason_core.store.runs.given_texts import given_to, texts_given
from creason_core.store.runs.new_runs import insert_group
from creason_core.store.runs.run_rows import RunGroup, RunSpec, recent_groups
from creason_core.store.schema.tables import documents, group_documents
from creason_core.store.sql.sqlite import sqlite_engine
from creason_core.store.sql.transactions import Database
from tests.store.examples import CODEBOOK, USER, group_spec, running_process, saved_case

NOTE = "Ward round, day 1 – noradrenaline 0.2 µg/kg/min."
HASH = hashlib.sha256(NOTE.encode()).hexdigest()
RUNS = [RunSpec(0, (0, 1, 2), 7, (Message("user", "prompt"),))]


def group_with(db: Database, *texts: str, user: str = USER, **changed: object) -> RunGroup:
    spec, idem = group_spec(saved_case(db, user), **changed), "/".join(texts)[:40]
    return insert_group(db, user, spec, RUNS, idem=idem, process="process-1", most_live=9, given=texts)[0]


def test_a_group_has_what_it_was_given_in_that_order_and_each_text_is_kept_once(db: Database) -> None:
    running_process(db)
    group, other = group_with(db, NOTE, "one", NOTE), group_with(db, "one")
    assert [one.text for one in given_to(db, USER, group.id)] == [NOTE, "one", NOTE]
    assert given_to(db, USER, group.id)[0].sha256 == HASH
    assert texts_given(db, USER).keys() == {HASH, hashlib.sha256(b"one").hexdigest()}
    assert [item.id for item in history_page(db, USER, Filters(given=HASH)).items] == [group.id]
    assert history_page(db, USER, Filters()).total == 2
    assert given_to(db, USER, other.id)[0].text == "one"
    for table in (documents, group_documents):
        change = table.update().values(owner="bob")
        with pytest.raises(StoreError, match="never changes"):
            db.write_as(USER, lambda connection, change=change: connection.execute(change))  # type: ignore[misc]


def test_what_another_person_gave_is_not_told(db: Database) -> None:
    running_process(db)
    theirs = group_with(db, NOTE, user="bob")
    assert (given_to(db, USER, theirs.id), texts_given(db, USER)) == ((), {})
    assert texts_given(db, "bob") == {HASH: NOTE}
    assert history_page(db, USER, Filters(given=HASH)).items == ()


def test_a_text_that_is_too_long_is_refused_and_no_group_is_stored(db: Database) -> None:
    running_process(db)
    with pytest.raises(StoreError, match="1,000,001"):
        group_with(db, "x" * 1_000_001)
    assert recent_groups(db, USER) == ()


def test_what_questions_gave_before_it_was_kept_is_taken_from_them(db: Database) -> None:
    running_process(db)
    version = saved_case(db)
    passage = Given(id="a/1", hash=HASH, text=NOTE, source="Ward", date="2026", label="p. 1", population="adults")
    asked = guideline_question(version.case, CODEBOOK, "How much?", (passage,), on="2026-11-29")
    group = group_with(db, kind="guideline", question_json=asked.model_dump_json(), question_id=asked.id)
    assert given_to(db, USER, group.id) == ()
    engine = sqlite_engine(db.engine.url, migrating=True) if db.sqlite else db.engine
    for step, revision in ((command.downgrade, "0014"), (command.upgrade, "head")) * 2:  # twice: once is enough
        with engine.begin() as connection:
            step(migrate.migration_config(connection), revision)
    assert [(one.sha256, one.text) for one in given_to(db, USER, group.id)] == [(HASH, NOTE)]
