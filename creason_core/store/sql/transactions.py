"""One open database: short transactions, repeated as a whole when they meet a lock.

``open_store`` (in ``database``) makes a ``Database``; the modules beside this one hold what is read and written.
No caller keeps a connection across anything slow. A driver's error ends here: PostgreSQL puts the refused row
into it, and a traceback in a log must not carry a patient's values.
"""

import hashlib
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from creason_core.errors import StoreError, StoreFault
from creason_core.store.sql.fair_lock import FairLock
from creason_core.store.sql.faults import may_repeat, store_error
from creason_core.store.sql.postgres import note_begin
from creason_core.store.sql.types import clean

T = TypeVar("T")

_LOCK = sa.select(sa.func.pg_advisory_xact_lock(sa.bindparam("key", type_=sa.BigInteger)))

# Faults that the next writes will meet too, until somebody mends them.
_LASTING: frozenset[StoreFault] = frozenset({"full", "read_only", "unreachable"})
_READ_ONLY = (
    "Nothing can be saved until that is mended. You can go on reading and exploring; what you typed stays in its field."
)

PATIENCE_SECONDS = 5.0  # how long a write is repeated before it is given back in words


class Database:
    """An open database. Its methods may be called from several threads.

    Args:
        engine: Connections, set up for the dialect.
        path: The SQLite file; None on PostgreSQL.
        data_dir: Where locks and backups go.

    Attributes:
        trouble: Why nothing can be written at present, in words; None again after the first write that succeeds.
    """

    def __init__(self, engine: sa.Engine, *, path: Path | None, data_dir: Path) -> None:
        self.engine = engine
        self._reader = engine.execution_options(snapshot=True)
        self._writer = engine.execution_options(write=True)
        self.path = path
        self.data_dir = data_dir
        self.trouble: StoreError | None = None
        self._writing = FairLock()

    @property
    def sqlite(self) -> bool:
        """Whether this is SQLite rather than PostgreSQL."""
        return self.path is not None

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the database.

        Raises:
            StoreError: The database cannot be read.
        """
        try:
            with _begun(self._reader) as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            raise store_error(error, "What was saved is kept.") from None

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One write transaction, tried once: all of it is stored on leaving, or nothing.

        Raises:
            StoreError: Nothing was written.
        """
        try:
            with self._transaction(PATIENCE_SECONDS) as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            raise self._refused(error) from None

    def write_as(self, user: str, work: Callable[[sa.Connection], T]) -> T:
        """What ``work`` gives, run in one write transaction; writes of one user come one after another.

        ``work`` may run several times when it meets a lock or a lost connection, so it must be idempotent:
        it looks up its key first and inserts only what is new.

        Raises:
            StoreError: Nothing was written; after at most about five seconds of trying.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        lost = 0
        while True:
            try:
                with self._transaction(max(deadline - time.monotonic(), 0.05), user) as connection:
                    return work(connection)
            except sa.exc.SQLAlchemyError as error:
                lost += bool(getattr(error, "connection_invalidated", False))
                pause = random.uniform(0.01, 0.1)  # noqa: S311 - spreads rivals, protects nothing
                if not may_repeat(error) or lost > 3 or time.monotonic() + pause > deadline:
                    raise self._refused(error) from None
                time.sleep(pause)

    def _refused(self, error: sa.exc.SQLAlchemyError) -> StoreError:
        """A write that failed, in words; where the next ones will too, that is remembered."""
        told = store_error(error)
        if told.kind in _LASTING:
            self.trouble = store_error(error, _READ_ONLY)
        return told

    @contextmanager
    def _transaction(self, patience: float, user: str | None = None) -> Iterator[sa.Connection]:
        """A write transaction, of ``user`` alone. One at a time in this process on SQLite: fairer than its own lock."""
        if not self.sqlite:
            lock = {} if user is None else {"lock": _lock_key(user)}
            with _begun(self.engine, **lock) as connection:
                yield connection
            self.trouble = None
            return
        if not self._writing.acquire(timeout=patience):
            raise StoreError(
                "locked",
                "The database is busy with other writes. Nothing of this change was written.",
                remedy="Press again in a moment.",
                retryable=True,
            )
        try:
            with _begun(self._writer) as connection:
                yield connection
            self.trouble = None
        finally:
            self._writing.release()

    def close(self) -> None:
        """Closes every connection; safe to call twice."""
        self.engine.dispose()


@contextmanager
def _begun(engine: sa.Engine, **options: object) -> Iterator[sa.Connection]:
    """A connection in a transaction that is committed on leaving.

    A connection that died while it lay idle is replaced unseen: BEGIN finds it, and nothing was asked of it before.
    """
    with engine.connect() as connection:
        connection.execution_options(**options)

        def begin() -> sa.RootTransaction:
            note_begin(connection)
            return connection.begin()

        try:
            transaction = begin()
        except sa.exc.DBAPIError as error:
            if not error.connection_invalidated:
                raise
            transaction = begin()
        with transaction:
            yield connection


def lock_user(connection: sa.Connection, user: str) -> None:
    """Keeps other write transactions of ``user`` out until this one ends; SQLite has only one writer anyway."""
    if connection.dialect.name != "postgresql":
        return
    key = _lock_key(user)
    if connection.get_execution_options().get("lock") == key:
        return  # taken with BEGIN
    held = (connection.get_transaction(), key)
    if connection.info.get("held") != held:
        connection.execute(_LOCK, {"key": key})
        connection.info["held"] = held


def _lock_key(user: str) -> int:
    """The advisory lock of a user's writes: 64 bits of a hash of the name."""
    return int.from_bytes(hashlib.sha256(clean(user).encode()).digest()[:8], "big", signed=True)
