"""What a person takes the text of a run to mean, where the model boxed no option.

A reading is the person's, never the model's: the run keeps no letter and no option, so votes, accuracy and
whatever reads runs know nothing of it. One that is changed or taken back is a new row; the newest counts.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.store import audit, fact_rows
from creason_core.store.runs.reveals import value_of_group_shown
from creason_core.store.runs.run_rows import ENDED
from creason_core.store.schema.fact_tables import readings
from creason_core.store.schema.tables import runs
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now


@dataclass(frozen=True, slots=True)
class Reading:
    """A person's reading of a run's text: ``option`` is the canonical index, None where the text means none.

    ``after_reveal`` says whether the recorded value had been shown to the person, beside any run, when it was made.
    """

    run_id: str
    option: int | None
    after_reveal: bool
    made: datetime


def save_reading(db: Database, user: str, run_id: str, option: int | None) -> None:
    """Stores how the user reads the text of an ended run that boxed no option; from now on this reading counts.

    Whether the recorded value had been shown to the user is looked up in the same transaction.

    Raises:
        StoreError: The run is live, has an answer, is not this user's or has no such option; nothing was written.
    """

    def work(connection: sa.Connection) -> None:
        group_id = _group_of(connection, user, run_id, option)
        after = value_of_group_shown(connection, user, group_id)
        _add(connection, user, Reading(run_id, option, after, now()), taken_back=False)

    db.write_as(user, work)


def take_back(db: Database, user: str, run_id: str) -> None:
    """Takes the user's reading of a run back, if there is one.

    Raises:
        StoreError: Nothing was written.
    """

    def work(connection: sa.Connection) -> None:
        reading = _reading(connection, user, run_id)
        if reading is not None:
            _add(connection, user, reading, taken_back=True)

    db.write_as(user, work)


def reading_of(db: Database, user: str, run_id: str) -> Reading | None:
    """The user's reading of a run, or None."""
    with db.read() as connection:
        return _reading(connection, user, run_id)


def _reading(connection: sa.Connection, user: str, run_id: str) -> Reading | None:
    row = fact_rows.newest(connection, readings, user, {"run_id": run_id})
    return None if row is None or row.taken_back else Reading(run_id, row.option, row.after_reveal, row.created)


def _add(connection: sa.Connection, user: str, reading: Reading, *, taken_back: bool) -> None:
    said = {"option": reading.option, "after_reveal": reading.after_reveal, "taken_back": taken_back}
    action = "reading taken back" if taken_back else "reading"
    event = audit.Event(action, "run", reading.run_id, {"none": reading.option is None})
    fact_rows.add(connection, readings, user, {"run_id": reading.run_id}, said=said, event=event)


def _group_of(connection: sa.Connection, user: str, run_id: str, option: int | None) -> str:
    """The group of a run that may be read as ``option``."""
    run = connection.execute(sa.select(runs).where(runs.c.id == run_id, runs.c.owner == user)).first()
    if run is None:
        raise StoreError("missing", "There is no such run among yours.", remedy="Reload the page.")
    if run.status not in ENDED or run.option is not None:
        raise StoreError(
            "conflict", "This run is live or has an answer of its own.", remedy="Reload the page; nothing was changed."
        )
    if option is not None and option not in run.option_order:
        raise StoreError("invalid", "The question has no such option.", remedy="Choose one of those shown.")
    return str(run.group_id)
