"""Where pages ask for scans: one thread works, a page sees how far it is, and Stop keeps what is done.

A scan is waiting, going, failed or there. What is there is kept in memory, so that a second look is instant; of one
that was stopped the rest can be asked for, and what was fitted for its first part is not fitted again.
"""

import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from creason_core.cohort.cohort import Cohort
from creason_core.evaluation.second_opinion.desk import Failed, ended, of_cohort
from creason_core.evaluation.second_opinion.surprise import Scan, Surprise, scan
from creason_core.record.case import PatientCase

MOST = 50  # scans kept; one has some ten kB
_ENDING = "The program is ending, so the record is not looked at. Open it again later."


@dataclass(frozen=True, slots=True)
class Going:
    """``done`` of ``count`` values are looked at; ``waiting``: another scan is before it, and nothing is yet.

    ``found`` are those with a surprise so far, by falling surprise.
    """

    done: int
    count: int
    waiting: bool
    found: tuple[Surprise, ...] = ()


ScanState = Going | Failed | Scan


@dataclass
class _Asked:
    """A scan that was asked for, and what its thread and its reader tell each other."""

    stop: threading.Event = field(default_factory=threading.Event)
    at: tuple[int, int] = (0, 0)
    found: tuple[Surprise, ...] = ()
    future: "Future[Scan] | None" = None

    def tell(self, done: int, count: int) -> None:
        self.at = done, count

    def add(self, one: Surprise) -> None:
        self.found = tuple(sorted((*self.found, one), key=lambda each: -each.bits))


class ScanDesk:
    """Scans for every session of a process; safe to use from several threads. What ``user`` stops is their own."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scan")
        self._asked: OrderedDict[tuple[str, ...], _Asked] = OrderedDict()
        self._lock = threading.Lock()
        self._closed = False

    def ask(self, case: PatientCase, cohort: Cohort, user: str, *, patience: float = 0.0) -> ScanState:
        """The scan of ``case``, or how far it is; the first call begins it. ``patience``: seconds to wait for it."""
        key = _key(case, cohort, user)
        with self._lock:
            asked = self._asked.get(key)
            if asked is None:
                if self._closed:
                    return Failed(_ENDING)
                asked = _Asked()
                asked.future = self._worker.submit(
                    scan,
                    case,
                    cohort,
                    folder=self._folder,
                    progress=asked.tell,
                    tell=asked.add,
                    stop=asked.stop.is_set,
                )
                self._asked[key] = asked
                self._drop()
            self._asked.move_to_end(key)
        assert asked.future is not None
        wait([asked.future], timeout=patience)
        return _state(asked)

    def stop(self, case: PatientCase, cohort: Cohort, user: str) -> None:
        """Ends a scan after the value that it is at; nothing happens where none is going."""
        with self._lock:
            if asked := self._asked.get(_key(case, cohort, user)):
                asked.stop.set()

    def forget(self, case: PatientCase, cohort: Cohort, user: str) -> None:
        """What was told is no longer kept: the next ``ask`` begins anew."""
        with self._lock:
            if asked := self._asked.pop(_key(case, cohort, user), None):
                asked.stop.set()

    def close(self) -> None:
        """Begins nothing more and ends what is going after the value that it is at. Safe to call twice."""
        with self._lock:
            self._closed = True
            for asked in self._asked.values():
                asked.stop.set()
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _drop(self) -> None:
        over = max(0, len(self._asked) - MOST)
        for key in [key for key, one in self._asked.items() if one.future and one.future.done()][:over]:
            del self._asked[key]


def _key(case: PatientCase, cohort: Cohort, user: str) -> tuple[str, ...]:
    return *of_cohort(cohort), case.content_hash, user


def _state(asked: _Asked) -> ScanState:
    assert asked.future is not None
    if not asked.future.done():
        return Going(*asked.at, waiting=not asked.future.running(), found=asked.found)
    return ended(asked.future, _ENDING, "a scan", "The record could not be looked at")
