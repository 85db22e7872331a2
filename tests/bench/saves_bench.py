"""How long a save takes on SQLite when 64 people save at once: ``python -m tests.bench.run --only saves``.

The load is open: each person's saves are due at moments drawn beforehand (a Poisson process), whether or not the
one before has come back, and a save's latency counts from when it was due. So a store that stalls is charged for
all who wait. Every tenth button is pressed twice.
"""

import random
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from creason_core.errors import CReasonError
from creason_core.store.sql.transactions import Database
from creason_core.store.upkeep.database import open_store
from tests.bench.figures import Figure, figure
from tests.bench.raters import Rater, raters, wrongs

PEOPLE = 64
SECONDS = 15.0
MAX_SECONDS = 0.1
HURRIED = 40  # saves of each person where nobody pauses
_TWICE = 10


@dataclass
class Served:
    """What one person met: seconds from due to stored, and the errors that were shown."""

    waits: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def measure() -> Iterator[Figure]:
    """100 and 200 saves offered each second, then as many as 64 threads can."""
    with tempfile.TemporaryDirectory() as folder:
        db = open_store(f"sqlite:///{folder}/creason.db", Path(folder))
        people = raters(db, PEOPLE)
        for rate, goal in ((100, MAX_SECONDS), (200, None)):
            served = offer(db, people, poisson(rate, SECONDS))
            waits = [wait for one in served for wait in one.waits]
            name = f"Save on SQLite, {rate}/s offered by {PEOPLE} threads"
            yield figure(name, waits, goal=goal, of="p99", note=_note(served))
        began = time.perf_counter()
        served = offer(db, people, [[0.0] * HURRIED] * PEOPLE)
        reached = PEOPLE * HURRIED / (time.perf_counter() - began)
        last = sorted(one.waits[-1] for one in served)
        note = (
            f"{_errors(served)}; of the {PEOPLE} the first was through after {last[0]:.2f} s, the last {last[-1]:.2f} s"
        )
        yield figure("Saves on SQLite, nobody pausing", [reached], unit="saves/s", note=note)
        if problems := wrongs(db, PEOPLE, sum(person.saved for person in people)):
            raise RuntimeError(f"saves were lost or doubled: {'; '.join(problems)}")
        db.close()


def poisson(rate: float, seconds: float) -> list[list[float]]:
    """When each person's saves are due (s from the start): together ``rate`` a second; the same in every run."""
    rng = random.Random(5)
    dues: list[list[float]] = [[] for _ in range(PEOPLE)]
    due = rng.expovariate(rate)
    while due < seconds:
        rng.choice(dues).append(due)
        due += rng.expovariate(rate)
    return dues


def offer(db: Database, people: Sequence[Rater], dues: Sequence[Sequence[float]]) -> list[Served]:
    """What each of ``people`` met, saving at their ``dues`` in a thread of their own."""
    ready = threading.Barrier(len(people))
    start = time.perf_counter() + 0.5

    def sit(person: Rater, due_at: Sequence[float]) -> Served:
        served = Served()
        ready.wait()
        for due in due_at:
            time.sleep(max(0.0, start + due - time.perf_counter()))
            try:
                person.save(db)
                served.waits.append(time.perf_counter() - start - due)
                if person.saved % _TWICE == 0:
                    person.press_again(db)
            except CReasonError as error:
                served.errors.append(str(error))
        return served

    with ThreadPoolExecutor(len(people)) as threads:
        return list(threads.map(sit, people, dues))


def _note(served: Sequence[Served]) -> str:
    medians = [statistics.median(one.waits) for one in served if one.waits]
    worst = max(wait for one in served for wait in one.waits)
    return f"{_errors(served)}; slowest {worst:.3f} s; the median of the worst-served person {max(medians):.3f} s"


def _errors(served: Sequence[Served]) -> str:
    errors = [error for one in served for error in one.errors]
    return f"{len(errors)} errors{f', the first: {errors[0]}' if errors else ''}"
