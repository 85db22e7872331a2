"""Local antibiograms in the store: added whole or not at all, never changed. A newer one supersedes; both stay.

Whoever may add them is decided before anything here is called, and so is what a table must hold.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

import sqlalchemy as sa

from creason_core.store import audit
from creason_core.store.schema.antibiogram_tables import antibiogram_rows, antibiograms
from creason_core.store.sql.transactions import Database

MAX_NAME = 200
FEW = 30  # isolates: below it a share says little (CLSI M39, which asks for 30 or more)
_CHANGING = "*antibiograms*"  # whose lock keeps two additions apart
_AT_ONCE = 400  # rows of one statement


@dataclass(frozen=True, slots=True)
class AntibiogramRow:
    """How many isolates of ``organism`` were tested against ``drug``, and the share (0 to 1) that was susceptible."""

    n: int
    organism: str
    drug: str
    tested: int
    share: float

    @property
    def few(self) -> bool:
        """Whether the share rests on too few isolates."""
        return self.tested < FEW


@dataclass(frozen=True, slots=True)
class Antibiogram:
    """A table of a hospital or ward (``title``) over the days of its period, both included."""

    id: str
    sha256: str
    file_name: str
    title: str
    start: date
    end: date
    added_by: str
    created: datetime


def add_antibiogram(
    db: Database,
    made: Antibiogram,
    rows: Sequence[AntibiogramRow],
    refuse: Callable[[Sequence[Antibiogram]], None],
) -> None:
    """Adds an antibiogram with its rows; ``refuse`` is shown all that are there, and raises if it may not come.

    Raises:
        StoreError: Nothing was written.
    """

    def work(connection: sa.Connection) -> None:
        every = _all(connection)
        if any(one.id == made.id for one in every):
            return  # it was written, and the answer was lost
        refuse(every)
        row = {"id": made.id, "sha256": made.sha256, "file_name": made.file_name, "title": made.title,
               "period_start": made.start.isoformat(), "period_end": made.end.isoformat(),
               "added_by": made.added_by, "created": made.created}  # fmt: skip
        connection.execute(antibiograms.insert(), row)
        for at in range(0, len(rows), _AT_ONCE):
            some = [{"antibiogram_id": made.id, **asdict(one)} for one in rows[at : at + _AT_ONCE]]
            connection.execute(antibiogram_rows.insert(), some)
        detail: audit.Detail = {"sha256": made.sha256, "rows": len(rows)}
        audit.append(connection, made.added_by, audit.Event("antibiogram added", "antibiogram", made.id, detail))

    db.write_as(_CHANGING, work)


def antibiograms_in(db: Database) -> tuple[Antibiogram, ...]:
    """Every antibiogram, in the order in which they were added.

    Raises:
        StoreError: The database cannot be read.
    """
    with db.read() as connection:
        return _all(connection)


def rows_of(db: Database, antibiogram_id: str) -> tuple[AntibiogramRow, ...]:
    """The rows of an antibiogram, in the file's order; empty where there is none."""
    query = sa.select(*(antibiogram_rows.c[name] for name in AntibiogramRow.__slots__))
    query = query.where(antibiogram_rows.c.antibiogram_id == antibiogram_id).order_by(antibiogram_rows.c.n)
    with db.read() as connection:
        return tuple(AntibiogramRow(*row) for row in connection.execute(query))


def _all(connection: sa.Connection) -> tuple[Antibiogram, ...]:
    query = sa.select(antibiograms).order_by(antibiograms.c.created, antibiograms.c.id)
    return tuple(
        Antibiogram(row.id, row.sha256, row.file_name, row.title, date.fromisoformat(row.period_start),
                    date.fromisoformat(row.period_end), row.added_by, row.created)
        for row in connection.execute(query)
    )  # fmt: skip
