"""Copies of an SQLite database, made while others write."""

from pathlib import Path

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.store import audit
from creason_core.store.migrate import vacuum_into
from creason_core.store.sql.faults import store_error
from creason_core.store.sql.sqlite import sqlite_engine
from creason_core.store.sql.transactions import Database


def write_copy(db: Database, target: Path) -> audit.AuditReport:
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
