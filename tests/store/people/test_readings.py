"""A person's reading of a text without a boxed option is stored beside the run, never in it."""

import pytest
import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.model.engines.base import ModelIdentity
from creason_core.store import audit
from creason_core.store.people.readings import reading_of, save_reading, take_back
from creason_core.store.runs.live_rows import Ending, RunProgress, finish
from creason_core.store.runs.reveals import save_reveal
from creason_core.store.runs.run_rows import Run, run
from creason_core.store.schema.fact_tables import readings
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now
from tests.store.examples import USER, queued_run


def ended(db: Database, ending: Ending) -> Run:
    queued = queued_run(db)
    model = ModelIdentity("replay", "script", "hash")
    return finish(db, USER, RunProgress(queued.id, "checking", "Most likely 4.2.", 4, model, now(), now()), ending)


def test_a_reading_is_kept_changed_and_taken_back_and_the_run_stays_unanswered(db: Database) -> None:
    unread = ended(db, Ending("unparsed", "No box.", "stop"))
    assert reading_of(db, USER, unread.id) is None
    save_reading(db, USER, unread.id, 2)
    save_reveal(db, USER, unread.group_id)
    save_reading(db, USER, unread.id, None)
    kept = reading_of(db, USER, unread.id)
    assert kept is not None
    assert (kept.option, kept.after_reveal) == (None, True)
    assert reading_of(db, "another", unread.id) is None
    assert run(db, USER, unread.id) == unread
    take_back(db, USER, unread.id)
    assert reading_of(db, USER, unread.id) is None
    with db.read() as connection:
        rows = connection.execute(sa.select(readings).order_by(readings.c.entry)).all()
    assert [(row.option, row.after_reveal, row.taken_back) for row in rows] == [
        (2, False, False),
        (None, True, False),
        (None, True, True),
    ]
    assert audit.verify(db).problems == ()


def test_an_answered_run_a_strangers_run_and_an_unknown_option_are_refused(sqlite_db: Database) -> None:
    answered = ended(sqlite_db, Ending("complete", "", "stop", "C", 2))
    with pytest.raises(StoreError, match="an answer of its own"):
        save_reading(sqlite_db, USER, answered.id, 1)
    with pytest.raises(StoreError, match="no such run"):
        save_reading(sqlite_db, "another", answered.id, 1)


def test_an_option_that_is_not_there_is_refused(sqlite_db: Database) -> None:
    unread = ended(sqlite_db, Ending("unparsed", "No box.", "stop"))
    with pytest.raises(StoreError, match="no such option"):
        save_reading(sqlite_db, USER, unread.id, 7)
    assert reading_of(sqlite_db, USER, unread.id) is None
