"""A lock that is given in the order in which it was asked for."""

import threading
from collections import deque


class FairLock:
    """A lock for threads that all get their turn: Python's own may go to the same thread again and again."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Lock] = deque()

    def acquire(self, timeout: float) -> bool:
        """Whether the lock became this thread's within ``timeout`` seconds."""
        with self._guard:
            if not self._held:
                self._held = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=timeout):
            return True
        with self._guard:
            if mine not in self._waiting:
                return True  # it was handed over at the last moment
            self._waiting.remove(mine)
            return False

    def release(self) -> None:
        """Hands the lock to the thread that has waited longest, if any does."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False
