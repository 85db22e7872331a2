"""What a person takes the text of a run to mean, where the model boxed no option.

A reading is the person's, never the model's: the run keeps no letter and no option, so votes, accuracy and
whatever reads runs know nothing of it. It may be changed or taken back; the audit log tells that it was.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.store import audit
from creason_core.store.run_rows import ENDED
from creason_core.store.tables import drafts, runs
from creason_core.store.transactions import Database
from creason_core.store.types import now
from creason_core.store.upsert import upsert


@dataclass(frozen=True, slots=True)
class Reading:
    """A person's reading of a run's text: ``option`` is the canonical index, None where the text means none.

    ``after_reveal`` says whether the recorded value was on the page when it was made.
    """

    run_id: str
    option: int | None
    after_reveal: bool
    made: datetime


def save_reading(db: Database, user: str, run_id: str, option: int | None, *, after_reveal: bool) -> None:
    """Stores how the user reads the text of an ended run that boxed no option, in place of an earlier reading.

    Raises:
        StoreError: The run is live, has an answer, is not this user's or has no such option; nothing was written.
    """

    def work(connection: sa.Connection) -> None:
        _check(connection, user, run_id, option)
        content = {"option": option, "after_reveal": after_reveal}
        row = {"owner": user, "key": _key(run_id), "content": content, "updated": now()}
        connection.execute(upsert(connection, drafts, row, ("owner", "key")))
        audit.append(connection, user, audit.Event("reading", "run", run_id, {"none": option is None}))

    db.write_as(user, work)


def take_back(db: Database, user: str, run_id: str) -> None:
    """Forgets the user's reading of a run, if there is one."""

    def work(connection: sa.Connection) -> None:
        gone = drafts.delete().where(drafts.c.owner == user, drafts.c.key == _key(run_id))
        if connection.execute(gone).rowcount:
            audit.append(connection, user, audit.Event("reading taken back", "run", run_id))

    db.write_as(user, work)


def reading_of(db: Database, user: str, run_id: str) -> Reading | None:
    """The user's reading of a run, or None."""
    query = sa.select(drafts).where(drafts.c.owner == user, drafts.c.key == _key(run_id))
    with db.read() as connection:
        row = connection.execute(query).first()
    return Reading(run_id, row.content["option"], row.content["after_reveal"], row.updated) if row else None


def _key(run_id: str) -> str:
    return f"reading:{run_id}"


def _check(connection: sa.Connection, user: str, run_id: str, option: int | None) -> None:
    run = connection.execute(sa.select(runs).where(runs.c.id == run_id, runs.c.owner == user)).first()
    if run is None:
        raise StoreError("missing", "There is no such run among yours.", remedy="Reload the page.")
    if run.status not in ENDED or run.option is not None:
        raise StoreError(
            "conflict", "This run is live or has an answer of its own.", remedy="Reload the page; nothing was changed."
        )
    if option is not None and option not in run.option_order:
        raise StoreError("invalid", "The question has no such option.", remedy="Choose one of those shown.")
