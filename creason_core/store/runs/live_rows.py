"""The writing side of live runs: checkpoints, endings, and which process a live run belongs to."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from creason_core.model.engines.base import FinishReason, ModelIdentity
from creason_core.store import audit
from creason_core.store.runs.run_rows import LIVE, EndedStatus, LiveStatus, Run, run_of
from creason_core.store.schema.tables import processes, runs
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now


@dataclass(frozen=True, slots=True)
class RunProgress:
    """A live run as it stands now."""

    run_id: str
    status: LiveStatus
    text: str
    tokens: int
    identity: ModelIdentity | None
    started: datetime | None
    first_token: datetime | None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended. ``error`` is the sentence to show, empty for a complete answer.

    ``options`` are given where the answer has more than one letter; ``letter`` then lists those. ``logprobs`` are the
    natural-log probabilities of the options in canonical order as next letter after the reply, empty where not asked.
    """

    status: EndedStatus
    error: str = ""
    finish_reason: FinishReason | None = None
    letter: str | None = None
    option: int | None = None
    options: tuple[int, ...] = ()
    logprobs: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class LiveRow:
    """A run that has not ended, and the process that was to end it."""

    run_id: str
    user: str
    process: str
    heartbeat: datetime
    created: datetime


def register_process(db: Database, process: str, *, host: str, pid: int) -> None:
    """Notes that this process runs, so that others leave its runs alone."""
    row = {"id": process, "host": host, "pid": pid, "started": now(), "heartbeat": now()}
    db.write_as(audit.PROGRAM, lambda connection: connection.execute(processes.insert().values(**row)))


def beat(db: Database, process: str) -> None:
    """Notes that this process still runs."""
    beating = processes.update().where(processes.c.id == process).values(heartbeat=now())
    db.write_as(audit.PROGRAM, lambda connection: connection.execute(beating))


def live_rows(db: Database) -> tuple[LiveRow, ...]:
    """Every run of every user that has not ended."""
    query = (
        sa.select(runs.c.id, runs.c.owner, runs.c.process_id, processes.c.heartbeat, runs.c.created)
        .join(processes, runs.c.process_id == processes.c.id)
        .where(runs.c.status.in_(sorted(LIVE)))
    )
    with db.read() as connection:
        return tuple(LiveRow(*row) for row in connection.execute(query))


def checkpoint(db: Database, running: Sequence[RunProgress]) -> None:
    """Stores how far live runs have come; a run that has ended meanwhile stays as it ended.

    Raises:
        StoreError: Nothing was written.
    """

    def work(connection: sa.Connection) -> None:
        for progress in sorted(running, key=lambda item: item.run_id):
            connection.execute(_live(progress.run_id).values(status=progress.status, **_reached(progress)))

    db.write_as(audit.PROGRAM, work)


def finish(db: Database, user: str, last: RunProgress, ending: Ending) -> Run:
    """Ends a run, with its last text; the run as stored, which is another ending where it had ended before.

    Raises:
        StoreError: Nothing was written; the run is still live in the database.
    """

    def work(connection: sa.Connection) -> Run:
        values = {
            "status": ending.status,
            "error": ending.error[:2_000],
            "finish_reason": ending.finish_reason,
            "letter": ending.letter,
            "option": ending.option,
            "options": list(ending.options) or None,
            "logprobs": list(ending.logprobs) or None,
            "ended": now(),
        }
        _end(connection, user, _live(last.run_id).values(**_reached(last), **values), last.run_id, ending.status)
        return run_of(connection.execute(sa.select(runs).where(runs.c.id == last.run_id)).one())

    return db.write_as(user, work)


def interrupt(db: Database, user: str, run_id: str, error: str) -> None:
    """Ends a run that no process works on; its last checkpoint stays.

    Raises:
        StoreError: Nothing was written.
    """
    ended = _live(run_id).values(status="interrupted", error=error, ended=now())
    db.write_as(user, lambda connection: _end(connection, user, ended, run_id, "interrupted"))


def _end(connection: sa.Connection, user: str, statement: sa.Update, run_id: str, status: str) -> None:
    if connection.execute(statement.returning(runs.c.id)).scalar() is not None:
        audit.append(connection, user, audit.Event("run end", "run", run_id, {"status": status}))


def _live(run_id: str) -> sa.Update:
    return runs.update().where(runs.c.id == run_id, runs.c.status.in_(sorted(LIVE)))


def _reached(progress: RunProgress) -> dict[str, object]:
    sent = progress.identity
    return {
        **(asdict(sent) if sent else {}),
        "text": progress.text,
        "tokens": progress.tokens,
        "started": progress.started,
        "first_token": progress.first_token,
    }
