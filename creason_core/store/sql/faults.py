"""Driver errors told in words: which fault it is, and whether the same transaction may succeed when repeated."""

from collections.abc import Mapping

import sqlalchemy as sa

from creason_core.errors import StoreError, StoreFault

_WORDS: Mapping[StoreFault, tuple[str, str]] = {
    "locked": ("The database is busy: another program or person held it for too long.", "Press again in a moment."),
    "full": ("The disk that holds the database is full.", "Free some space, then press again."),
    "read_only": ("The database is read-only for this program.", "Make its file and folder writable by this user."),
    "corrupt": ("The database file is damaged.", "Stop the program. Restore the newest backup."),
    "missing": ("The database or one of its tables is missing.", "Restore it from a backup, or run `creason doctor`."),
    "unreachable": ("The database does not answer.", "Check that it runs and that its disk is healthy; press again."),
    "invalid": ("The database refused a value.", "Correct it and save again."),
    "conflict": ("The same record was changed elsewhere at the same moment.", "Reload the page and try again."),
    "newer": ("The database was written by a newer version of this program.", "Install that version or a later one."),
}

# An SQLite that cannot read or write its file is "unreachable" too, and has no server to look after.
_DISK = ("The disk refuses to write or read the database.", "Check that it has space and is healthy; then press again.")

_SQLITE: tuple[tuple[str, StoreFault], ...] = (
    ("SQLITE_BUSY", "locked"),
    ("SQLITE_LOCKED", "locked"),
    ("SQLITE_FULL", "full"),
    ("SQLITE_READONLY", "read_only"),
    ("SQLITE_CORRUPT", "corrupt"),
    ("SQLITE_NOTADB", "corrupt"),
    ("SQLITE_CONSTRAINT_UNIQUE", "conflict"),
    ("SQLITE_CONSTRAINT_PRIMARYKEY", "conflict"),
    ("SQLITE_CONSTRAINT", "invalid"),
    ("SQLITE_TOOBIG", "invalid"),
    ("SQLITE_MISMATCH", "invalid"),
    ("SQLITE_ERROR", "missing"),
)

_POSTGRES: tuple[tuple[str, StoreFault], ...] = (
    ("40", "locked"),  # serialisation failure, deadlock
    ("55P03", "locked"),  # lock timeout
    ("57014", "locked"),  # statement timeout
    ("53100", "full"),
    ("25006", "read_only"),
    ("42501", "read_only"),  # no privilege
    ("XX001", "corrupt"),
    ("XX002", "corrupt"),
    ("23505", "conflict"),
    ("22", "invalid"),
    ("23", "invalid"),
    ("P0001", "invalid"),  # raised by a trigger of ours
    ("3D000", "missing"),
    ("42P01", "missing"),
)


def store_error(error: sa.exc.SQLAlchemyError, kept: str = "Nothing of this change was written.") -> StoreError:
    """``error`` as the store's own, with words for the person who waits; ``kept`` says what it left untouched."""
    kind = fault_of(error)
    orig = getattr(error, "orig", None)
    message, remedy = _DISK if kind == "unreachable" and hasattr(orig, "sqlite_errorname") else _WORDS[kind]
    cause = str(orig or error).strip().splitlines()[0][:200]
    retryable = kind in ("locked", "full", "unreachable", "read_only")
    return StoreError(kind, f"{message} {kept} ({cause})", remedy=remedy, retryable=retryable)


def fault_of(error: sa.exc.SQLAlchemyError) -> StoreFault:
    """The fault behind a driver error."""
    if isinstance(error, sa.exc.TimeoutError):
        return "locked"  # every connection of the pool is in use
    orig = getattr(error, "orig", None)
    if name := getattr(orig, "sqlite_errorname", None):
        return next((kind for prefix, kind in _SQLITE if str(name).startswith(prefix)), "unreachable")
    if state := getattr(orig, "sqlstate", None):
        return next((kind for prefix, kind in _POSTGRES if str(state).startswith(prefix)), "unreachable")
    return "invalid" if isinstance(error, (sa.exc.DataError, sa.exc.IntegrityError)) else "unreachable"


def may_repeat(error: sa.exc.SQLAlchemyError) -> bool:
    """Whether the whole transaction should be run again: it met a lock, or lost its connection."""
    return fault_of(error) == "locked" or bool(getattr(error, "connection_invalidated", False))
