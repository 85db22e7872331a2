"""Who waits for whom: one line, and for each engine its slots and its count, so that a slow one holds nobody else back.

A job asks for an engine by name, or for none in particular: that one goes to whichever answers by default when its turn
comes. What a person asked goes before what a batch asks, first come first served among each; either has room of its own
in the line, so that a long batch makes nobody's question refused.
"""

import itertools
import threading
from collections import Counter
from dataclasses import dataclass, field

from creason_core.errors import ModelError, RunError
from creason_core.model.engines.registry import EngineRegistry
from creason_core.runs.job import Job
from creason_core.settings import Settings


@dataclass(order=True, frozen=True, slots=True)
class _Waiting:
    batch: bool
    order: int
    wish: str = field(compare=False)
    job: Job = field(compare=False)


class JobQueue:
    """The jobs that wait, and how many are with each engine. Every method may be called from any thread.

    Args:
        engines: Who they wait for.
        settings: How many generations an engine is sent together at most, whatever it could write, and how many may
            wait for one engine.
    """

    def __init__(self, engines: EngineRegistry, settings: Settings) -> None:
        self._engines = engines
        self._most = settings.runs_at_once
        self._queued = {False: settings.runs_queued, True: settings.batch_runs_queued}
        self._lock = threading.Lock()
        self._order = itertools.count()
        self._waiting: list[_Waiting] = []
        self._reserved = Counter[tuple[str, bool]]()  # runs being stored, which will wait next
        self._active = Counter[str]()
        self._together = Counter[str]()  # the most that were active together since none was

    def reserve(self, wish: str, samples: int, *, batch: bool) -> None:
        """Keeps room for ``samples`` jobs that will wait for an engine.

        Raises:
            RunError: There is no such engine, or as many wait for it as may.
        """
        try:
            self._engines.engine(wish)
        except ModelError as error:
            raise RunError(error.message, remedy=error.remedy) from None
        with self._lock:
            name = wish or self._engines.default
            like = [one for one in self._waiting if one.batch == batch and not one.job.ending]
            waiting = [one for one in like if self._name(one.wish) == name]
            kept = [n for (other, same), n in self._reserved.items() if same == batch and self._name(other) == name]
            queued, most = len(waiting) + sum(kept), self._queued[batch]
            if queued + samples > most:
                raise RunError(
                    f"{queued} run{'' if queued == 1 else 's'}{' of batches' if batch else ''} "
                    f"{'is' if queued == 1 else 'are'} waiting already and at most {most} may.",
                    remedy="Try again in a minute; this one was not sent, and your inputs are kept.",
                )
            self._reserved[wish, batch] += samples

    def alike(self, wish: str) -> tuple[str, ...]:
        """Every wish that goes to the same engine as ``wish``: whoever answers by default can be asked by name too."""
        return ("", self._engines.default) if self._name(wish) == self._engines.default else (wish,)

    def unreserve(self, wish: str, samples: int, *, batch: bool) -> None:
        """Gives the room back: the jobs wait now, or never will."""
        with self._lock:
            self._reserved[wish, batch] -= samples

    def add(self, jobs: tuple[Job, ...], wish: str, *, batch: bool) -> None:
        """Puts jobs at the end of the line."""
        with self._lock:
            self._waiting += [_Waiting(batch, next(self._order), wish, job) for job in jobs]
            self._waiting.sort()

    def next(self) -> Job | None:
        """The first job whose engine has a free slot, which it takes, with ``engine`` set; None where there is none.

        A job whose engine is gone is handed out too, so that it ends in words.
        """
        with self._lock:
            self._waiting = [one for one in self._waiting if not one.job.ending]
            for place, one in enumerate(self._waiting):
                name = self._name(one.wish)
                if self._active[name] < self._slots(name):
                    del self._waiting[place]
                    self._active[name] += 1
                    self._together[name] = max(self._together[name], self._active[name])
                    one.job.engine = name
                    return one.job
            return None

    def left(self, job: Job) -> None:
        """Frees the slot of a job that ``next`` gave."""
        with self._lock:
            self._active[job.engine] -= 1
            if not self._active[job.engine]:
                self._together[job.engine] = 0

    def together(self, name: str) -> int:
        """The most jobs that an engine had at once since it had none; at least 1."""
        with self._lock:
            return max(1, self._together[name])

    def ahead(self) -> dict[str, int]:
        """For each waiting run by its id: how many jobs of the same engine are with it or come before."""
        with self._lock:
            before = Counter(self._active)
            found = {}
            for one in self._waiting:
                if not one.job.ending:
                    name = self._name(one.wish)
                    found[one.job.run.id] = before[name]
                    before[name] += 1
            return found

    def _name(self, wish: str) -> str:
        return wish or self._engines.default

    def _slots(self, name: str) -> int:
        try:
            return min(self._most, self._engines.engine(name).capabilities.slots)
        except ModelError:
            return self._most
