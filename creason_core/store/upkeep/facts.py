"""What the database is and how it fares, for `creason doctor` and the Settings page; and its backup."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.store import audit
from creason_core.store.migrate import revision_of, vacuum_into
from creason_core.store.sql.faults import store_error
from creason_core.store.sql.sqlite import sqlite_engine
from creason_core.store.sql.transactions import Database

_PG_DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """The database in figures; sizes in bytes, 0 where they do not apply.

    ``place`` is the file, or the address without its password. ``integrity`` is "ok" or what was found.
    ``warnings`` are sentences about settings that risk stored work.
    """

    dialect: str
    version: str
    journal_mode: str
    place: str
    size_bytes: int
    wal_bytes: int
    free_bytes: int
    revision: str
    integrity: str
    warnings: tuple[str, ...]


def describe(db: Database, *, thorough: bool = False) -> StoreFacts:
    """Looks at the database; ``thorough`` reads every page of an SQLite file and every index.

    Raises:
        StoreError: The database cannot be read.
    """
    with db.read() as connection:
        revision = revision_of(connection) or ""
        if db.path is None:
            return _postgres(db, connection, revision)
        check = "integrity_check" if thorough else "quick_check"
        found = connection.exec_driver_sql(f"PRAGMA {check}(1)").scalar_one()
        mode = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()).upper()
        version = str(connection.exec_driver_sql("SELECT sqlite_version()").scalar_one())
    wal = db.path.with_name(db.path.name + "-wal")
    slow = f"SQLite {version} can lose rows with a write-ahead log, so a slower journal is used: pip install pysqlite3."
    return StoreFacts(
        dialect="SQLite",
        version=version,
        journal_mode=mode,
        place=str(db.path),
        size_bytes=db.path.stat().st_size,
        wal_bytes=wal.stat().st_size if wal.exists() else 0,
        free_bytes=shutil.disk_usage(db.path.parent).free,
        revision=revision,
        integrity=str(found),
        warnings=(slow,) if mode == "DELETE" else (),
    )


def backup(db: Database, target: Path) -> audit.AuditReport:
    """Writes a complete, checked copy of an SQLite database to the new file ``target``.

    Returns the audit log's state in the copy: its heads, kept beside the backup, later show a cut-off tail.

    Raises:
        StoreError: It could not be written or is not whole; no partial file is left.
    """
    if db.path is None:
        raise StoreError("invalid", "A PostgreSQL database is copied by its own program.", remedy="Use pg_dump.")
    try:
        vacuum_into(db.engine, target)
        copy = sqlite_engine(sa.URL.create("sqlite", database=str(target)), migrating=True)
        with copy.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
    except FileExistsError:
        raise StoreError("conflict", f"{target} exists already.", remedy="Choose another name.") from None
    except OSError as error:
        raise StoreError(
            "read_only", f"{target} cannot be made: {error.strerror}.", remedy="Choose another place."
        ) from error
    except sa.exc.SQLAlchemyError as error:
        raise store_error(error) from error
    if found != "ok":
        target.unlink()
        raise StoreError("corrupt", f"The copy is damaged: {found}.", remedy="Run `creason doctor`; restore a backup.")
    report = audit.verify(Database(copy, path=target, data_dir=db.data_dir))
    copy.dispose()
    event = audit.Event("backup", "database", target.name, {"entries": report.entries})
    db.write_as(audit.PROGRAM, lambda connection: audit.append(connection, audit.PROGRAM, event))
    return report


def _postgres(db: Database, connection: sa.Connection, revision: str) -> StoreFacts:
    off = [name for name in _PG_DURABLE if connection.exec_driver_sql(f"SHOW {name}").scalar_one() == "off"]
    return StoreFacts(
        dialect="PostgreSQL",
        version=str(connection.exec_driver_sql("SHOW server_version").scalar_one()),
        journal_mode="",
        place=db.engine.url.render_as_string(hide_password=True),
        size_bytes=int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()),
        wal_bytes=0,
        free_bytes=0,
        revision=revision,
        integrity="ok",
        warnings=tuple(
            f"PostgreSQL runs with {name} = off: a crash may lose what was reported as saved." for name in off
        ),
    )
