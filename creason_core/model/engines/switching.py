"""The engine that answers now, and the change to another one while replies are on their way."""

import threading
import time

from creason_core.model.adapters.choosing import Choice, chosen
from creason_core.model.engines.base import Engine, ReadsAhead
from creason_core.model.engines.choose import choose_engine
from creason_core.model.engines.embedded import LOAD_SECONDS
from creason_core.settings import Settings

GRACE_SECONDS = 10.0  # beyond the longest reply


class Switch:
    """Holds the engine for new replies, has it load its model, and follows the choice of model.

    A reply that has begun stays with its engine, which is closed when its longest reply must have ended.

    Raises:
        WeightsError: It cannot be said which weights are to answer.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._choice = self._wanted()
        self._engine = _warm(choose_engine(settings, self._choice))
        self._left: list[tuple[float, Engine]] = []  # when to close it

    @property
    def choice(self) -> Choice | None:
        """What answers, and why; None where recorded replies answer."""
        return self._choice

    def now(self) -> Engine:
        """The engine for a new reply."""
        return self._engine

    def refresh(self) -> None:
        """Changes the engine if another model has been chosen meanwhile; may ask the vLLM server once.

        Raises:
            WeightsError: It cannot be said which weights are to answer; the engine stays.
        """
        with self._lock:
            self._close_left(time.monotonic())
            if (wanted := self._wanted()) != self._choice:
                engine = _warm(choose_engine(self._settings, wanted))
                longest = LOAD_SECONDS + self._settings.total_seconds + GRACE_SECONDS  # it may still be loading
                self._left.append((time.monotonic() + longest, self._engine))
                self._engine, self._choice = engine, wanted

    def close(self) -> None:
        """Closes every engine; safe to call twice."""
        with self._lock:
            self._close_left(float("inf"))
            self._engine.close()

    def _wanted(self) -> Choice | None:
        return None if self._settings.engine == "replay" else chosen(self._settings)

    def _close_left(self, now: float) -> None:
        due = [engine for at, engine in self._left if at <= now]
        self._left = [(at, engine) for at, engine in self._left if at > now]
        for engine in due:
            engine.close()


def _warm(engine: Engine) -> Engine:
    if isinstance(engine, ReadsAhead):
        engine.warm()
    return engine
