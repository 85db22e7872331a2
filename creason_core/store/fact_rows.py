"""Rows of facts: what a person was shown, said or decided. The newest row of a key counts; none changes or goes.

A row's ``entry`` is the number of its entry in its owner's audit chain, made in the same transaction. So facts have the
order in which they were stored, whatever the clocks said, and each can be held against the log. 0 stands for what was
kept before facts had tables of their own, where the log names no entry.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from creason_core.store import audit
from creason_core.store.sql.types import now

Key = Mapping[str, str]


def newest(connection: sa.Connection, table: sa.Table, owner: str, key: Key) -> sa.Row[Any] | None:
    """The row of ``table`` that counts for ``key`` (column → value) of ``owner``, or None."""
    return connection.execute(_of(table, owner, key).order_by(table.c.entry.desc()).limit(1)).first()


def add(
    connection: sa.Connection, table: sa.Table, owner: str, key: Key, *, said: Mapping[str, object], event: audit.Event
) -> None:
    """Adds a row that says ``said`` (column → value) of ``key``, and notes it; nothing where the newest says the same.

    Within a write transaction of ``owner``, which may be run again.
    """
    last = newest(connection, table, owner, key)
    if last is not None and all(last._mapping[name] == value for name, value in said.items()):
        return
    entry = audit.append(connection, owner, replace(event, detail={**event.detail, "table": table.name}))
    connection.execute(table.insert(), {"owner": owner, **key, **said, "entry": entry, "created": now()})


def _of(table: sa.Table, owner: str, key: Key) -> sa.Select[Any]:
    return sa.select(table).where(table.c.owner == owner, *(table.c[name] == value for name, value in key.items()))
