"""The audit log: what was done, when, by whom; it only grows, and every entry seals the one before.

Each user has a chain of their own, so that users do not wait for each other; the first entry of a chain is
itself recorded in the program's chain, so that a whole chain cannot vanish unseen. Entries hold ids, never a
patient's value or a comment.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from creason_core.store.tables import audit
from creason_core.store.transactions import Database, lock_user
from creason_core.store.types import clean, now

PROGRAM = "*program*"
_START = "0" * 64
_LAST = (
    sa.select(audit.c.seq, audit.c.hash)
    .where(audit.c.actor == sa.bindparam("actor"))
    .order_by(audit.c.seq.desc())
    .limit(1)
)
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


def append(connection: sa.Connection, actor: str, event: Event) -> None:
    """Adds ``event`` to ``actor``'s chain, in the transaction of the change that it records."""
    actor = clean(actor)
    lock_user(connection, actor)
    last = connection.execute(_LAST, {"actor": actor}).first()
    if last is None and actor != PROGRAM:
        append(connection, PROGRAM, Event("chain opened", "user", actor))
    prev = last.hash if last else _START
    row = {
        "actor": actor,
        "seq": last.seq + 1 if last else 1,
        "at": now(),
        "action": event.action,
        "object_type": event.object_type,
        "object_id": clean(event.object_id),
        "detail": clean(json.dumps(dict(event.detail), sort_keys=True, ensure_ascii=False)),
        "prev_hash": prev,
    }
    connection.execute(_ADD, {**row, "hash": seal(row)})


def verify(db: Database, *, known: tuple[ChainHead, ...] = ()) -> AuditReport:
    """Recomputes every chain. ``known`` heads, kept elsewhere, must still be in it.

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
    anchors = {(head.actor, head.seq): head.hash for head in known}
    entries = 0
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
        if anchors.pop((row.actor, row.seq), row.hash) != row.hash:
            problems.append(f"{where} is not the one that was noted elsewhere")
        if row.actor == PROGRAM and row.action == "chain opened":
            opened[row.object_id] = row.seq
        heads[row.actor] = ChainHead(row.actor, row.seq, row.hash)
    problems += [f"every entry of {actor} is gone" for actor in opened if actor not in heads]
    problems += [f"the chain of {actor} was never opened" for actor in heads if actor not in (*opened, PROGRAM)]
    problems += [f"entry {seq} of {actor}, noted elsewhere, is gone" for actor, seq in anchors]
    return AuditReport(entries=entries, heads=tuple(heads.values()), problems=tuple(problems))


def seal(row: Mapping[str, object]) -> str:
    """SHA-256 (hex) over a row's content and the seal of the row before it."""
    content = [str(row[name]) for name in _SEALED]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
