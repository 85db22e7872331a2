"""How many saves a second PostgreSQL takes on eight connections: ``python -m tests.bench.run --only postgres``.

A private cluster that waits for the disk at every commit (``fsync`` on). Eight people save without a pause in four
processes of two threads, because one Python process would measure its own interpreter lock. Beside it, on the same
cluster and from the same processes, the barest save there is: one INSERT of as many bytes, and COMMIT.
"""

import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import psycopg

from creason_core.store.upkeep.database import open_store
from tests.bench.figures import Figure, figure
from tests.bench.raters import Rater, raters, wrongs
from tests.store.cluster import Cluster

PROCESSES, THREADS = 4, 2
SECONDS = 8.0
ROUNDS = 3
AT_LEAST = 1_000.0

Saved = tuple[list[float], float, list[Rater]]  # seconds of each save, processor time (s), the people afterwards


def measure() -> Iterator[Figure]:
    """Bare inserts and whole saves in turn, and the saves as a share of the inserts."""
    cluster = Cluster(durable=True)
    try:
        yield from _measure(cluster.create("bench"))
    finally:
        cluster.close()


def _measure(url: str) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        db = open_store(url, Path(folder))
        people = raters(db, PROCESSES * THREADS)
        payload = len(people[0].version.case.model_dump_json())
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE bare (id bigserial PRIMARY KEY, content text NOT NULL)")
        bare, saves, waits, busy = [], [], list[float](), 0.0
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
            for _ in range(ROUNDS):
                bare.append(_rate(list(pool.map(_insert, [url] * PROCESSES, [payload] * PROCESSES))))
                shares = [people[k::PROCESSES] for k in range(PROCESSES)]
                done = list(pool.map(_save, [url] * PROCESSES, [folder] * PROCESSES, shares))
                people = [person for _, _, share in done for person in share]
                waits += [wait for seconds, _, _ in done for wait in seconds]
                busy += sum(seconds for _, seconds, _ in done)
                saves.append(_rate(done))
        if problems := wrongs(db, len(people), sum(person.saved for person in people)):
            raise RuntimeError(f"saves were lost or doubled: {'; '.join(problems)}")
        db.close()
    note = (
        f"{PROCESSES} processes of {THREADS} threads, a connection each, fsync on, {ROUNDS} rounds of {SECONDS:.0f} s"
    )
    yield figure(
        "Saves on PostgreSQL, 8 connections", saves, unit="saves/s", goal=AT_LEAST, sense="at least", note=note
    )
    own = f"{busy / len(waits) * 1000:.2f} ms of processor time each in the program, the server's own not counted"
    yield figure("One of these saves", waits, note=own)
    yield figure(f"Bare INSERT of {payload:,} bytes and COMMIT", bare, unit="/s", note="the same cluster and processes")
    ratio = statistics.median(saves) / statistics.median(bare)
    yield figure("Saves for each bare insert", [ratio], unit="x")


def _rate(done: Sequence[Saved]) -> float:
    return sum(len(seconds) for seconds, _, _ in done) / SECONDS


def _save(url: str, folder: str, people: list[Rater]) -> Saved:
    """Saves of ``people``, a thread each, for a while."""
    db = open_store(url, Path(folder))
    for person in people:
        person.save(db)  # connects
    before = time.process_time()
    waits = [wait for seconds in _together([partial(one.save, db) for one in people]) for wait in seconds]
    busy = time.process_time() - before
    for person in people:
        person.press_again(db)
    db.close()
    return waits, busy, people


def _insert(url: str, size: int) -> Saved:
    """Bare inserts of ``size`` characters from as many threads, for as long."""
    connections = [psycopg.connect(url) for _ in range(THREADS)]

    def insert(connection: psycopg.Connection) -> None:
        connection.execute("INSERT INTO bare (content) VALUES (%s)", ("x" * size,))
        connection.commit()

    waits = [wait for seconds in _together([partial(insert, one) for one in connections]) for wait in seconds]
    for connection in connections:
        connection.close()
    return waits, 0.0, []


def _together(works: Sequence[Callable[[], None]]) -> list[list[float]]:
    """Repeats each of ``works`` in a thread of its own for ``SECONDS``; the seconds that each repetition took."""

    def repeat(work: Callable[[], None]) -> list[float]:
        seconds = []
        until = time.perf_counter() + SECONDS
        while (began := time.perf_counter()) < until:
            work()
            seconds.append(time.perf_counter() - began)
        return seconds

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(repeat, works))
