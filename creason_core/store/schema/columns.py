"""The columns and checks that the tables of the store are made of."""

import sqlalchemy as sa

from creason_core.store.sql.types import CleanText, UTCDateTime


def key_column() -> sa.Column[str]:
    """The random key of a row."""
    return sa.Column("id", CleanText, primary_key=True)


def text_column(name: str, *, default: str | None = "") -> sa.Column[str]:
    """A text that is never NULL; ``default`` is what older rows have."""
    return sa.Column(name, CleanText, nullable=False, server_default=default)


def time_column(name: str, *, nullable: bool = False) -> sa.Column[object]:
    """A moment, in UTC."""
    return sa.Column(name, UTCDateTime, nullable=nullable)


def reference(name: str, target: str, *, nullable: bool = False) -> sa.Column[str]:
    """A key of another table, with an index."""
    return sa.Column(name, CleanText, sa.ForeignKey(target), nullable=nullable, index=True)


def one_of(column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    """That ``column`` holds one of ``values``."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def at_most(column: str, length: int) -> sa.CheckConstraint:
    """That ``column`` has at most ``length`` characters."""
    return sa.CheckConstraint(f"length({column}) <= {length}", name=f"{column}_length")
