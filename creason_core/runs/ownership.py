"""Which runs nobody works on any more: those of a process that has died.

A process holds a file lock while it lives, which the operating system drops at its death; where that file
cannot be seen (another computer on the same PostgreSQL) a heartbeat in the database speaks for it.
"""

import os
import socket
from collections.abc import Container, Iterable
from datetime import timedelta

from filelock import Timeout

from creason_core.errors import RunError
from creason_core.private import private_folder, private_lock
from creason_core.store.runs.live_rows import LiveRow, beat, interrupt, live_rows, register_process
from creason_core.store.runs.run_rows import Run
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now

HEARTBEAT_SECONDS = 10.0
STALE = timedelta(seconds=60)
LOST = timedelta(seconds=30)
INTERRUPTED = "Interrupted when the app restarted. The text up to then is kept."


class Ownership:
    """This process's claim on its runs, under the name ``process``."""

    def __init__(self, db: Database, process: str) -> None:
        self.process = process
        self._db = db
        self._folder = db.data_dir / "processes"
        private_folder(self._folder)
        self._claim = self._folder / f"{process}.lock"
        self._lock = private_lock(self._claim)
        try:
            self._lock.acquire()
        except Timeout:
            raise RunError(f"The process name {process} is taken.", remedy="Start the program again.") from None
        register_process(db, process, host=socket.gethostname(), pid=os.getpid())

    def beat(self) -> None:
        """Says that this process lives. Raises ``StoreError``."""
        beat(self._db, self.process)

    def sweep(self, mine: Container[str] = ()) -> int:
        """Ends the runs that nobody works on as interrupted; how many there were. Raises ``StoreError``.

        ``mine`` are the runs of this process; one that is not among them half a minute after it was stored
        was never queued, since something failed in between.
        """
        alive: dict[str, bool] = {}
        swept = 0
        for row in live_rows(self._db):
            if row.process == self.process:
                orphaned = row.run_id not in mine and now() - row.created > LOST
            else:
                if row.process not in alive:
                    alive[row.process] = self._lives(row)
                orphaned = not alive[row.process]
            if orphaned:
                interrupt(self._db, row.user, row.run_id, INTERRUPTED)
                swept += 1
        return swept

    def holds(self, runs: Iterable[Run]) -> bool:
        """Whether each of ``runs`` is live, and this process's to end. Raises ``StoreError``."""
        mine = {row.run_id for row in live_rows(self._db) if row.process == self.process}
        return all(run.id in mine for run in runs)

    def release(self) -> None:
        """Gives up the claim; safe to call twice."""
        self._claim.unlink(missing_ok=True)
        self._lock.release()

    def _lives(self, row: LiveRow) -> bool:
        path = self._folder / f"{row.process}.lock"
        if not path.exists():
            return now() - row.heartbeat < STALE
        try:
            with private_lock(path):
                path.unlink(missing_ok=True)
        except Timeout:
            return True
        return False
