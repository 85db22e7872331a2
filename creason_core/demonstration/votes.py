"""Thumbs of an audience, in the demonstration's own database: every press once, and of each guest the last one counts.

The table is no part of the program's schema: a demonstration's database is a file of its own, and goes with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.store.schema.columns import time_column
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import CleanText, now

Thumb = Literal["up", "down"]

_metadata = sa.MetaData()
presses = sa.Table(
    "demo_presses",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("guest", CleanText, nullable=False),
    sa.Column("idem", CleanText, nullable=False),
    sa.Column("run_id", CleanText, nullable=False, index=True),
    sa.Column("thumb", CleanText, nullable=False),
    time_column("created"),
    sa.UniqueConstraint("guest", "idem"),
    sa.CheckConstraint("thumb IN ('up', 'down')", name="thumb_known"),
)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many guests find a reply good and how many do not, and how often they pressed."""

    up: int
    down: int
    pressed: int


def prepare(db: Database) -> None:
    """Makes the table where it is missing. Raises ``StoreError``."""
    with db.write() as connection:
        _metadata.create_all(connection)


def press(db: Database, guest: str, run_id: str, thumb: Thumb, *, idem: str) -> None:
    """Stores what ``guest`` pressed under the reply ``run_id``; the same ``idem`` stores it once.

    Raises:
        StoreError: It is no thumb, or nothing was written.
    """
    if thumb not in ("up", "down"):
        raise StoreError("invalid", f"'{thumb}' is no thumb.", remedy="Press the thumb up or the thumb down.")

    def work(connection: sa.Connection) -> None:
        same = sa.select(presses.c.id).where(presses.c.guest == guest, presses.c.idem == idem)
        if connection.execute(same).first() is None:
            row = {"guest": guest, "idem": idem, "run_id": run_id, "thumb": thumb, "created": now()}
            connection.execute(presses.insert().values(row))

    db.write_as(guest, work)


def pressed(db: Database, guest: str, run_id: str) -> Thumb | None:
    """What ``guest`` pressed last under a reply. Raises ``StoreError``."""
    query = (
        sa.select(presses.c.thumb)
        .where(presses.c.guest == guest, presses.c.run_id == run_id)
        .order_by(presses.c.id.desc())
        .limit(1)
    )
    with db.read() as connection:
        found: Thumb | None = connection.execute(query).scalar()
    return found


def tallies(db: Database) -> Mapping[str, Tally]:
    """Run id → how it was voted for. Raises ``StoreError``."""
    last = sa.select(sa.func.max(presses.c.id)).group_by(presses.c.guest, presses.c.run_id)
    counts = sa.select(presses.c.run_id, presses.c.thumb, sa.func.count()).group_by(presses.c.run_id, presses.c.thumb)
    with db.read() as connection:
        final = {(run, thumb): n for run, thumb, n in connection.execute(counts.where(presses.c.id.in_(last)))}
        every: dict[str, int] = {}
        for run, _, n in connection.execute(counts):
            every[run] = every.get(run, 0) + n
    return {run: Tally(final.get((run, "up"), 0), final.get((run, "down"), 0), n) for run, n in every.items()}
