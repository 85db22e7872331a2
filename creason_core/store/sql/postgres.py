"""How each connection to PostgreSQL is set up, and how its transactions begin.

The driver begins nothing by itself. BEGIN is sent here, with the lock that a save needs, so that both wait for one
answer; and since it is the first thing that is asked of a connection, it also shows whether the connection lives.
"""

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

# Limits in milliseconds: no statement, lock or idle transaction holds a page up for longer.
_LIMITS = "-c statement_timeout=5000 -c lock_timeout=2000 -c idle_in_transaction_session_timeout=10000"


def postgres_engine(url: sa.URL, *, limited: bool = True) -> sa.Engine:
    """An engine whose transactions begin as their execution options ask.

    ``snapshot``: every statement sees one state of the database. ``lock``: an advisory lock is held from the start
    to the end. Not ``limited``, a statement may take its time and no connection outlives its use.

    Raises:
        ModuleNotFoundError: The driver is not installed.
    """
    wait = {"connect_timeout": 3}
    engine = sa.create_engine(
        url,
        hide_parameters=True,  # a traceback in the log must not carry a patient's values
        connect_args={**wait, "options": _LIMITS} if limited else wait,
        **({"pool_size": 8, "max_overflow": 24, "pool_timeout": 3} if limited else {"poolclass": sa.NullPool}),
    )
    sa.event.listen(engine, "connect", _connected)
    # SQLAlchemy's own place for BEGIN, empty by default: a failure there is told as one of any statement, and
    # nothing is spent on a result that nobody reads.
    setattr(engine.dialect, "do_begin", _begin)  # noqa: B010 - mypy takes an assigned method for a mistake
    return engine


def _connected(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.autocommit = True


def note_begin(connection: sa.Connection) -> None:
    """Notes what ``_begin`` is to send next: it is given the driver's connection, which knows no options."""
    options = connection.get_execution_options()
    if (key := options.get("lock")) is not None:
        begin = f"BEGIN; SELECT pg_advisory_xact_lock({key:d})"
    else:
        begin = "BEGIN ISOLATION LEVEL REPEATABLE READ" if options.get("snapshot") else "BEGIN"
    connection.info["begin"] = begin


def _begin(connection: PoolProxiedConnection) -> None:
    cursor = connection.cursor()
    cursor.execute(connection.info.pop("begin", "BEGIN"))
    cursor.close()
