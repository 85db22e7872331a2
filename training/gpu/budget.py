"""A training that must end in time: when it stops, and how often it leaves a checkpoint."""

import time
from collections.abc import Callable
from typing import Any

EVERY = 120.0  # seconds between checkpoints


class Budget:
    """Stops before ``until`` (seconds of ``clock``), and has a checkpoint written every ``every`` seconds and then.

    It is one of the callbacks of ``training.grpo.train``.

    It stops after the step behind which one more, as long as the longest so far, and a checkpoint as slow as the
    slowest would end too late.
    """

    def __init__(self, until: float, *, every: float = EVERY, clock: Callable[[], float] = time.monotonic) -> None:
        self._until, self._every, self._clock = until, every, clock
        self._began = self._saved = self._asked = clock()
        self._longest = self._slowest = 0.0
        self.stopped = ""

    def on_train_begin(self, _args: Any, _state: Any, _control: Any, **_: Any) -> None:
        """The first interval begins here, when all is loaded."""
        self._saved = self._clock()

    def on_step_begin(self, _args: Any, _state: Any, _control: Any, **_: Any) -> None:
        """Takes the time."""
        self._began = self._clock()

    def on_step_end(self, _args: Any, state: Any, control: Any, **_: Any) -> None:
        """Says what is to be done behind this step."""
        now = self._clock()
        self._longest = max(self._longest, now - self._began)
        out_of_time = now + self._longest + self._slowest >= self._until
        if out_of_time:
            self.stopped = "the time was used up"
            control.should_training_stop = True
        if out_of_time or now - self._saved + self._longest >= self._every or state.global_step >= state.max_steps:
            control.should_save, self._asked = True, now

    def on_save(self, _args: Any, _state: Any, _control: Any, **_: Any) -> None:
        """The next interval begins when the checkpoint is written."""
        self._saved = self._clock()
        self._slowest = max(self._slowest, self._saved - self._asked)

    def on_train_end(self, _args: Any, _state: Any, _control: Any, **_: Any) -> None:
        """Says why it ended."""
        self.stopped = self.stopped or "every step was done"
