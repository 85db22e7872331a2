"""Every call to the database that a save makes fails once: words, nothing half-written, and one row after a retry."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import PoolProxiedConnection

from creason_core.errors import StoreError
from creason_core.record.importing.columns.mapping import SavedMapping, TableMapping
from creason_core.store import audit
from creason_core.store.hospital import antibiograms, library, library_reviews
from creason_core.store.patients import cases
from creason_core.store.people import commitments, drafts, feedback, import_mappings, own_answers, preferences, readings
from creason_core.store.runs import live_rows, reveals, run_rows, series
from creason_core.store.runs.live_rows import Ending, RunProgress
from creason_core.store.schema.tables import metadata
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now
from tests.store.examples import (
    USER,
    example_case,
    example_question,
    queued_group,
    queued_run,
    running_process,
    saved_case,
)
from tests.store.hospital import test_consults, test_library

Act = Callable[[], object]
Fault = Literal["refused", "answer lost", "cut"]

# Which change at every try and say nothing about what is stored.
_CLOCKS = {"updated", "heartbeat"}


def new_version(db: Database) -> Act:
    return lambda: saved_case(db)


def next_version(db: Database) -> Act:
    first = saved_case(db)
    return lambda: cases.save_version(
        db, USER, example_case(5.5), idem="next", case_id=first.case_id, parent_id=first.id, label="corrected"
    )


def public_case(db: Database) -> Act:
    return lambda: cases.open_public(db, USER, "rhc-sepsis", example_case(), "72 years")


def imported(db: Database) -> Act:
    patients = [example_case(lactate) for lactate in (1.5, 4.2, 9.0)]
    return lambda: cases.save_import(db, USER, patients, idem="i", label="Ward 3")


def first_draft(db: Database) -> Act:
    return lambda: drafts.save_draft(db, USER, "case:new", {"text": "typed"})


def next_draft(db: Database) -> Act:
    drafts.save_draft(db, USER, "case:new", {"text": "typed"})
    return lambda: drafts.save_draft(db, USER, "case:new", {"text": "typed further"})


def dropped_draft(db: Database) -> Act:
    drafts.save_draft(db, USER, "case:new", {"text": "typed"})
    return lambda: drafts.drop_draft(db, USER, "case:new")


def chosen_preferences(db: Database) -> Act:
    return lambda: preferences.save_preferences(db, USER, preferences.Preferences(samples=5, train_ok=True))


def group_and_runs(db: Database) -> Act:
    running_process(db)
    version = saved_case(db)
    return lambda: queued_group(db, version, samples=5)


def own_answer(db: Database) -> Act:
    group = queued_run(db).group_id
    return lambda: own_answers.save_answer(db, USER, group, 1, True, idem="a")


def commitment(db: Database) -> Act:
    case = example_case()
    return lambda: commitments.commit_answer(db, USER, example_question(case), "case", option=1, sure=True)


def used_commitment(db: Database) -> Act:
    commitment(db)()
    return lambda: commitments.drop_commitment(db, USER, example_question(example_case()).id)


def reveal(db: Database) -> Act:
    group = queued_run(db).group_id
    return lambda: reveals.save_reveal(db, USER, group)


def changed_reading(db: Database) -> Act:
    run = queued_run(db)
    live_rows.finish(db, USER, _progress(run.id), Ending("unparsed", "No option.", "stop"))
    readings.save_reading(db, USER, run.id, 1)
    return lambda: readings.save_reading(db, USER, run.id, 2)


def kept_mapping(db: Database) -> Act:
    mapping = TableMapping(codebook="tiny", layout="wide", columns=())
    return lambda: import_mappings.keep_mapping(db, USER, SavedMapping(name="ward", mapping=mapping))


def begun_series(db: Database) -> Act:
    base = queued_run(db).group_id
    return lambda: series.begin_series(db, USER, "probe", "{}", idem="s", base_group_id=base)


def group_in_its_place(db: Database) -> Act:
    base = queued_run(db).group_id
    begun, version = series.begin_series(db, USER, "probe", "{}", idem="s", base_group_id=base), saved_case(db)
    place = series.Place(begun.id, 0, "{}", base)
    return lambda: queued_group(db, version, idem="point", samples=2, place=place)


def checkpoint(db: Database) -> Act:
    running_process(db)
    group = queued_group(db, saved_case(db), samples=2)
    reached = [_progress(run.id) for run in run_rows.runs_of(db, USER, group.id)]
    return lambda: live_rows.checkpoint(db, reached)


def finish(db: Database) -> Act:
    last = _progress(queued_run(db).id)
    return lambda: live_rows.finish(db, USER, last, Ending("complete", "", "stop", "A", 0))


def interruption(db: Database) -> Act:
    run = queued_run(db)
    return lambda: live_rows.interrupt(db, USER, run.id, "Interrupted.")


def seen(db: Database) -> Act:
    run = queued_run(db)
    live_rows.interrupt(db, USER, run.id, "Interrupted.")
    return lambda: run_rows.mark_seen(db, USER, run.group_id)


def rating(db: Database) -> Act:
    run = queued_run(db)
    live_rows.finish(db, USER, _progress(run.id), Ending("complete", "", "stop", "A", 0))
    return lambda: feedback.save_feedback(
        db, USER, run.id, idem="f", thumb="up", reasons=(), severity=None, comment="x", train_ok=True, supersedes=None
    )


def library_document(db: Database) -> Act:
    return lambda: test_library.added(db)


def removed_document(db: Database) -> Act:
    test_library.added(db)
    return lambda: library.remove_document(db, USER, "a")


def signature(db: Database) -> Act:
    return lambda: library_reviews.sign(db, USER, test_library.SIGNED)


def antibiogram(db: Database) -> Act:
    return lambda: antibiograms.add_antibiogram(db, test_consults.ANTIBIOGRAM, test_consults.ROWS, lambda _: None)


def consult(db: Database) -> Act:
    version = saved_case(db)
    return lambda: test_consults.decided(db, version.id, test_consults.DECIDED)


def heartbeat(db: Database) -> Act:
    process = running_process(db)
    return lambda: live_rows.beat(db, process)


SAVES = [
    new_version, next_version, public_case, imported, first_draft, next_draft, dropped_draft, chosen_preferences,
    group_and_runs, own_answer, commitment, used_commitment, reveal, changed_reading, kept_mapping,
    begun_series, group_in_its_place,
    checkpoint, finish, interruption, seen, rating, library_document, removed_document, signature,
    antibiogram, consult, heartbeat,
]  # fmt: skip


def _progress(run_id: str) -> RunProgress:
    return RunProgress(run_id, "streaming", "I think \\boxed{A}", 5, None, now(), now())


class Failing:
    """Fails call number ``at`` of those of this thread to the database of ``engine``; counts them."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.at = 0
        self.calls = 0
        self._thread = threading.get_ident()

    @contextmanager
    def on(self, engine: sa.Engine) -> Iterator[None]:
        when = "after_cursor_execute" if self.fault == "answer lost" else "before_cursor_execute"
        sa.event.listen(engine, when, self._call)
        sa.event.listen(engine, "commit", self._call)
        try:
            with pytest.MonkeyPatch.context() as patch:
                if engine.dialect.name == "postgresql":  # whose BEGIN is sent beside SQLAlchemy's statements
                    patch.setattr(engine.dialect, "do_begin", self._begin(engine.dialect.do_begin))
                yield
        finally:
            sa.event.remove(engine, when, self._call)
            sa.event.remove(engine, "commit", self._call)

    def _begin(self, begin: Callable[[PoolProxiedConnection], None]) -> Callable[[PoolProxiedConnection], None]:
        """``begin`` as a call that fails like the others."""

        def failing(connection: PoolProxiedConnection) -> None:
            if self.fault != "answer lost":
                self._reach(connection)
            begin(connection)
            if self.fault == "answer lost":
                self._reach(connection)

        return failing

    def _call(self, connection: sa.Connection, *_: Any) -> None:
        self._reach(connection.connection)

    def _reach(self, connection: PoolProxiedConnection) -> None:
        if threading.get_ident() != self._thread:
            return
        self.calls += 1
        if self.calls != self.at:
            return
        if self.fault != "cut":
            raise sa.exc.OperationalError("secret statement", {"secret": "value"}, OSError("disk I/O error"))
        driver = connection.dbapi_connection
        assert driver is not None
        driver.close()


def stored(db: Database, *, audited: bool) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    found = {}
    with db.read() as connection:
        for table in metadata.sorted_tables:
            columns = [column for column in table.c if column.name not in _CLOCKS]
            if columns and (audited or table.name != "audit"):
                found[table.name] = sorted((tuple(row) for row in connection.execute(sa.select(*columns))), key=str)
    return found


@pytest.mark.parametrize("fault", ["refused", "answer lost", "cut"])
@pytest.mark.parametrize("save", SAVES, ids=lambda save: save.__name__)
def test_every_call_of_a_save_may_fail_once(db: Database, save: Callable[[Database], Act], fault: Fault) -> None:
    act = save(db)
    audited = save is not public_case  # opening it again is noted again
    before = stored(db, audited=audited)
    failing, after_faults, failed = Failing(fault), list[Any](), 0
    with failing.on(db.engine):
        while True:
            failing.calls, failing.at = 0, failing.at + 1
            try:
                act()
            except StoreError as error:
                failed += 1
                _check_words(str(error), fault)
            reached, failing.at = failing.calls >= failing.at, -abs(failing.at)
            after_faults.append(stored(db, audited=audited))
            failing.at = -failing.at
            if not reached:
                break
    assert failing.at > 3, "each save begins, does something and commits"
    assert failed == failing.at - 1 or fault == "cut", "every fault is told, or repeated unseen where only lost"
    assert after_faults[-1] != before or save is heartbeat
    assert all(rows in (before, after_faults[-1]) for rows in after_faults), "all of it or nothing"
    assert audit.verify(db).problems == ()


def _check_words(words: str, fault: Fault) -> None:
    assert "secret" not in words
    assert "The database does not answer." in words
    assert "press again" in words
    assert "disk I/O error" in words or fault == "cut"
