"""A database looked at without changing it: what it holds, and whether it is whole."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.frozen import Frozen
from creason_core.store import audit
from creason_core.store.migrate import known_revisions, revision_of
from creason_core.store.schema.tables import metadata
from creason_core.store.sql.postgres import postgres_engine
from creason_core.store.sql.sqlite import sqlite_engine
from creason_core.store.sql.transactions import Database
from creason_core.store.upkeep import triggers
from creason_core.store.upkeep.state import DatabaseState, describe


class StoreContents(Frozen):
    """What a database holds: rows by table, and the newest seal of each user's audit chain as (user, entry, seal)."""

    revision: str
    rows: Mapping[str, int]
    entries: int
    heads: tuple[tuple[str, int, str], ...]
    problems: tuple[str, ...]


class StoreFinding(Frozen):
    """One thing that was looked at. A ``problem`` risks stored work; a ``note`` is worth knowing."""

    name: str
    status: Literal["good", "note", "problem"]
    said: str
    remedy: str = ""


def as_it_is(url: str, data_dir: Path) -> Database:
    """The database at ``url``, neither made nor migrated.

    Raises:
        StoreError: There is no such file, or the address is not one of SQLite or PostgreSQL.
    """
    try:
        parsed = sa.make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return Database(postgres_engine(parsed, limited=False), path=None, data_dir=data_dir)
    except (sa.exc.ArgumentError, ModuleNotFoundError) as error:
        raise StoreError(
            "invalid", "The database address cannot be used.", remedy="Correct CREASON_DATABASE_URL."
        ) from error
    path = Path(parsed.database or "")
    if not path.is_file():
        raise StoreError("missing", f"There is no database at {path}.", remedy="The first start of the app makes it.")
    return Database(sqlite_engine(parsed), path=path, data_dir=data_dir)


def contents(connection: sa.Connection, known: tuple[audit.ChainHead, ...] = ()) -> StoreContents:
    """What the database behind ``connection`` holds; ``known`` seals, kept elsewhere, must still be in it.

    Raises:
        StoreError: It is newer than this program, or not a database of C-Reason.
    """
    revision = revision_of(connection)
    if revision is None:
        raise StoreError(
            "invalid",
            "It holds no tables of C-Reason; a copy of the file of a running program looks like this.",
            remedy="Nothing was changed. Make copies with `creason db backup`.",
        )
    present = set(sa.inspect(connection).get_table_names())
    counts = {
        name: int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
        for name, table in sorted(metadata.tables.items())
        if name in present
    }
    log = audit.check(connection, known=known)
    heads = tuple((head.actor, head.seq, head.hash) for head in log.heads)
    return StoreContents(revision=revision, rows=counts, entries=log.entries, heads=heads, problems=log.problems)


def broken_references(connection: sa.Connection) -> int:
    """How many rows of an SQLite database refer to rows that do not exist."""
    return len(connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall())


def examine(db: Database) -> tuple[StoreFinding, ...]:
    """Every check of ``db``; each problem comes with what to do about it."""
    return tuple(_findings(db))


def _findings(db: Database) -> Iterator[StoreFinding]:
    try:
        state = describe(db, thorough=True)
        with db.read() as connection:
            if not db.sqlite:  # reading the whole audit log may take longer than a page may wait
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            broken = broken_references(connection) if db.sqlite else 0
            held, found = contents(connection), triggers.faults(connection)
    except StoreError as error:
        yield StoreFinding(name="Database", status="problem", said=error.message, remedy=error.remedy)
        return
    size = f", {state.size_bytes / 1e6:.1f} MB"
    log = f", of which {state.wal_bytes / 1e6:.1f} MB wait in its journal" if state.wal_bytes else ""
    yield StoreFinding(
        name="Database", status="good", said=f"{state.dialect} {state.version}, {state.place}{size}{log}"
    )
    if db.sqlite:
        yield _whole(state, broken)
    yield _revision(held)
    yield _audit(held)
    yield _triggers(found)
    yield _durable(state)
    if db.sqlite:
        yield _space(state)


def _whole(state: DatabaseState, broken: int) -> StoreFinding:
    if state.integrity != "ok" or broken:
        found = f"{state.integrity}; {broken:,} rows refer to rows that do not exist"
        return StoreFinding(
            name="Integrity",
            status="problem",
            said=f"the file is damaged ({found}).",
            remedy="Stop the app, keep the file, and restore the newest backup: creason db restore FILE",
        )
    return StoreFinding(name="Integrity", status="good", said="every page, index and reference of the file is whole")


def _revision(held: StoreContents) -> StoreFinding:
    newest = known_revisions()[-1]
    if held.revision != newest:
        said = f"{held.revision}; this program works with {newest}."
        return StoreFinding(name="Revision", status="note", said=said, remedy="Type: creason db upgrade")
    return StoreFinding(name="Revision", status="good", said=f"{held.revision}, {sum(held.rows.values()):,} rows")


def _audit(held: StoreContents) -> StoreFinding:
    if held.problems:
        return StoreFinding(
            name="Audit log",
            status="problem",
            said=f"it was altered: {'; '.join(held.problems[:5])}.",
            remedy="Keep the database as it is, and compare it with the newest backup.",
        )
    return StoreFinding(name="Audit log", status="good", said=f"whole, {held.entries:,} entries")


def _triggers(found: tuple[str, ...]) -> StoreFinding:
    if found:
        return StoreFinding(
            name="Append-only rules",
            status="problem",
            said=f"the database does not refuse all that it must: {'; '.join(found)}.",
            remedy="The next start of the app puts back what is missing or altered. Find out who took it away.",
        )
    said = "the database refuses to change or delete what may only grow"
    return StoreFinding(name="Append-only rules", status="good", said=said)


def _durable(state: DatabaseState) -> StoreFinding:
    if state.warnings:
        return StoreFinding(name="Durability", status="note", said=" ".join(state.warnings))
    said = f"journal {state.journal_mode}" if state.journal_mode else "what is reported as saved survives a crash"
    return StoreFinding(name="Durability", status="good", said=said)


def _space(state: DatabaseState) -> StoreFinding:
    said = f"{state.free_bytes / 1e9:.1f} GB free beside the file"
    if state.free_bytes < 2 * state.size_bytes:
        remedy = "Free some space: a backup and a migration each need room for a copy of the file."
        return StoreFinding(name="Space", status="note", said=f"{said}.", remedy=remedy)
    return StoreFinding(name="Space", status="good", said=said)
