"""Which SQLite is used, and how each connection to it is set up.

SQLite 3.7.0–3.51.2 can lose committed rows when two connections use a write-ahead log (fixed in 3.51.3 and in
3.44.6 and 3.50.7). The wheel ``pysqlite3`` brings a fixed one; without it an affected SQLite is used with a
rollback journal, which is slower and safe.
"""

import importlib
import sqlite3
from contextlib import closing
from types import ModuleType

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_MS = 1_000  # one wait inside SQLite; the store retries the whole transaction


def sqlite_module() -> ModuleType:
    """The SQLite driver in use: ``pysqlite3`` where it is installed, else Python's own."""
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3


def journal_mode(version: tuple[int, ...]) -> str:
    """``WAL`` where this SQLite keeps every committed row with it, else ``DELETE``."""
    fixed = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return "WAL" if fixed or version < (3, 7) else "DELETE"


def sqlite_engine(url: sa.URL, *, migrating: bool = False) -> sa.Engine:
    """An engine whose transactions begin as asked: ``execution_options(write=True)`` takes the write lock at once.

    ``migrating``: foreign keys are off (changing a table in place would otherwise delete the rows that refer
    to it), the journal is the file's own, and no connection outlives its use.
    """
    module = sqlite_module()
    engine = sa.create_engine(
        url,
        module=module,
        hide_parameters=True,  # a traceback in the log must not carry a patient's values
        connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False},
        **({"poolclass": sa.NullPool} if migrating else {"pool_size": 8, "max_overflow": 24, "pool_timeout": 3}),
    )
    mode = journal_mode(module.sqlite_version_info)

    def connected(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        if not migrating:
            cursor.execute(f"PRAGMA journal_mode={mode}")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute(f"PRAGMA foreign_keys={'OFF' if migrating else 'ON'}")
        cursor.execute("PRAGMA recursive_triggers=ON")  # else INSERT OR REPLACE slips past a delete trigger
        cursor.execute("PRAGMA trusted_schema=OFF")
        cursor.close()

    def began(connection: sa.Connection) -> None:
        write = migrating or connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    sa.event.listen(engine, "connect", connected)
    sa.event.listen(engine, "begin", began)
    return engine


def settle_journal(engine: sa.Engine) -> None:
    """Gives the file of a ``migrating`` engine its journal, while the caller holds the lock of its migration.

    Changing the journal needs the file alone. Processes that opened a new file together and each changed it at
    their first connection could lock one another out; one after the other they find it changed.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: Another program holds the file.
    """
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute(f"PRAGMA journal_mode={journal_mode(sqlite_module().sqlite_version_info)}")
