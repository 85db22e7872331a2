"""A group of runs in memory while this process works on it."""

import time

from creason_core.runs.job import Job
from creason_core.store.runs.run_rows import RunGroup


class HeldGroup:
    """A group in memory: its jobs, and when a page last looked."""

    def __init__(self, group: RunGroup, jobs: tuple[Job, ...]) -> None:
        self.group = group
        self.jobs = jobs
        self.polled = time.monotonic()

    @property
    def live(self) -> bool:
        """Whether the database has not taken the ending of one of its jobs yet."""
        return any(job.stored is None for job in self.jobs)
