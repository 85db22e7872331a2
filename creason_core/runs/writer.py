"""The thread that writes jobs to the database: checkpoints, endings, heartbeats, and what nobody watches.

Workers and pages never wait for the database. An ending that cannot be written stays in memory with a sentence
that says so, and is tried again until it is.
"""

import logging
import threading
import time
from collections.abc import Callable

from creason_core.errors import StoreError
from creason_core.runs.job import Job
from creason_core.runs.ownership import HEARTBEAT_SECONDS, Ownership
from creason_core.store.runs.live_rows import checkpoint, finish
from creason_core.store.sql.transactions import Database

logger = logging.getLogger(__name__)

TICK_SECONDS = 0.25
RETRY_SECONDS = 2.0


class RunWriter:
    """Writes the jobs that ``jobs`` lists; calls ``tidy`` at every heartbeat."""

    def __init__(
        self, db: Database, ownership: Ownership, jobs: Callable[[], tuple[Job, ...]], tidy: Callable[[], None]
    ) -> None:
        self._db = db
        self._ownership = ownership
        self._jobs = jobs
        self._tidy = tidy
        self._due = threading.Event()
        self._closing = False
        self._beat_at = time.monotonic()
        self._retry_at: dict[str, float] = {}
        self._checkpoints_from = 0.0
        self._thread = threading.Thread(target=self._run, name="creason-writer", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Something changed that should be written soon."""
        self._due.set()

    def close(self, patience: float) -> None:
        """Writes what is left, for at most ``patience`` seconds, and ends the thread."""
        self._closing = True
        self._due.set()
        self._thread.join(patience)

    def _run(self) -> None:
        while True:
            self._due.wait(TICK_SECONDS)
            self._due.clear()
            try:
                self._write()
                self._housekeep()
            except StoreError as error:
                logger.warning("the run manager could not write", extra={"outcome": error.kind})
                self._checkpoints_from = time.monotonic() + RETRY_SECONDS
            except Exception:
                logger.exception("the run manager's writer failed; it goes on")
            if self._closing and not any(job.ending and not job.stored for job in self._jobs()):
                return

    def _write(self) -> None:
        jobs = self._jobs()
        for job in jobs:
            if job.ending and not job.stored and self._retry_at.get(job.run.id, 0.0) <= time.monotonic():
                self._finish(job)
        due = [job for job in jobs if job.checkpoint_due]
        if due and self._checkpoints_from <= time.monotonic():
            progress = [job.progress() for job in due]
            checkpoint(self._db, progress)
            for job, reached in zip(due, progress, strict=True):
                job.saved(reached)

    def _finish(self, job: Job) -> None:
        """Stores an ending, or notes in words why it has to wait."""
        assert job.ending is not None
        try:
            stored = finish(self._db, job.run.user, job.progress(), job.ending)
        except StoreError as error:
            logger.warning("a run has ended but is not stored yet", extra={"run": job.run.id, "outcome": error.kind})
            job.unsaved = (
                f"The model has finished, but the answer could not be saved yet: {error.message} "
                "The text is kept in memory and saving is tried again every 2 s; keep the app running."
            )
            self._retry_at[job.run.id] = time.monotonic() + RETRY_SECONDS
            return
        job.unsaved = ""
        self._retry_at.pop(job.run.id, None)
        job.stored = stored
        took = (stored.ended - stored.started).total_seconds() if stored.started and stored.ended else None
        told = {"run": stored.id, "group": stored.group_id, "seconds": took, "tokens": stored.tokens}
        model = stored.identity.model if stored.identity else None
        logger.info("a run has ended", extra={**told, "model": model, "outcome": stored.status})

    def _housekeep(self) -> None:
        if time.monotonic() - self._beat_at >= HEARTBEAT_SECONDS:
            self._beat_at = time.monotonic()
            self._tidy()
            self._ownership.beat()
            self._ownership.sweep({job.run.id for job in self._jobs()})
