"""Texts that a run was given beside the record: each kept once, by its hash, and which group had which.

A text never changes, since its name is the SHA-256 of its UTF-8; it belongs to the user who asked. Which texts a group
had is settled when the group is stored (``new_runs``), by what its question gives (``Task.given``).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from creason_core.store.schema.tables import documents, group_documents
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now, within
from creason_core.store.sql.upsert import add_new

MAX_CHARACTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class GivenText:
    """A stored text. ``sha256`` (hex) is that of its UTF-8."""

    sha256: str
    text: str


def keep_given(connection: sa.Connection, user: str, group_id: str, texts: Sequence[str]) -> None:
    """Keeps what a new group is given, in this order, within the group's own transaction.

    Raises:
        StoreError: A text is too long.
    """
    rows = []
    for position, text in enumerate(texts):
        content = within("A text beside the record", text, MAX_CHARACTERS).encode()
        sha256 = hashlib.sha256(content).hexdigest()
        row = {
            "owner": user, "sha256": sha256, "media_type": "text/plain", "size": len(content),
            "text": content.decode(), "created": now(),
        }  # fmt: skip
        add_new(connection, documents, row, ("owner", "sha256"))
        rows.append({"group_id": group_id, "position": position, "owner": user, "sha256": sha256})
    if rows:
        connection.execute(group_documents.insert(), rows)


def given_to(db: Database, user: str, group_id: str) -> tuple[GivenText, ...]:
    """The texts that the runs of a group were given, in the order given; empty where there are none.

    Raises:
        StoreError: The database cannot be read.
    """
    query = _joined(user).where(group_documents.c.group_id == group_id).order_by(group_documents.c.position)
    with db.read() as connection:
        return tuple(GivenText(row.sha256, row.text) for row in connection.execute(query))


def texts_given(db: Database, user: str) -> Mapping[str, str]:
    """Hash → text of every text that a run of the user was given, in the order of the alphabet.

    Raises:
        StoreError: The database cannot be read.
    """
    with db.read() as connection:
        return {row.sha256: row.text for row in connection.execute(_joined(user).distinct().order_by(documents.c.text))}


def was_given(group_id: sa.ColumnElement[str], user: str, sha256: str) -> sa.ColumnElement[bool]:
    """The condition that the group was given the text with this hash."""
    of_group = group_documents.c.group_id == group_id
    return sa.exists().where(of_group, group_documents.c.owner == user, group_documents.c.sha256 == sha256)


def _joined(user: str) -> sa.Select[tuple[str, str]]:
    same = sa.and_(group_documents.c.owner == documents.c.owner, group_documents.c.sha256 == documents.c.sha256)
    chosen = sa.select(documents.c.sha256, documents.c.text).join(group_documents, same)
    return chosen.where(documents.c.owner == user)
