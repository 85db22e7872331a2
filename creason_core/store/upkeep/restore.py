"""Restoring a backup: it is checked in a copy first, what was there is kept, and the change is one step.

SQLite: the checked copy takes the file's place by a rename. PostgreSQL: the dump is loaded into a database of its
own, which then takes the present one's name.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import mkstemp

import sqlalchemy as sa
from filelock import Timeout

from creason_core.errors import StoreError
from creason_core.files import sha256
from creason_core.frozen import Frozen
from creason_core.private import private_folder, private_lock
from creason_core.store import audit
from creason_core.store.sql.sqlite import sqlite_engine, sqlite_module
from creason_core.store.upkeep import postgres_copies, triggers
from creason_core.store.upkeep.backup import BackupRecord, read_record, stamp
from creason_core.store.upkeep.checks import StoreContents, broken_references, contents

_SQLITE_MAGIC = b"SQLite format 3\0"
_WITHOUT = "The present database was left as it is."


class Restored(Frozen):
    """A checked backup: what it holds, whether a record vouched for it; ``kept`` is where what was there is now.

    ``rules`` are the append-only rules that it lacked, in words; the restored database has them again.
    """

    holds: StoreContents
    recorded: bool
    kept: str = ""
    rules: tuple[str, ...] = ()


def restore(url: str, data_dir: Path, file: Path, *, only_check: bool = False) -> Restored:
    """Puts the backup ``file`` in the place of the database at ``url``; ``only_check`` changes nothing.

    Raises:
        StoreError: The backup is damaged, altered or newer than this program, or the database is in use; it is as it
            was.
    """
    parsed = sa.make_url(url)
    record = _checked_file(file, sqlite=parsed.get_backend_name() == "sqlite")
    if parsed.get_backend_name() == "sqlite":
        return _restore_sqlite(Path(parsed.database or ""), data_dir, file, record, only_check=only_check)
    with postgres_copies.loaded(parsed, file) as engine:
        held = _held(engine, record)
        rules, kept = _rules(engine), ""
        if not only_check:
            _note(engine, file, held)
            kept = f"{parsed.database}_before_{stamp().lower()}"
            postgres_copies.swap_in(engine, parsed, kept)
    return Restored(holds=held, recorded=record is not None, kept=kept, rules=rules)


def _checked_file(file: Path, *, sqlite: bool) -> BackupRecord | None:
    """What the record beside ``file`` says of it, where there is one and the file is what it says."""
    if not file.is_file():
        raise StoreError("missing", f"There is no backup at {file}.", remedy=_WITHOUT)
    with file.open("rb") as opened:
        start = opened.read(len(_SQLITE_MAGIC))
    magic, kind = (_SQLITE_MAGIC, "an SQLite") if sqlite else (postgres_copies.MAGIC, "a PostgreSQL")
    if not start.startswith(magic):
        raise StoreError("corrupt", f"{file} is not a backup of {kind} database.", remedy=_WITHOUT)
    record = read_record(file)
    if record is not None and sha256(file) != record.sha256:
        raise StoreError(
            "corrupt",
            f"{file} is not what it was when it was made ({record.created:%Y-%m-%d %H:%M} UTC): its SHA-256 differs.",
            remedy=f"Take another backup. {_WITHOUT}",
        )
    return record


def _restore_sqlite(
    path: Path, data_dir: Path, file: Path, record: BackupRecord | None, *, only_check: bool
) -> Restored:
    with _copied(file, path.parent) as copy:
        engine = sqlite_engine(sa.URL.create("sqlite", database=str(copy)), migrating=True)
        try:
            held, rules = _held(engine, record), _rules(engine)
            if only_check:
                return Restored(holds=held, recorded=record is not None, rules=rules)
            with _alone(path, data_dir):
                _note(engine, file, held)
                engine.dispose()
                kept = _swap(path, copy)
        finally:
            engine.dispose()
    return Restored(holds=held, recorded=record is not None, kept=kept, rules=rules)


def _held(engine: sa.Engine, record: BackupRecord | None) -> StoreContents:
    """What the copy behind ``engine`` holds, after every check of it."""
    known = tuple(audit.ChainHead(*head) for head in record.holds.heads) if record else ()
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
                broken = broken_references(connection)
                if found != "ok" or broken:
                    said = found if found != "ok" else f"{broken:,} rows refer to rows that do not exist"
                    raise StoreError("corrupt", f"The backup is damaged: {said}.", remedy=_WITHOUT)
            held = contents(connection, known)
    except sa.exc.SQLAlchemyError as error:
        raise StoreError(
            "corrupt", f"The backup is damaged: {getattr(error, 'orig', error)}.", remedy=_WITHOUT
        ) from None
    if held.problems:
        raise StoreError(
            "corrupt", f"The audit log of the backup was altered: {'; '.join(held.problems[:3])}.", remedy=_WITHOUT
        )
    if record and record.holds.rows != held.rows:
        raise StoreError("corrupt", "The backup holds other rows than its record says.", remedy=_WITHOUT)
    return held


def _rules(engine: sa.Engine) -> tuple[str, ...]:
    """Which append-only rules the copy lacks, in words."""
    with engine.connect() as connection:
        return triggers.faults(connection)


def _note(engine: sa.Engine, file: Path, held: StoreContents) -> None:
    """The audit entry of the restore and the append-only rules, in the copy: both come with the swap or not at all."""
    event = audit.Event("restore", "database", file.name, {"entries": held.entries, "revision": held.revision})
    with engine.begin() as connection:
        audit.append(connection, audit.PROGRAM, event)
        triggers.put_back(connection)


@contextmanager
def _copied(file: Path, folder: Path) -> Iterator[Path]:
    """A copy of ``file`` in ``folder``, deleted with its journals at the end unless it was moved away."""
    try:
        private_folder(folder)
        size, free = file.stat().st_size, shutil.disk_usage(folder).free
        if free < 1.1 * size:
            raise StoreError(
                "full",
                f"Checking the backup needs {size / 1e6:.0f} MB in {folder}; {free / 1e6:.0f} MB are free.",
                remedy=f"Free some space. {_WITHOUT}",
            )
        descriptor, name = mkstemp(prefix=".restoring-", suffix=".db", dir=folder)
        with os.fdopen(descriptor, "wb") as target, file.open("rb") as source:
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
    except OSError as error:
        raise StoreError("read_only", f"{folder} cannot be written: {error.strerror}.", remedy=_WITHOUT) from error
    copy = Path(name)
    try:
        yield copy
    finally:
        for ending in ("", "-journal", "-wal", "-shm"):
            copy.with_name(copy.name + ending).unlink(missing_ok=True)


@contextmanager
def _alone(path: Path, data_dir: Path) -> Iterator[None]:
    """Holds the lock under which databases are opened, and refuses while any other program has this one open."""
    with ExitStack() as held:
        try:
            held.enter_context(private_lock(path.with_name(f"{path.name}.lock")))
            for claim in (data_dir / "processes").glob("*.lock"):
                with private_lock(claim):
                    pass
        except Timeout:
            raise _in_use(path) from None
        _leave_write_ahead(path)
        yield


def _leave_write_ahead(path: Path) -> None:
    """Brings the write-ahead log home, which SQLite does only for its last user; a damaged file stays as it is."""
    if not path.exists():
        return
    driver = sqlite_module()
    try:
        connection = driver.connect(str(path), timeout=1.0, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN EXCLUSIVE")  # with a rollback journal, only this meets a reader
        finally:
            connection.close()
    except driver.Error as error:
        if str(getattr(error, "sqlite_errorname", "")).startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise _in_use(path) from None


def _in_use(path: Path) -> StoreError:
    return StoreError(
        "locked",
        f"The database {path} is in use, so nothing was restored.",
        remedy="Stop the app and every other program that uses it, then type the same again.",
    )


def _swap(path: Path, copy: Path) -> str:
    """Moves ``copy`` to ``path``, which is never without a database; where what was there is kept, if there was any."""
    kept = path.with_name(f"{path.name}.before-restore-{stamp()}")
    if path.exists():
        try:
            os.link(path, kept)
        except OSError:  # a file system without hard links
            shutil.copy2(path, kept)
    for ending in ("-wal", "-shm", "-journal"):  # of a damaged file only; they must not be taken for the new one's
        leftover = path.with_name(path.name + ending)
        if leftover.exists():
            leftover.replace(kept.with_name(kept.name + ending))
    copy.replace(path)
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(folder)
        os.close(folder)
    return str(kept) if kept.exists() else ""
