"""Inserts that meet an existing row, in the words of both databases."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def insert_new(connection: sa.Connection, table: sa.Table, row: Mapping[str, object], key: Sequence[str]) -> str:
    """Inserts ``row`` unless one with the same ``key`` columns is there; the id of the row that is there now."""
    insert, find = _inserting(connection.dialect.name, table, tuple(key))
    inserted = connection.execute(insert, dict(row)).scalar()
    if inserted is None:
        inserted = connection.execute(find, {name: row[name] for name in key}).scalar_one()
    return str(inserted)


def add_new(connection: sa.Connection, table: sa.Table, row: Mapping[str, object], key: Sequence[str]) -> bool:
    """Inserts ``row`` unless one with the same ``key`` columns is there; whether it was inserted."""
    insert = _insert(connection.dialect.name, table).values(dict(row)).on_conflict_do_nothing(index_elements=key)
    return connection.execute(insert.returning(*(table.c[name] for name in key))).first() is not None


def upsert(connection: sa.Connection, table: sa.Table, row: Mapping[str, object], key: Sequence[str]) -> Any:
    """The statement that inserts ``row``, or replaces the other columns of the row with the same ``key``."""
    statement = _insert(connection.dialect.name, table).values(dict(row))
    return statement.on_conflict_do_update(
        index_elements=key, set_={name: statement.excluded[name] for name in row if name not in key}
    )


@cache
def _inserting(dialect: str, table: sa.Table, key: tuple[str, ...]) -> tuple[Any, Any]:
    """The insert and the look-up by ``key``, built once: building a statement costs more than running it."""
    insert = _insert(dialect, table).on_conflict_do_nothing(index_elements=key).returning(table.c.id)
    return insert, sa.select(table.c.id).where(*(table.c[name] == sa.bindparam(name) for name in key))


def _insert(dialect: str, table: sa.Table) -> Any:
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)
