"""How patient each of this program's requests at one server is.

A deadline is meant for one request alone. A server that takes up several at once needs at most as many times as long
for each, so a crowd that the program makes itself (samples of a question, an evaluation) is slow and not broken:
``Limits.beside``. What others send to the same server is not known here.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from creason_core.errors import ModelError
from creason_core.model.engines.limits import Limits


class CrowdPlace:
    """One request that is under way, and its deadline, which moves on when others join and when text arrives."""

    def __init__(self, limits: Limits, deadline: asyncio.Timeout) -> None:
        self._limits = limits
        self._deadline = deadline
        self._started = self._latest = time.monotonic()
        self._others = 0  # the most since the latest text
        self._most = 0  # the most ever
        self.any_token = False

    def among(self, others: int) -> None:
        """So many others are under way now."""
        self._others, self._most = max(others, self._others), max(others, self._most)
        self._move()

    def wrote(self, others: int) -> None:
        """Text arrived."""
        self._latest, self._others, self.any_token = time.monotonic(), others, True
        self._move()

    @property
    def seconds(self) -> float:
        """How long it may take to begin."""
        return self._in_force().first_token

    def late(self) -> ModelError:
        """The fault for the deadline that has passed."""
        return self._in_force().late(self._started, time.monotonic(), self.any_token)

    def _in_force(self) -> Limits:
        return self._limits.beside(self._others, self._most)

    def _move(self) -> None:
        left = self._in_force().next_deadline(self._started, self._latest, self.any_token) - time.monotonic()
        self._deadline.reschedule(asyncio.get_running_loop().time() + left)


class Crowd:
    """The requests that are under way at one server; its methods are called on one event loop."""

    def __init__(self) -> None:
        self._counted: set[CrowdPlace] = set()
        self._uncounted: set[CrowdPlace] = set()

    def __len__(self) -> int:
        return len(self._counted)

    @asynccontextmanager
    async def place(self, limits: Limits, *, counted: bool = True) -> AsyncIterator[CrowdPlace]:
        """A block of code that is one request.

        Args:
            limits: Those of a request alone.
            counted: Whether it keeps others waiting: a generation does, a question of a few bytes does not.

        Raises:
            TimeoutError: Its deadline passed.
        """
        mine = self._counted if counted else self._uncounted
        async with asyncio.timeout(None) as deadline:
            place = CrowdPlace(limits, deadline)
            mine.add(place)
            self._tell()
            try:
                yield place
            finally:
                mine.discard(place)

    def others(self, place: CrowdPlace) -> int:
        """How many counted requests are under way beside ``place``."""
        return len(self._counted) - (place in self._counted)

    def _tell(self) -> None:
        for place in (*self._counted, *self._uncounted):
            place.among(self.others(place))
