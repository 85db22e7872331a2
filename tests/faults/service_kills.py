"""kill -9 of the store and the run manager at work (``worker``), again and again, and what the database holds then."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from creason_core.model.engines.replay import Replay, scripted
from creason_core.runs import RunManager
from creason_core.settings import Settings
from creason_core.store.upkeep.database import open_store
from tests.bench.clocked_server import ClockedServer
from tests.faults.after_kill import Told, problems

ROOT = Path(__file__).parents[2]
REPLY_TOKENS = 6  # at 20 a second: a reply takes 0.3 s


@dataclass
class Outcome:
    """What a series of kills came to."""

    kills: int = 0
    told: list[Told] = field(default_factory=list)
    found: list[str] = field(default_factory=list)


class QuietServer(ClockedServer):
    """The model server; a request that is cut off by a kill is no news."""

    def handle_error(self, *_: object) -> None:
        """Says nothing."""


def kill_service(folder: Path, kills: int, rng: random.Random) -> Iterator[Outcome]:
    """Kills ``kills`` times on one database in ``folder``; the outcome so far after each."""
    outcome = Outcome()
    url = f"sqlite:///{folder / 'creason.db'}"
    open_store(url, folder).close()
    with QuietServer(REPLY_TOKENS).running() as model, _worker(url, folder, model.url) as worker:
        for number in range(kills):
            outcome.told += _kill_once(worker, f"kill {number}", 2 * (number % 16), rng.uniform(0.05, 1.2))
            outcome.kills += 1
            outcome.found += after_restart(url, folder, outcome.told)
            yield outcome


def after_restart(url: str, folder: Path, told: list[Told]) -> list[str]:
    """What is wrong once the program has started anew on what the kill left."""
    db = open_store(url, folder)
    RunManager(db, Replay(script=[scripted("x")]), Settings(data_dir=folder)).close()
    found = problems(db, told)
    db.close()
    return found


@contextmanager
def _worker(url: str, folder: Path, model: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "tests.faults.worker", url, str(folder), model]
    with (folder / "worker.log").open("w") as log:
        worker = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, bufsize=1
        )
        try:
            yield worker
        finally:
            worker.kill()
            worker.communicate()


def _kill_once(worker: "subprocess.Popen[str]", name: str, more: int, seconds: float) -> list[Told]:
    """Starts a child and kills it ``seconds`` after its first acknowledgement and ``more``; what it had told.

    On a slow machine it would have done nothing yet by the seconds alone.
    """
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write(f"{name}\n")
    lines: Iterator[Any] = map(json.loads, worker.stdout)
    pid = next(int(mark) for kind, mark, _ in lines if kind == "pid")
    told = [Told(*next(lines)) for _ in range(1 + more)]
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    for line in lines:
        if line[0] == "gone":
            return told
        told.append(Told(*line))
    raise AssertionError("the worker itself ended; its log says why")
