"""Leaves a server that does not answer alone for a while, so that nobody waits for it again and again."""

import time
from collections.abc import Callable

from creason_core.errors import ModelError


class Breaker:
    """Stops asking a server that failed three times in a row, for 15 seconds."""

    FAILURES = 3
    SECONDS = 15.0

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._open_until = 0.0

    def check(self) -> None:
        """Raises ``ModelError`` while the server is left alone."""
        if (left := self._open_until - self._clock()) > 0:
            raise ModelError(
                "unreachable",
                f"The model server failed {self._failures} times in a row and is left alone for {left:.0f} s more.",
                remedy="Your work is saved. Run it again then.",
            )

    def failed(self, error: ModelError) -> None:
        """Counts a server that does not answer; other faults are not its absence."""
        if error.kind in {"unreachable", "timeout"}:
            self._failures += 1
            if self._failures >= self.FAILURES:
                self._open_until = self._clock() + self.SECONDS

    def answered(self) -> None:
        """Forgets earlier failures."""
        self._failures = 0
        self._open_until = 0.0
