"""What a person is typing, kept under a key until it is saved or dropped."""

from collections.abc import Mapping

import sqlalchemy as sa
from pydantic import JsonValue

from creason_core.store.schema.tables import drafts
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now
from creason_core.store.sql.upsert import upsert


def save_draft(db: Database, user: str, key: str, values: Mapping[str, JsonValue]) -> None:
    """Keeps what is being typed under ``key``, in place of what was kept before.

    Raises:
        StoreError: It could not be written.
    """
    row = {"owner": user, "key": key, "content": dict(values), "updated": now()}
    db.write_as(user, lambda connection: connection.execute(upsert(connection, drafts, row, ("owner", "key"))))


def draft(db: Database, user: str, key: str) -> Mapping[str, JsonValue] | None:
    """What was being typed under ``key``, or None."""
    with db.read() as connection:
        content: Mapping[str, JsonValue] | None = connection.execute(
            sa.select(drafts.c.content).where(drafts.c.owner == user, drafts.c.key == key)
        ).scalar()
    return content


def drop_draft(db: Database, user: str, key: str) -> None:
    """Forgets the draft under ``key``, if there is one."""
    gone = drafts.delete().where(drafts.c.owner == user, drafts.c.key == key)
    db.write_as(user, lambda connection: connection.execute(gone))
