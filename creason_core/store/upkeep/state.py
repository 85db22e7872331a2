"""The state of an open database, in figures: what it is, how large, whether it is whole and durable."""

import shutil
from dataclasses import dataclass

import sqlalchemy as sa

from creason_core.store.migrate import revision_of
from creason_core.store.sql.transactions import Database

_PG_DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(frozen=True, slots=True)
class DatabaseState:
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


def describe(db: Database, *, thorough: bool = False) -> DatabaseState:
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
    return DatabaseState(
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


def _postgres(db: Database, connection: sa.Connection, revision: str) -> DatabaseState:
    off = [name for name in _PG_DURABLE if connection.exec_driver_sql(f"SHOW {name}").scalar_one() == "off"]
    return DatabaseState(
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
