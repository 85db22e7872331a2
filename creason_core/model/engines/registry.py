"""The engines of this process: which there are, what each can do, how each is, and which answers by default.

Nothing here waits but ``look``. Which engines an installation has is ``choose``'s to say, and when another one takes
over ``switching``'s.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from creason_core.errors import ModelError
from creason_core.model.engines.base import Capabilities, Engine, EngineHealth, EngineState


@dataclass(frozen=True, slots=True)
class Since:
    """Since when an engine is in its present state, as far as this program saw it; ``longer``: or before that."""

    state: EngineState
    at: datetime
    longer: bool


@dataclass(frozen=True, slots=True)
class Registered:
    """An engine as it was when last looked at. ``answers``: whoever asks for none in particular gets this one.

    ``seen``: it could be asked at some look since the start of the program.
    """

    name: str
    capabilities: Capabilities
    health: EngineHealth
    answers: bool
    since: Since
    seen: bool


class EngineRegistry:
    """Engines by name, in order of preference. Every method may be called from any thread.

    Args:
        engines: By the names under which a run asks for them; the first answers by default until ``default`` is set.

    Raises:
        ValueError: There is none, or one has no name.
    """

    def __init__(self, engines: Mapping[str, Engine]) -> None:
        if not engines or "" in engines:
            raise ValueError("A registry holds at least one engine, each with a name.")
        self._lock = threading.Lock()
        self._engines = dict(engines)
        self._health: dict[str, EngineHealth] = {}
        self._since: dict[str, Since] = {}
        self._seen: set[str] = set()
        self._default = next(iter(engines))

    @property
    def names(self) -> tuple[str, ...]:
        """The names that a run may ask for."""
        with self._lock:
            return tuple(self._engines)

    @property
    def default(self) -> str:
        """The name of the engine that answers whoever asks for none in particular."""
        return self._default

    @default.setter
    def default(self, name: str) -> None:
        self.engine(name)
        self._default = name

    def engine(self, wish: str = "") -> Engine:
        """The engine called ``wish``; for "" the one that answers by default.

        Raises:
            ModelError: There is none of that name: no other one takes its place.
        """
        with self._lock:
            found = self._engines.get(wish or self._default)
            there_is = ", ".join(self._engines)
        if found is None:
            raise ModelError(
                "rejected",
                f"The engine {wish!r} was asked for, and there is none of that name; there is: {there_is}.",
                remedy="Nothing was sent to another one. Ask one of these, or none in particular.",
                retryable=False,
            )
        return found

    def put(self, name: str, engine: Engine) -> Engine | None:
        """Registers ``engine``; the one that had the name before, which is the caller's to close."""
        with self._lock:
            before = self._engines.get(name)
            self._engines[name] = engine
            self._health.pop(name, None)
            self._since.pop(name, None)
            return before

    def remove(self, name: str) -> Engine:
        """Takes an engine out, which is the caller's to close.

        Raises:
            ModelError: There is none of that name.
            ValueError: It answers by default.
        """
        found = self.engine(name)
        if name == self._default:
            raise ValueError(f"{name!r} answers by default; set another default first.")
        with self._lock:
            del self._engines[name]
            self._health.pop(name, None)
            self._since.pop(name, None)
            self._seen.discard(name)
        return found

    def look(self, name: str = "") -> EngineHealth:
        """Asks an engine how it is, for at most its connect deadline. Raises ``ModelError`` where there is none."""
        name = name or self._default
        engine = self.engine(name)
        health = engine.health()
        with self._lock:
            if self._engines.get(name) is engine:
                self._health[name] = health
                before = self._since.get(name)
                if before is None or before.state != health.state:
                    self._since[name] = Since(health.state, datetime.now(UTC), longer=before is None)
                if health.ready:
                    self._seen.add(name)
        return health

    def health(self, name: str = "") -> EngineHealth | None:
        """How an engine was when last looked at; None before that, or where there is none of that name."""
        with self._lock:
            return self._health.get(name or self._default)

    def registered(self) -> tuple[Registered, ...]:
        """Every engine that was looked at, in order of preference."""
        with self._lock:
            return tuple(
                Registered(
                    name,
                    engine.capabilities,
                    self._health[name],
                    name == self._default,
                    self._since[name],
                    name in self._seen,
                )
                for name, engine in self._engines.items()
                if name in self._health
            )

    def all(self) -> tuple[Engine, ...]:
        """Every engine."""
        with self._lock:
            return tuple(self._engines.values())
