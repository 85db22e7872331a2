"""Opens the database: what is there is checked before it is touched, and never replaced by an empty one."""

import os
from pathlib import Path

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.private import mend, private_folder
from creason_core.store.migrate import migrate_postgres, migrate_sqlite
from creason_core.store.sql.faults import fault_of, store_error
from creason_core.store.sql.postgres import postgres_engine
from creason_core.store.sql.sqlite import sqlite_engine
from creason_core.store.sql.transactions import Database
from creason_core.store.upkeep import triggers

__all__ = ["Database", "open_store"]

_MAGIC = b"SQLite format 3\0"


def open_store(url: str, data_dir: Path, *, mending: bool = True) -> Database:
    """The database at ``url`` (SQLAlchemy form), created or migrated where needed.

    ``data_dir`` is made when absent, for its owner only; locks and backups go there. What others may read of it, of
    the database and of its journals is closed to them, unless ``mending`` is False.

    Raises:
        StoreError: It cannot be opened: the message names the place, the cause and the remedy.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise StoreError(
            "invalid", "The database address is not a URL.", remedy="Use sqlite:///… or postgresql://…."
        ) from None
    _make_folder(data_dir)
    sqlite = parsed.get_backend_name() == "sqlite"
    if mending:
        mend(data_dir, Path(parsed.database) if sqlite and parsed.database else None)
    if sqlite:
        return _open_sqlite(parsed, data_dir)
    if parsed.get_backend_name() == "postgresql":
        return _open_postgres(parsed, data_dir)
    raise StoreError(
        "invalid", f"'{parsed.get_backend_name()}' databases are not supported.", remedy="Use SQLite or PostgreSQL."
    )


def _make_folder(folder: Path) -> None:
    try:
        private_folder(folder)
    except OSError as error:
        raise StoreError(
            "read_only",
            f"The data folder {folder} cannot be made: {error.strerror}.",
            remedy="Make its parent writable, or set CREASON_DATA_DIR to another folder.",
        ) from error


def _open_sqlite(url: sa.URL, data_dir: Path) -> Database:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise StoreError(
            "invalid", "The database must be a file.", remedy="Use an address such as sqlite:////home/you/creason.db."
        )
    path = Path(url.database)
    _check_folder(path.parent)
    if path.exists():
        _check_file(path)
    elif _has_bytes(path.with_name(path.name + "-wal")):
        raise StoreError(
            "missing",
            f"The database {path} is gone, but its journal {path.name}-wal is still there.",
            remedy="Put the file back, or restore a backup; nothing was created in its place.",
        )
    migrate_sqlite(url, path, data_dir / "backups")
    engine = sqlite_engine(url)
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT count(*) FROM alembic_version"))
        triggers.keep(engine)
    except sa.exc.SQLAlchemyError as error:
        engine.dispose()
        raise store_error(error) from error
    except StoreError:
        engine.dispose()
        raise
    return Database(engine, path=path, data_dir=data_dir)


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise StoreError(
            "missing",
            f"The folder {folder} of the database does not exist.",
            remedy="Make it, or correct CREASON_DATABASE_URL.",
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError(
            "read_only",
            f"The folder {folder} of the database is not writable; its journal has to be written there.",
            remedy=f"Give this user the right to write: chmod u+wx '{folder}'.",
        )


def _check_file(path: Path) -> None:
    """Refuses what is not a whole, writable SQLite file, before anything opens it."""
    if not path.is_file():
        raise StoreError("corrupt", f"{path} is not a file.", remedy="Move it away, or choose another database.")
    if not os.access(path, os.R_OK | os.W_OK):
        raise StoreError(
            "read_only",
            f"The database {path} is not writable by this user.",
            remedy=f"Give this user the right to write: chmod u+rw '{path}'.",
        )
    with path.open("rb") as file:
        start = file.read(len(_MAGIC))
    if not start:
        raise StoreError(
            "corrupt",
            f"The database {path} is empty (0 bytes): it was cut off, or something else made it.",
            remedy="Restore a backup; if it never held anything, delete it and start again.",
        )
    if start != _MAGIC:
        raise StoreError(
            "corrupt",
            f"{path} is not an SQLite database.",
            remedy="Restore a backup, or move the file away; it was left as it is.",
        )


def _has_bytes(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _open_postgres(url: sa.URL, data_dir: Path) -> Database:
    shown = url.render_as_string(hide_password=True)
    try:
        engine = postgres_engine(url)
    except (ModuleNotFoundError, sa.exc.NoSuchModuleError) as error:
        raise StoreError(
            "missing", f"The driver for {shown} is not installed.", remedy="pip install 'creason[postgres]'"
        ) from error
    try:
        migrate_postgres(engine)
        triggers.keep(engine)
    except sa.exc.SQLAlchemyError as error:
        engine.dispose()
        cause = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise StoreError(
            fault_of(error),
            f"The database {shown} cannot be opened: {cause}.",
            remedy="Start PostgreSQL, check the address, the user and the password in CREASON_DATABASE_URL.",
            retryable=True,
        ) from error
    except StoreError:
        engine.dispose()
        raise
    return Database(engine, path=None, data_dir=data_dir)
