"""Keeps the registered engines in step with the choice of model, and with which of them can answer.

A server that comes up after the program's start, or goes down, changes what answers at the next ``refresh``.
"""

import threading
import time

from creason_core.model.adapters.choosing import Choice, chosen
from creason_core.model.engines.base import Engine, ReadsAhead
from creason_core.model.engines.choose import answering, engines_of
from creason_core.model.engines.embedded_job import LOAD_SECONDS
from creason_core.model.engines.registry import EngineRegistry
from creason_core.settings import Settings

GRACE_SECONDS = 10.0  # beyond the longest reply


class Switch:
    """Holds the engines for new replies, has the one that answers load its model, and follows the choice of model.

    A reply that has begun stays with its engine, which is closed when its longest reply must have ended.

    Raises:
        WeightsError: It cannot be said which weights are to answer.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._choice = self._wanted()
        self._engines = engines_of(settings, self._choice)
        self.registry = EngineRegistry(self._engines)
        self._warmed: Engine | None = None
        self._left: list[tuple[float, Engine]] = []  # when to close it
        self._settle()

    @property
    def choice(self) -> Choice | None:
        """What answers, and why; None where recorded replies answer."""
        return self._choice

    def now(self) -> Engine:
        """The engine for a new reply that asks for none in particular."""
        return self.registry.engine()

    def refresh(self) -> None:
        """Looks at every engine, and changes what answers if another model was chosen or an engine came or went.

        Raises:
            WeightsError: It cannot be said which weights are to answer; the engines stay.
        """
        with self._lock:
            self._close_left(time.monotonic())
            try:
                if (wanted := self._wanted()) != self._choice:
                    self._replace(wanted)
            finally:  # whatever the choice, what answers must be there
                self._settle()

    def close(self) -> None:
        """Closes every engine; safe to call twice."""
        with self._lock:
            self._close_left(float("inf"))
            for engine in self.registry.all():
                engine.close()

    def _wanted(self) -> Choice | None:
        return None if self._settings.engine == "replay" else chosen(self._settings)

    def _replace(self, wanted: Choice | None) -> None:
        longest = LOAD_SECONDS + self._settings.total_seconds + GRACE_SECONDS  # it may still be loading
        self._engines, self._choice = engines_of(self._settings, wanted), wanted
        for name, engine in self._engines.items():
            health = self.registry.health(name)
            if (before := self.registry.put(name, engine)) is not None:
                patience = health.patience if health else 1.0
                self._left.append((time.monotonic() + longest * patience, before))

    def _settle(self) -> None:
        """Looks at each engine, says which answers, and has that one load what it needs, also after a fault."""
        healths = {name: self.registry.look(name) for name in self._engines}
        answers = answering(self._engines, healths, self._settings, self._choice)
        self.registry.default = answers
        engine = self._engines[answers]
        if isinstance(engine, ReadsAhead) and not (engine is self._warmed and healths[answers].ready):
            engine.warm()
        self._warmed = engine

    def _close_left(self, now: float) -> None:
        due = [engine for at, engine in self._left if at <= now]
        self._left = [(at, engine) for at, engine in self._left if at > now]
        for engine in due:
            engine.close()
