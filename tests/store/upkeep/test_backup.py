"""Backups of a database that others write to, restored to the same rows and seals; damaged ones are refused."""

import json
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from creason_core.cli import main
from creason_core.errors import StoreError
from creason_core.private import private_lock
from creason_core.settings import settings
from creason_core.store import audit
from creason_core.store.migrate import known_revisions
from creason_core.store.patients.cases import recent_cases
from creason_core.store.sql.transactions import Database
from creason_core.store.upkeep.backup import make_backup, read_record, record_path, upgrade
from creason_core.store.upkeep.checks import as_it_is, contents, examine
from creason_core.store.upkeep.database import open_store
from creason_core.store.upkeep.restore import restore
from tests.programs import postgresql_folder
from tests.store.examples import USER, queued_run, saved_case

WHICH = "creason_core.store.upkeep.postgres_copies.shutil.which"


@pytest.fixture(autouse=True)
def client_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's client programs of the same release as the server of the tests."""
    folder = postgresql_folder()
    assert folder is not None
    monkeypatch.setattr(WHICH, lambda name: str(folder / name) if (folder / name).exists() else None)


def heads(db: Database) -> dict[str, audit.ChainHead]:
    return {head.actor: head for head in audit.verify(db).heads}


def rows(db: Database) -> dict[str, int]:
    with db.read() as connection:
        return dict(contents(connection).rows)


def test_what_is_restored_has_the_rows_and_the_seals_of_what_was_backed_up(
    db: Database, url: str, tmp_path: Path
) -> None:
    queued_run(db)
    before, sealed = rows(db), heads(db)
    record = make_backup(db, tmp_path / "copy")
    assert record == read_record(tmp_path / "copy")
    assert record.holds.rows == before
    assert {head[0]: head[2] for head in record.holds.heads} == {name: head.hash for name, head in sealed.items()}
    for number in range(5):
        saved_case(db, idem=f"later {number}")
    db.close()
    done = restore(url, tmp_path / "data", tmp_path / "copy")
    assert (done.recorded, done.holds) == (True, record.holds)
    again = open_store(url, tmp_path / "data")
    assert rows(again) == before | {"audit": before["audit"] + 1}
    assert heads(again)[USER] == sealed[USER]
    report = audit.verify(again, known=tuple(sealed.values()))
    assert report.problems == ()
    assert heads(again)[audit.PROGRAM].seq == sealed[audit.PROGRAM].seq + 1
    again.close()
    kept = (
        f"sqlite:///{done.kept}"
        if db.sqlite
        else sa.make_url(url).set(database=done.kept).render_as_string(hide_password=False)
    )
    replaced = as_it_is(kept, tmp_path / "data")
    assert rows(replaced)["case_versions"] == before["case_versions"] + 5
    replaced.close()


def test_a_check_of_a_backup_changes_nothing(db: Database, url: str, tmp_path: Path) -> None:
    saved_case(db)
    record = make_backup(db, tmp_path / "copy")
    before = rows(db)
    assert restore(url, tmp_path / "data", tmp_path / "copy", only_check=True).holds == record.holds
    assert rows(db) == before
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy", "copy.json"]


def test_a_backup_made_while_others_write_is_one_moment_of_the_database(db: Database, url: str, tmp_path: Path) -> None:
    ended = threading.Event()
    written = [0, 0, 0]

    def write(writer: int) -> None:
        while not ended.is_set():
            saved_case(db, f"user {writer}", idem=f"{writer} {written[writer]}")
            written[writer] += 1

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(3)]
    for thread in threads:
        thread.start()
    try:
        records = [make_backup(db, tmp_path / f"copy {number}") for number in range(3)]
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert min(written) > 0
    for number, record in enumerate(records):
        found = restore(url, tmp_path / "data", tmp_path / f"copy {number}", only_check=True)
        assert found.holds == record.holds
        held = record.holds.rows
        # One audit entry a saved case, one for each chain that was opened, and the program's own.
        users = len(record.holds.heads) - 1
        own = sum(seq for actor, seq, _ in record.holds.heads if actor == audit.PROGRAM)
        assert held["audit"] == held["case_versions"] + own
        assert held["cases"] == held["case_versions"]
        assert users <= 3
    assert rows(db)["case_versions"] == sum(written)


def test_an_existing_file_is_not_overwritten_by_a_backup(db: Database, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    target.write_text("mine")
    with pytest.raises(StoreError, match="exists already"):
        make_backup(db, target)
    assert target.read_text() == "mine"


def test_the_file_of_a_backup_is_readable_by_its_owner_only(db: Database, tmp_path: Path) -> None:
    make_backup(db, tmp_path / "copy")
    assert [path.stat().st_mode & 0o077 for path in (tmp_path / "copy", record_path(tmp_path / "copy"))] == [0, 0]


@pytest.fixture
def backed_up(db: Database, url: str, tmp_path: Path) -> Iterator[Path]:
    """A backup of a database with a hundred cases, which then goes on to hold one more."""
    for number in range(100):
        saved_case(db, idem=str(number))
    make_backup(db, tmp_path / "copy")
    saved_case(db, idem="after the backup")
    yield tmp_path / "copy"
    db.close()
    again = open_store(url, tmp_path / "data")
    assert len(recent_cases(again, USER, 200)) == 101  # whatever was refused, the present database is as it was
    again.close()


def refused(url: str, tmp_path: Path, file: Path) -> StoreError:
    with pytest.raises(StoreError) as raised:
        restore(url, tmp_path / "data", file)
    assert "left as it is" in str(raised.value) or "nothing was" in str(raised.value).lower()
    assert list((tmp_path / "data").glob(".restoring-*")) == []
    assert list((tmp_path / "data").glob("*before-restore*")) == []
    return raised.value


@pytest.mark.parametrize("recorded", [True, False], ids=["with its record", "without a record"])
@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "other"])
def test_a_damaged_backup_is_refused_in_words(
    db: Database, url: str, tmp_path: Path, backed_up: Path, damage: str, recorded: bool
) -> None:
    db.close()
    whole = bytearray(backed_up.read_bytes())
    if damage == "cut":
        del whole[len(whole) // 2 :]
    elif damage == "flip":  # in SQLite the second page, in a dump the compressed rows
        middle = 4096 if db.sqlite else len(whole) // 2
        whole[middle : middle + 64] = bytes(255 - byte for byte in whole[middle : middle + 64])
    else:
        whole[:] = b"" if damage == "empty" else b"patient,lactate\n1,2.1\n"
    backed_up.write_bytes(whole)
    if not recorded:
        record_path(backed_up).unlink()
    error = refused(url, tmp_path, backed_up)
    assert error.kind == "corrupt"


def test_a_backup_with_a_changed_row_is_refused_by_its_seal(sqlite_db: Database, tmp_path: Path) -> None:
    saved_case(sqlite_db)
    make_backup(sqlite_db, tmp_path / "copy")
    sqlite_db.close()
    record_path(tmp_path / "copy").unlink()
    forged = sqlite3.connect(tmp_path / "copy")
    for (name,) in forged.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        forged.execute(f"DROP TRIGGER {name}")
    forged.execute("UPDATE audit SET action = 'nothing' WHERE seq = 1 AND actor = 'ann'")
    forged.commit()
    forged.close()
    error = refused(f"sqlite:///{sqlite_db.path}", tmp_path, tmp_path / "copy")
    assert "audit log of the backup was altered: entry 1 of ann was changed" in str(error)


def test_a_backup_whose_log_lost_its_tail_is_refused_by_its_record(sqlite_db: Database, tmp_path: Path) -> None:
    saved_case(sqlite_db)
    earlier = tmp_path / "earlier"
    make_backup(sqlite_db, earlier)
    saved_case(sqlite_db, idem="later")
    record = make_backup(sqlite_db, tmp_path / "copy")
    sqlite_db.close()
    shutil.copy(earlier, tmp_path / "copy")
    swapped = record.model_copy(update={"sha256": read_record(earlier).sha256})  # type: ignore[union-attr]
    record_path(tmp_path / "copy").write_text(swapped.model_dump_json())
    error = refused(f"sqlite:///{sqlite_db.path}", tmp_path, tmp_path / "copy")
    assert "noted elsewhere, is gone" in str(error)


def test_a_backup_newer_than_the_program_is_refused(db: Database, url: str, tmp_path: Path, backed_up: Path) -> None:
    backed_up.unlink()
    record_path(backed_up).unlink()
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    if db.sqlite:
        assert db.path is not None
        db.close()
        shutil.copy(db.path, backed_up)
    else:
        address = sa.make_url(url).render_as_string()
        subprocess.run(
            [str(postgresql_folder() / "pg_dump"), "-Fc", f"--file={backed_up}", address],  # type: ignore[operator]
            check=True,
        )
    again = as_it_is(url, tmp_path / "data")
    with again.write() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{known_revisions()[-1]}'")
    again.close()
    error = refused(url, tmp_path, backed_up)
    assert error.kind == "newer"
    assert "revision 9999, which is newer than this program" in str(error)


def test_a_newer_database_is_not_backed_up_as_if_it_were_known(db: Database, tmp_path: Path) -> None:
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer than this program"):
        make_backup(db, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_nothing_is_restored_while_the_database_is_in_use(
    db: Database, url: str, tmp_path: Path, backed_up: Path
) -> None:
    with db.read() as connection:
        connection.execute(sa.text("SELECT 1"))
        error = refused(url, tmp_path, backed_up)
    assert error.kind == "locked"
    assert "is in use, so nothing was restored. Stop the app" in str(error)


def test_nothing_is_restored_while_the_app_runs(sqlite_db: Database, tmp_path: Path) -> None:
    make_backup(sqlite_db, tmp_path / "copy")
    sqlite_db.close()
    folder = tmp_path / "data" / "processes"
    folder.mkdir()
    claim = private_lock(folder / "app.lock")
    claim.acquire()
    error = refused(f"sqlite:///{sqlite_db.path}", tmp_path, tmp_path / "copy")
    assert error.kind == "locked"
    claim.release()
    restore(f"sqlite:///{sqlite_db.path}", tmp_path / "data", tmp_path / "copy")


def test_a_damaged_database_is_replaced_and_kept(sqlite_db: Database, tmp_path: Path) -> None:
    saved = saved_case(sqlite_db)
    make_backup(sqlite_db, tmp_path / "copy")
    sqlite_db.close()
    path = sqlite_db.path
    assert path is not None
    path.write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 16)
    stale = path.with_name(path.name + "-wal")
    stale.write_bytes(b"old journal")
    done = restore(f"sqlite:///{path}", tmp_path / "data", tmp_path / "copy")
    assert Path(done.kept).read_bytes().endswith(bytes(range(256)))
    assert not stale.exists()  # it must not be taken for the new file's
    again = open_store(f"sqlite:///{path}", tmp_path / "data")
    assert recent_cases(again, USER) == (saved,)
    again.close()


def test_a_backup_is_restored_where_there_was_no_database(sqlite_db: Database, tmp_path: Path) -> None:
    saved = saved_case(sqlite_db)
    make_backup(sqlite_db, tmp_path / "copy")
    there = tmp_path / "another computer" / "creason.db"
    assert restore(f"sqlite:///{there}", there.parent, tmp_path / "copy").kept == ""
    again = open_store(f"sqlite:///{there}", there.parent)
    assert recent_cases(again, USER) == (saved,)
    again.close()


def test_a_plain_copy_of_a_live_file_is_refused(sqlite_db: Database, tmp_path: Path) -> None:
    (tmp_path / "copied").touch()
    empty = sqlite3.connect(tmp_path / "copied")
    empty.execute("PRAGMA user_version = 1")
    empty.close()
    error = refused(f"sqlite:///{sqlite_db.path}", tmp_path, tmp_path / "copied")
    assert "holds no tables of C-Reason" in str(error)


def test_without_the_client_programs_the_line_to_type_is_said(
    cluster: object, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.sqlite:
        return
    monkeypatch.setattr(WHICH, lambda _: None)
    with pytest.raises(StoreError, match=r"pg_dump is not on this computer.*or type on the server's computer: pg_dump"):
        make_backup(db, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_whole_database_passes_every_check(db: Database) -> None:
    saved_case(db)
    found = {finding.name: finding for finding in examine(db)}
    assert {name for name, finding in found.items() if finding.status == "problem"} == set()
    assert found["Audit log"].said.startswith("whole, ")
    assert found["Revision"].said.startswith(known_revisions()[-1])


def test_an_altered_log_and_a_broken_reference_are_found(sqlite_db: Database) -> None:
    saved_case(sqlite_db)
    with sqlite_db.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys = OFF")
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute("UPDATE audit SET detail = '{}' WHERE actor = 'ann'")
        raw.execute("DELETE FROM cases")
    found = {finding.name: finding for finding in examine(sqlite_db)}
    assert found["Integrity"].status == "problem"
    assert "1 rows refer to rows that do not exist" in found["Integrity"].said
    assert "entry 1 of ann was changed" in found["Audit log"].said


def test_a_database_of_an_earlier_release_is_copied_and_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "creason.db"
    past = sqlite3.connect(path)
    past.executescript((Path(__file__).parents[1] / "databases" / "0001.sql").read_text())
    past.close()
    done = upgrade(f"sqlite:///{path}", tmp_path)
    assert (done.before, done.after) == ("0001", known_revisions()[-1])
    assert done.backup is not None
    assert sqlite3.connect(done.backup).execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
    assert upgrade(f"sqlite:///{path}", tmp_path).backup is None


def test_the_commands_back_up_check_and_restore(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["db", "check"]) == 1
    assert "There is no database at" in capsys.readouterr().err
    store = open_store(settings().database, settings().data_dir)
    saved_case(store)
    store.close()
    target = tmp_path / "copy.db"
    assert main(["db", "backup", "--out", str(target)]) == 0
    assert main(["db", "check"]) == 0
    assert "PROBLEM" not in capsys.readouterr().out
    assert main(["db", "restore", str(target), "--check"]) == 0
    assert "is whole and can be restored" in capsys.readouterr().out
    assert main(["db", "restore", str(target), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["recorded"] is True
    target.write_bytes(b"SQLite format 3\0 and nothing else")
    assert main(["db", "restore", str(target)]) == 1
    assert "its SHA-256 differs" in capsys.readouterr().err
    assert main(["db", "upgrade"]) == 0
    assert "already; nothing was changed" in capsys.readouterr().out


def test_a_restore_that_is_killed_leaves_a_database(sqlite_db: Database, tmp_path: Path) -> None:
    """At each of the moments where it could be killed, the file at the path is a whole database."""
    saved = saved_case(sqlite_db)
    make_backup(sqlite_db, tmp_path / "copy")
    sqlite_db.close()
    script = (
        "import os, sys; from pathlib import Path; import creason_core.store.upkeep.restore as r\n"
        "kill = lambda *a, **k: os.kill(os.getpid(), 9)\n"
        "setattr(*((r, sys.argv[1]) if hasattr(r, sys.argv[1]) else (Path, sys.argv[1])), kill)\n"
        f"r.restore('sqlite:///{sqlite_db.path}', Path({str(tmp_path / 'data')!r}), Path({str(tmp_path / 'copy')!r}))\n"
    )
    for moment in ("_note", "_swap", "replace"):
        ended = subprocess.run([sys.executable, "-c", script, moment], check=False, cwd=Path(__file__).parents[3])
        assert ended.returncode == -9
        again = open_store(f"sqlite:///{sqlite_db.path}", tmp_path / "data")
        assert recent_cases(again, USER) == (saved,)
        again.close()
    restore(f"sqlite:///{sqlite_db.path}", tmp_path / "data", tmp_path / "copy")
