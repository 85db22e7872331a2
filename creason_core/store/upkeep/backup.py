"""Backups: a complete copy of the database while others write, with a record beside it of what it must hold.

The record carries the copy's SHA-256, its rows by table and the seals of its audit log, so that a restore can tell
a whole backup from a damaged or altered one. Keep both files together.
"""

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from pydantic import ValidationError

from creason_core import __version__
from creason_core.errors import StoreError
from creason_core.files import sha256
from creason_core.frozen import Frozen
from creason_core.store import audit
from creason_core.store.migrate import known_revisions, revision_of
from creason_core.store.sql.sqlite import sqlite_engine
from creason_core.store.sql.transactions import Database
from creason_core.store.upkeep import postgres_copies, sqlite_copies
from creason_core.store.upkeep.checks import StoreContents, as_it_is, contents
from creason_core.store.upkeep.database import open_store


class BackupRecord(Frozen):
    """What a backup is and holds."""

    program: str
    created: datetime
    sha256: str
    bytes: int
    holds: StoreContents


class Upgraded(Frozen):
    """What an upgrade did: ``before`` and ``after`` are revisions, ``backup`` the copy made first, if any."""

    before: str
    after: str
    backup: Path | None


def stamp() -> str:
    """This moment as part of a file's name."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"


def default_target(db: Database) -> Path:
    """Where a backup goes when no place is named."""
    return db.data_dir / "backups" / f"creason-{stamp()}.{'db' if db.sqlite else 'dump'}"


def record_path(backup: Path) -> Path:
    """Where the record of a backup stands."""
    return backup.with_name(f"{backup.name}.json")


def make_backup(db: Database, target: Path) -> BackupRecord:
    """Writes a checked copy of ``db`` to the new file ``target`` and its record beside it; others may write meanwhile.

    Raises:
        StoreError: It could not be made; no partial file is left.
    """
    with db.read() as connection:
        revision_of(connection)
    if db.sqlite:
        sqlite_copies.write_copy(db, target)
        copy = sqlite_engine(sa.URL.create("sqlite", database=str(target)), migrating=True)
        with copy.connect() as connection:
            held = contents(connection)
        copy.dispose()
    else:
        held = postgres_copies.dump(db, target)
        event = audit.Event("backup", "database", target.name, {"entries": held.entries})
        db.write_as(audit.PROGRAM, lambda connection: audit.append(connection, audit.PROGRAM, event))
    record = BackupRecord(
        program=__version__,
        created=datetime.now(UTC),
        sha256=sha256(target),
        bytes=target.stat().st_size,
        holds=held,
    )
    beside = record_path(target)
    beside.touch(mode=0o600)
    beside.write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return record


def read_record(backup: Path) -> BackupRecord | None:
    """The record beside ``backup``, None where there is none.

    Raises:
        StoreError: It cannot be read.
    """
    path = record_path(backup)
    return read_record_file(path) if path.exists() else None


def read_record_file(path: Path) -> BackupRecord:
    """The record in the file ``path``.

    Raises:
        StoreError: It cannot be read.
    """
    try:
        return BackupRecord.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise StoreError(
            "corrupt",
            f"The record {path.name} beside the backup cannot be read.",
            remedy="Bring the record that was made with the backup; to restore without one, move it away.",
        ) from error


def upgrade(url: str, data_dir: Path) -> Upgraded:
    """Brings the database to this program's revision, after a backup.

    Raises:
        StoreError: It is newer than the program, damaged, or could not be backed up or changed; it is as it was.
    """
    db = as_it_is(url, data_dir)
    newest, saved = known_revisions()[-1], None
    folder = data_dir / "backups"
    try:
        with db.read() as connection:
            before = revision_of(connection)
        if before not in (None, newest) and not db.sqlite:
            saved = default_target(db)
            make_backup(db, saved)
    finally:
        db.close()
    present = set(folder.glob("*")) if folder.is_dir() else set()
    open_store(url, data_dir).close()  # migrates; an SQLite file is copied first
    if db.sqlite:
        saved = next(iter(sorted(set(folder.glob("*.db")) - present)), None)
    return Upgraded(before=before or "none", after=newest, backup=saved)
