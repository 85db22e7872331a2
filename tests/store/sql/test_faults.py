"""Locks, full disks, lost connections and failing statements: nothing half-written, words, and a retry that works."""

import contextlib
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.store import audit
from creason_core.store.migrate import known_revisions
from creason_core.store.patients.cases import recent_cases, save_version
from creason_core.store.people.drafts import save_draft
from creason_core.store.people.feedback import Feedback, feedback_for, feedback_history, save_feedback
from creason_core.store.runs.live_rows import Ending, RunProgress, finish
from creason_core.store.runs.run_rows import Run
from creason_core.store.schema.tables import case_versions
from creason_core.store.sql import transactions
from creason_core.store.sql.sqlite import sqlite_module
from creason_core.store.sql.transactions import Database
from creason_core.store.upkeep.database import open_store
from creason_core.store.upkeep.sqlite_copies import write_copy
from creason_core.store.upkeep.state import describe
from tests.store.cluster import Cluster
from tests.store.examples import USER, example_case, queued_run, saved_case


@contextlib.contextmanager
def held(db: Database) -> Iterator[None]:
    """Another program holds SQLite's write lock."""
    other = sqlite_module().connect(db.path, isolation_level=None, timeout=0.1)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def ended_run(db: Database) -> Run:
    run = queued_run(db)
    progress = RunProgress(run.id, "checking", "text", 3, None, None, None)
    return finish(db, USER, progress, Ending("unparsed", "No option.", "stop"))


def rate(db: Database, run: Run) -> Feedback:
    return save_feedback(
        db, USER, run.id, idem="f", thumb="up", reasons=(), severity=None, comment="x", train_ok=True, supersedes=None
    )


def test_a_lock_that_is_let_go_in_time_is_waited_for(sqlite_db: Database) -> None:
    with held(sqlite_db):
        saving = threading.Thread(target=saved_case, args=(sqlite_db,))
        saving.start()
        time.sleep(1.5)
        assert saving.is_alive()
    saving.join()
    assert len(recent_cases(sqlite_db, USER)) == 1


@pytest.mark.quiet
def test_a_lock_that_is_held_is_told_within_about_five_seconds(sqlite_db: Database) -> None:
    started = time.monotonic()
    with held(sqlite_db), pytest.raises(StoreError) as raised:
        saved_case(sqlite_db)
    assert 3.0 < time.monotonic() - started < 7.0
    assert (raised.value.kind, raised.value.retryable) == ("locked", True)
    assert "Nothing of this change was written" in str(raised.value)
    assert "Press again" in str(raised.value)
    assert saved_case(sqlite_db).n == 1


def test_a_write_transaction_takes_the_lock_at_once(sqlite_db: Database) -> None:
    with sqlite_db.write(), pytest.raises(Exception, match="database is locked"), held(sqlite_db):
        pass


def test_a_failing_statement_tells_nothing_of_its_values(db: Database) -> None:
    with pytest.raises(StoreError) as raised, db.write() as connection:
        connection.execute(case_versions.insert().values(id="x", label="Ann Smith"))
    told = "".join(traceback.format_exception(raised.value))
    assert "Ann Smith" not in told.replace('label="Ann Smith"', "")


def test_readers_go_on_while_another_program_writes(sqlite_db: Database) -> None:
    saved = saved_case(sqlite_db)
    with held(sqlite_db):
        assert recent_cases(sqlite_db, USER) == (saved,)


def test_a_full_disk_is_told_and_nothing_half_written_stays(sqlite_db: Database) -> None:
    saved_case(sqlite_db)
    with sqlite_db.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def limit(connection: object, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]

    sqlite_db.engine.dispose()
    sa.event.listen(sqlite_db.engine, "connect", limit)
    big = example_case(reason="x" * 50_000)
    with pytest.raises(StoreError) as raised:
        save_version(sqlite_db, USER, big, idem="big", case_id=None, parent_id=None, label="x")
    assert (raised.value.kind, raised.value.retryable) == ("full", True)
    assert "Free some space" in raised.value.remedy
    sa.event.remove(sqlite_db.engine, "connect", limit)
    sqlite_db.engine.dispose()
    assert len(recent_cases(sqlite_db, USER)) == 1
    assert describe(sqlite_db, thorough=True).integrity == "ok"
    assert save_version(sqlite_db, USER, big, idem="big", case_id=None, parent_id=None, label="x").n == 1


def test_the_same_key_saves_one_row_when_the_answer_to_commit_is_lost(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit succeeds, and the connection dies before the program hears of it."""
    run = ended_run(db)
    real = db.engine.dialect.do_commit
    lost = iter([True])

    def commit_then_lose(connection: object) -> None:
        real(connection)  # type: ignore[arg-type]
        if next(lost, False):
            error = sa.exc.OperationalError("COMMIT", None, OSError("connection reset"))
            error.connection_invalidated = True
            raise error

    monkeypatch.setattr(db.engine.dialect, "do_commit", commit_then_lose)
    saved = rate(db, run)
    assert feedback_history(db, USER, run.id) == (saved,)
    assert audit.verify(db).problems == ()


@pytest.mark.slow
def test_connections_killed_while_idle_are_replaced_unseen(cluster: Cluster, template: str, tmp_path: Path) -> None:
    db = open_store(cluster.create("killed_idle", template), tmp_path)
    saved = saved_case(db)
    assert cluster.kill_connections("killed_idle") >= 1
    assert recent_cases(db, USER) == (saved,)
    db.close()


@pytest.mark.slow
def test_a_connection_killed_in_a_transaction_is_repeated_with_the_same_key(
    cluster: Cluster, template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = open_store(cluster.create("killed_busy", template), tmp_path)
    real = audit.append
    kills = iter([True, True])

    def killed_before_the_audit(*arguments: object) -> None:
        if next(kills, False):
            cluster.kill_connections("killed_busy")
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(audit, "append", killed_before_the_audit)
    saved = saved_case(db)
    assert recent_cases(db, USER) == (saved,)
    assert audit.verify(db).problems == ()
    db.close()


@pytest.mark.slow
@pytest.mark.quiet
def test_a_postgresql_lock_and_an_empty_pool_are_told_in_seconds(
    cluster: Cluster, template: str, tmp_path: Path
) -> None:
    db = open_store(cluster.create("locked", template), tmp_path)
    started = time.monotonic()
    with db.write() as connection:
        connection.exec_driver_sql("LOCK TABLE case_versions")
        with pytest.raises(StoreError) as raised:
            saved_case(db)
    assert (raised.value.kind, time.monotonic() - started < 9.0) == ("locked", True)
    with contextlib.ExitStack() as stack:
        for _ in range(32):
            stack.enter_context(db.engine.connect())
        with pytest.raises(StoreError) as raised, db.read():
            pass
    assert raised.value.kind == "locked"
    db.close()


@pytest.mark.slow
def test_a_server_that_stops_is_told_and_a_restart_is_found(cluster: Cluster, template: str, tmp_path: Path) -> None:
    db = open_store(cluster.create("stopped", template), tmp_path)
    db.engine.dispose()
    cluster.execute("ALTER DATABASE stopped ALLOW_CONNECTIONS false")
    with pytest.raises(StoreError) as raised:
        saved_case(db)
    assert (raised.value.kind, raised.value.retryable) == ("unreachable", True)
    cluster.execute("ALTER DATABASE stopped ALLOW_CONNECTIONS true")
    assert saved_case(db).n == 1
    db.close()


def test_many_threads_save_without_an_error_and_without_a_double(db: Database) -> None:
    threads = [
        threading.Thread(target=lambda k=k: [saved_case(db, f"user {k % 4}", f"{k} {n}") for n in range(5)])
        for k in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(case_versions)).scalar_one() == 80
    assert audit.verify(db).problems == ()


def test_two_tabs_that_save_at_the_same_moment_both_keep_their_version(db: Database) -> None:
    first = saved_case(db)
    barrier = threading.Barrier(2)

    def save(lactate: float) -> None:
        barrier.wait()
        save_version(
            db, USER, example_case(lactate), idem=str(lactate), case_id=first.case_id, parent_id=first.id, label="x"
        )

    threads = [threading.Thread(target=save, args=(value,)) for value in (5.0, 6.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.read() as connection:
        found = connection.execute(sa.select(case_versions.c.n).order_by(case_versions.c.n)).scalars().all()
    assert found == [1, 2, 3]


def test_the_log_for_writing_ahead_is_emptied_once_readers_have_gone(sqlite_db: Database) -> None:
    for k in range(300):
        save_draft(sqlite_db, USER, "enter", {"text": "x" * 20_000, "k": k})
    assert describe(sqlite_db).wal_bytes < 20_000_000


def test_facts_describe_the_database(db: Database) -> None:
    facts = describe(db, thorough=True)
    assert (facts.revision, facts.integrity) == (known_revisions()[-1], "ok")
    assert facts.size_bytes > 50_000
    if db.sqlite:
        assert (facts.dialect, facts.journal_mode, facts.place) == ("SQLite", "WAL", str(db.path))
        assert facts.free_bytes > 0
    else:
        assert facts.dialect == "PostgreSQL"
        assert facts.warnings == ("PostgreSQL runs with fsync = off: a crash may lose what was reported as saved.",)


def test_a_backup_made_while_others_write_is_whole_and_is_noted(sqlite_db: Database, tmp_path: Path) -> None:
    run = ended_run(sqlite_db)
    saved = rate(sqlite_db, run)
    report = write_copy(sqlite_db, tmp_path / "copies" / "copy.db")
    assert report.problems == ()
    copy = open_store(f"sqlite:///{tmp_path / 'copies' / 'copy.db'}", tmp_path / "data")
    assert feedback_for(copy, USER, run.id) == saved
    assert audit.verify(sqlite_db, known=report.heads).problems == ()
    copy.close()
    with pytest.raises(StoreError, match="exists already"):
        write_copy(sqlite_db, tmp_path / "copies" / "copy.db")


def test_patience_is_five_seconds() -> None:
    assert transactions.PATIENCE_SECONDS == 5.0
