"""Documents beside a record that a run was given: text kept once, by its hash, and which run had which.

A document never changes, since its name is the SHA-256 of its text; it belongs to the user who stored it. Which
documents a run had is settled when its group is stored (``new_runs``).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.store import audit
from creason_core.store.schema.tables import documents, group_documents
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now, within
from creason_core.store.sql.upsert import add_new

MAX_CHARACTERS = 1_000_000
MEDIA_TYPES = ("text/plain", "text/markdown")


@dataclass(frozen=True, slots=True)
class Document:
    """A stored text. ``sha256`` (hex) and ``size`` (bytes) are those of its UTF-8."""

    sha256: str
    media_type: str
    size: int
    text: str
    created: datetime


def keep_document(db: Database, user: str, text: str, *, media_type: str = "text/plain") -> Document:
    """Stores ``text`` unless this user has it already; the document that is there now.

    Raises:
        StoreError: It is empty, too long or of an unknown type, or nothing was written.
    """
    if media_type not in MEDIA_TYPES:
        raise StoreError(
            "invalid",
            f"A document of the type '{media_type}' cannot be stored.",
            remedy=f"Give text of one of these: {', '.join(MEDIA_TYPES)}.",
        )
    text = within("The document", text, MAX_CHARACTERS)
    if not text.strip():
        raise StoreError("invalid", "The document holds no text.", remedy="Choose another one.")
    content = text.encode()
    made = Document(hashlib.sha256(content).hexdigest(), media_type, len(content), text, now())
    row = {"owner": user, **{name: getattr(made, name) for name in Document.__dataclass_fields__}}

    def work(connection: sa.Connection) -> None:
        if add_new(connection, documents, row, ("owner", "sha256")):
            detail: audit.Detail = {"bytes": made.size, "type": media_type}
            audit.append(connection, user, audit.Event("document", "document", made.sha256, detail))

    db.write_as(user, work)
    return document(db, user, made.sha256)


def document(db: Database, user: str, sha256: str) -> Document:
    """The document with this hash.

    Raises:
        StoreError: This user has none, or the database cannot be read.
    """
    query = sa.select(documents).where(documents.c.owner == user, documents.c.sha256 == sha256)
    with db.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise _missing(sha256)
    return _of(row)


def documents_of(db: Database, user: str, group_id: str) -> tuple[Document, ...]:
    """The documents that the runs of a group were given, in the order given; empty where there are none."""
    query = (
        sa.select(documents)
        .join(group_documents, sa.and_(group_documents.c.owner == documents.c.owner, _SAME))
        .where(group_documents.c.group_id == group_id, group_documents.c.owner == user)
        .order_by(group_documents.c.position)
    )
    with db.read() as connection:
        return tuple(_of(row) for row in connection.execute(query))


def attach(connection: sa.Connection, user: str, group_id: str, hashes: Sequence[str]) -> None:
    """Notes that a new group is given the documents with these hashes, in this order, within its transaction.

    Raises:
        StoreError: This user has no such document.
    """
    if not hashes:
        return
    known = sa.select(documents.c.sha256).where(documents.c.owner == user, documents.c.sha256.in_(hashes))
    if unknown := set(hashes) - set(connection.execute(known).scalars()):
        raise _missing(min(unknown))
    rows = [
        {"group_id": group_id, "position": place, "owner": user, "sha256": name} for place, name in enumerate(hashes)
    ]
    connection.execute(group_documents.insert(), rows)


_SAME = group_documents.c.sha256 == documents.c.sha256


def _of(row: sa.Row[tuple[object, ...]]) -> Document:
    return Document(*(getattr(row, name) for name in Document.__dataclass_fields__))


def _missing(sha256: str) -> StoreError:
    return StoreError(
        "missing", f"There is no document {sha256[:12]}… among yours.", remedy="Store it first, then ask again."
    )
