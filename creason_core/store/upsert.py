"""Inserts that meet an existing row, in the words of both databases."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def insert_new(connection: sa.Connection, table: sa.Table, row: Mapping[str, object], key: Sequence[str]) -> str:
    """Inserts ``row`` unless one with the same ``key`` columns is there; the id of the row that is there now."""
    statement = _insert(connection, table).values(dict(row)).on_conflict_do_nothing(index_elements=key)
    inserted = connection.execute(statement.returning(table.c.id)).scalar()
    if inserted is None:
        same = sa.and_(*(table.c[name] == row[name] for name in key))
        inserted = connection.execute(sa.select(table.c.id).where(same)).scalar_one()
    return str(inserted)


def upsert(connection: sa.Connection, table: sa.Table, row: Mapping[str, object], key: Sequence[str]) -> Any:
    """The statement that inserts ``row``, or replaces the other columns of the row with the same ``key``."""
    statement = _insert(connection, table).values(dict(row))
    return statement.on_conflict_do_update(
        index_elements=key, set_={name: statement.excluded[name] for name in row if name not in key}
    )


def _insert(connection: sa.Connection, table: sa.Table) -> Any:
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
