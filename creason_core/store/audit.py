"""The audit log: what was done, when, by whom; it only grows, and every entry seals the one before.

Each user has a chain of their own, so that users do not wait for each other; the first entry of a chain is
itself recorded in the program's chain, so that a whole chain cannot vanish unseen. Entries hold ids, never a
patient's value or a comment.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from creason_core.store.schema.fact_tables import FACTS
from creason_core.store.schema.tables import audit
from creason_core.store.sql.transactions import Database, lock_user
from creason_core.store.sql.types import clean, now
from creason_core.store.sql.upsert import insert_new

PROGRAM = "*program*"
_START = "0" * 64
_LAST = (
    sa.select(audit.c.seq.label("last_seq"), audit.c.hash.label("last_hash"))
    .where(audit.c.actor == sa.bindparam("owner"))
    .order_by(audit.c.seq.desc())
    .limit(sa.literal_column("1"))
)
NEWEST = _LAST.subquery("newest_entry")  # joined by what reads a row of `owner` before it writes
_ADD = audit.insert()
_SEALED = ("prev_hash", "actor", "seq", "at", "action", "object_type", "object_id", "detail")

Detail = Mapping[str, str | int | bool | None]


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to which object. ``detail`` holds ids, counts and states only."""

    action: str
    object_type: str
    object_id: str
    detail: Detail = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The newest entry of a user's chain. Kept outside the database, it shows that a tail was cut off."""

    actor: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What ``verify`` found: ``problems`` is empty where every chain is whole."""

    entries: int
    heads: tuple[ChainHead, ...]
    problems: tuple[str, ...]


def append(connection: sa.Connection, actor: str, event: Event) -> int:
    """Adds ``event`` to ``actor``'s chain, in the transaction of the change that it records; the entry's number."""
    actor = clean(actor)
    lock_user(connection, actor)
    last = connection.execute(_LAST, {"owner": actor}).first()
    if last is None and actor != PROGRAM:
        append(connection, PROGRAM, Event("chain opened", "user", actor))
    head = ChainHead(actor, last.last_seq, last.last_hash) if last else ChainHead(actor, 0, _START)
    connection.execute(_ADD, _entry(head, event))
    return head.seq + 1


def insert_noted(
    connection: sa.Connection,
    table: sa.Table,
    row: Mapping[str, object],
    event: Event,
    *,
    key: Sequence[str],
    head: ChainHead | None,
) -> bool:
    """Inserts ``row`` unless one with the same ``key`` columns is there, and adds ``event``; whether the row is new.

    ``head`` is what ``head_of`` made of a row read earlier in this transaction. PostgreSQL does both in one statement.
    """
    if head is not None and connection.dialect.name == "postgresql":
        values = {f"row_{name}": value for name, value in row.items()}
        values |= {f"entry_{name}": value for name, value in _entry(head, event).items()}
        return connection.execute(_both(table, tuple(row), tuple(key)), values).rowcount == 1
    if insert_new(connection, table, row, key) != row["id"]:
        return False
    if head is None:
        append(connection, str(row["owner"]), event)
    else:
        connection.execute(_ADD, _entry(head, event))
    return True


def head_of(user: str, row: sa.Row[*tuple[Any, ...]]) -> ChainHead | None:
    """The newest entry of ``user``, from a row of a query that joined ``NEWEST``; None where there is none yet."""
    return ChainHead(clean(user), row.last_seq, row.last_hash) if row.last_seq else None


@cache
def _both(table: sa.Table, columns: tuple[str, ...], key: tuple[str, ...]) -> sa.Executable:
    """PostgreSQL's statement that inserts a row and, if its ``key`` is new, an entry: built once."""
    values = {name: sa.bindparam(f"row_{name}", type_=table.c[name].type) for name in columns}
    row = postgresql.insert(table).values(values).on_conflict_do_nothing(index_elements=key)
    new = row.returning(table.c.id).cte("new")
    entry = sa.select(*(sa.bindparam(f"entry_{column.name}", type_=column.type) for column in audit.c))
    noted = audit.insert().from_select(list(audit.c.keys()), entry.select_from(new))
    return noted.execution_options(preserve_rowcount=True)  # counts entries: none where the key was used


def _entry(head: ChainHead, event: Event) -> dict[str, object]:
    """The row that continues the chain after ``head``."""
    row = {
        "actor": head.actor,
        "seq": head.seq + 1,
        "at": now(),
        "action": event.action,
        "object_type": event.object_type,
        "object_id": clean(event.object_id),
        "detail": clean(json.dumps(dict(event.detail), sort_keys=True, ensure_ascii=False)),
        "prev_hash": head.hash,
    }
    return {**row, "hash": seal(row)}


def verify(db: Database, *, known: tuple[ChainHead, ...] = ()) -> AuditReport:
    """Recomputes every chain, and holds the rows of facts against it. ``known`` heads, kept elsewhere, must be in it.

    Raises:
        StoreError: The log cannot be read.
    """
    with db.read() as connection:
        return check(connection, known=known)


def check(connection: sa.Connection, *, known: tuple[ChainHead, ...] = ()) -> AuditReport:
    """``verify``, as seen by ``connection``."""
    problems: list[str] = []
    heads: dict[str, ChainHead] = {}
    opened: dict[str, int] = {}
    anchors: dict[tuple[str, int], set[str]] = {}
    for head in known:
        anchors.setdefault((head.actor, head.seq), set()).add(head.hash)
    entries, noted = 0, set[tuple[str, str, int]]()
    for row in connection.execute(sa.select(audit).order_by(audit.c.actor, audit.c.seq)):
        entries += 1
        before = heads.get(row.actor)
        seq, prev = (before.seq + 1, before.hash) if before else (1, _START)
        where = f"entry {row.seq} of {row.actor}"
        if row.seq != seq:
            problems.append(f"{where} follows entry {seq - 1}: something between them is gone")
        if row.prev_hash != prev:
            problems.append(f"{where} does not continue the entry before it")
        if row.hash != seal(row._asdict()):
            problems.append(f"{where} was changed after it was written")
        if anchors.pop((row.actor, row.seq), {row.hash}) != {row.hash}:
            problems.append(f"{where} is not the one that was noted elsewhere")
        if row.actor == PROGRAM and row.action == "chain opened":
            opened[row.object_id] = row.seq
        if table := _fact_table(row.detail):
            noted.add((table, row.actor, row.seq))
        heads[row.actor] = ChainHead(row.actor, row.seq, row.hash)
    problems += [f"every entry of {actor} is gone" for actor in opened if actor not in heads]
    problems += [f"the chain of {actor} was never opened" for actor in heads if actor not in (*opened, PROGRAM)]
    problems += [f"entry {seq} of {actor}, noted elsewhere, is gone" for actor, seq in anchors]
    problems += _facts(connection, noted)
    return AuditReport(entries=entries, heads=tuple(heads.values()), problems=tuple(problems))


def _fact_table(detail: str) -> str | None:
    """The table of the row that an entry was written with, if it is one of facts."""
    return next((name for name in FACTS if f'"table": "{name}"' in detail), None)


def _facts(connection: sa.Connection, noted: set[tuple[str, str, int]]) -> Iterator[str]:
    """What does not agree between the tables of facts and the entries ``noted`` (table, actor, number), in words.

    Facts of before they had tables have the number 0, and no entry names them.
    """
    present = set(sa.inspect(connection).get_table_names())
    held = {
        (table.name, str(row.owner), int(row.entry))
        for table in FACTS.values()
        if table.name in present  # not yet where the database is of an older revision
        for row in connection.execute(sa.select(table.c.owner, table.c.entry).where(table.c.entry > 0))
    }
    for table, actor, seq in sorted(held - noted):
        yield f"a row of {table} of {actor} says it was written with entry {seq}, which knows nothing of it"
    for table, actor, seq in sorted(noted - held):
        yield f"the row of {table} that was written with entry {seq} of {actor} is gone"


def seal(row: Mapping[str, object]) -> str:
    """SHA-256 (hex) over a row's content and the seal of the row before it."""
    content = [str(row[name]) for name in _SEALED]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
