"""Brings a database to the newest revision, after a backup, one process at a time.

SQLite: the whole migration is one transaction, so a crash leaves the old database; a new database is made
beside its name and moved there complete, so that a half-made one is never mistaken for an empty one.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import Timeout

from creason_core.errors import StoreError
from creason_core.private import private_folder, private_lock
from creason_core.store import audit
from creason_core.store.schema.tables import metadata
from creason_core.store.sql.faults import store_error
from creason_core.store.sql.sqlite import settle_journal, sqlite_engine

_LOCK_SECONDS = 60.0
_PG_LOCK = 0x43524541534F4E  # "CREASON": the advisory lock that one migrating process holds
_CHECK_BYTES = 64 * 2**20  # larger files are checked on request, not at every start


def migration_config(connection: sa.Connection) -> Config:
    """Alembic's configuration for ``connection``; everything else stands in ``migrations/env.py``."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@cache
def known_revisions() -> tuple[str, ...]:
    """This program's revisions, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    walked = ScriptDirectory.from_config(config).walk_revisions()
    return tuple(reversed([script.revision for script in walked]))


def revision_of(connection: sa.Connection) -> str | None:
    """The revision that the database is at; None when it holds none of our tables yet.

    Raises:
        StoreError: It is newer than this program, or belongs to another one.
    """
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        present = set(sa.inspect(connection).get_table_names())
        ours = present & set(metadata.tables) if connection.dialect.name == "postgresql" else present
        if ours - {"alembic_version"}:
            raise StoreError(
                "invalid",
                f"The database holds tables of another program ({', '.join(sorted(ours)[:5])}).",
                remedy="Give C-Reason a database of its own; this one was left as it is.",
            )
    elif revision not in known_revisions():
        raise StoreError(
            "newer",
            f"The database is at revision {revision}, which is newer than this program ({known_revisions()[-1]}).",
            remedy="Install the version that wrote it, or a later one; nothing was changed.",
        )
    return revision


def migrate_sqlite(url: sa.URL, path: Path, backups: Path) -> None:
    """Makes or migrates the file at ``path``; a backup goes to ``backups`` first.

    Raises:
        StoreError: The file is damaged, newer than the program, or cannot be written; it is as it was.
    """
    with _alone(path):
        if not path.exists():
            _create(url, path)
        engine = sqlite_engine(url, migrating=True)
        try:
            with engine.connect() as connection:
                _check_whole(connection, path)
                revision = revision_of(connection)
            if revision not in (None, known_revisions()[-1]):
                vacuum_into(engine, backups / f"backup-{revision}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.db")
            if revision != known_revisions()[-1]:
                _upgrade_sqlite(engine, revision)
            settle_journal(engine)
        except sa.exc.SQLAlchemyError as error:
            raise store_error(error, f"{path} was left as it is.") from error
        finally:
            engine.dispose()


def migrate_postgres(engine: sa.Engine) -> None:
    """Migrates the database behind ``engine``, in one transaction, while no other process does.

    Raises:
        StoreError: It is newer than the program, or holds another program's tables.
        sqlalchemy.exc.SQLAlchemyError: The server refused.
    """
    with engine.connect() as connection:
        if revision_of(connection) == known_revisions()[-1]:
            return
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS:.0f}s'")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_PG_LOCK)))
        _upgrade(connection, revision_of(connection))


def vacuum_into(engine: sa.Engine, target: Path) -> None:
    """A complete copy of an SQLite database in the new file ``target``, consistent while others write.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: It could not be written; no partial file is left.
    """
    private_folder(target.parent)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        with engine.connect() as connection:
            raw = connection.connection.driver_connection  # VACUUM runs outside a transaction
            if raw is None:
                raise sa.exc.InvalidRequestError("the connection is closed")
            raw.execute("VACUUM INTO ?", (str(target),))
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _create(url: sa.URL, path: Path) -> None:
    fresh = path.with_name(path.name + ".new")
    for leftover in (fresh, path.with_name(fresh.name + "-journal")):
        leftover.unlink(missing_ok=True)
    try:
        os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        engine = sqlite_engine(url.set(database=str(fresh)), migrating=True)
        try:
            _upgrade_sqlite(engine, None)
        finally:
            engine.dispose()
        fresh.replace(path)
    except sa.exc.SQLAlchemyError as error:
        raise store_error(error, f"{path} was not made.") from error
    except OSError as error:
        raise StoreError(
            "read_only", f"The database {path} cannot be made: {error.strerror}.", remedy="Make its folder writable."
        ) from error


def _upgrade_sqlite(engine: sa.Engine, revision: str | None) -> None:
    with engine.begin() as connection:
        _upgrade(connection, revision)
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise StoreError(
                "corrupt",
                f"After migrating, {len(broken)} rows would refer to rows that do not exist; nothing was changed.",
                remedy="Restore the newest backup and report this.",
            )


def _upgrade(connection: sa.Connection, revision: str | None) -> None:
    newest = known_revisions()[-1]
    if revision != newest:
        command.upgrade(migration_config(connection), "head")
        event = audit.Event("migration", "database", newest, {"from": revision or "nothing"})
        audit.append(connection, audit.PROGRAM, event)


def _check_whole(connection: sa.Connection, path: Path) -> None:
    if path.stat().st_size > _CHECK_BYTES:
        return
    found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if found != "ok":
        raise StoreError(
            "corrupt",
            f"The database {path} is damaged: {found}.",
            remedy="Restore the newest backup; the file was left as it is.",
        )


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Holds the file lock beside the database: one process at a time makes or migrates it."""
    with ExitStack() as held:
        try:
            held.enter_context(private_lock(path.with_name(path.name + ".lock"), wait=_LOCK_SECONDS))
        except Timeout:
            raise StoreError(
                "locked",
                f"Another process has been migrating {path} for {_LOCK_SECONDS:.0f} s.",
                remedy="Wait for it to end, then start again.",
                retryable=True,
            ) from None
        yield
