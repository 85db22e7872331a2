"""What a page sees of a group of runs at one moment: plain frozen data, the same from memory and from the store."""

from dataclasses import dataclass
from datetime import datetime

from creason_core.model.engines.base import ModelIdentity
from creason_core.store.runs.run_rows import Run, RunGroup, RunStatus, furthest

_RATE_SECONDS = 0.5  # tokens per second mean nothing over a shorter time


@dataclass(frozen=True, slots=True)
class RunView:
    """A run at the moment ``at``, with its text so far.

    ``ahead`` counts the runs that start before this one while it is queued. ``unsaved`` is a sentence where
    the run has ended but the database has not taken it yet; its text is safe in memory and tried again. ``note`` says
    what the model is doing before the first word, where it says so.
    """

    run: Run
    at: datetime
    ahead: int = 0
    unsaved: str = ""
    note: str = ""

    @property
    def queued_seconds(self) -> float:
        """How long it waited, or has been waiting, for its turn."""
        return _between(self.run.created, self.run.started or self.run.ended or self.at)

    @property
    def waiting_seconds(self) -> float:
        """How long the model took, or has been taking, until the first token; 0 before it was sent."""
        return _between(self.run.started, self.run.first_token or self.run.ended or self.at)

    @property
    def seconds(self) -> float:
        """How long it has been with the model; 0 before it was sent."""
        return _between(self.run.started, self.run.ended or self.at)

    @property
    def tokens_per_second(self) -> float | None:
        """The pace since the first token; None until it can be told."""
        elapsed = _between(self.run.first_token, self.run.ended or self.at)
        return (self.run.tokens - 1) / elapsed if elapsed >= _RATE_SECONDS and self.run.tokens > 1 else None


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group and its runs, in sample order."""

    group: RunGroup
    runs: tuple[RunView, ...]

    @property
    def live(self) -> bool:
        """Whether any run may still change."""
        return any(view.run.live for view in self.runs)

    @property
    def ended(self) -> int:
        """How many runs have ended."""
        return sum(not view.run.live for view in self.runs)

    @property
    def status(self) -> RunStatus:
        """The group in one word."""
        return furthest([view.run.status for view in self.runs])

    @property
    def identity(self) -> ModelIdentity | None:
        """The model of the first run that was sent, or None."""
        return next((view.run.identity for view in self.runs if view.run.identity), None)


def _between(start: datetime | None, end: datetime) -> float:
    return max((end - start).total_seconds(), 0.0) if start else 0.0
