"""Starts, shows and stops runs. One object a process; every method may be called from any thread.

What waits for which engine is ``line``'s: an engine is sent as many as it writes together, so that who waits for whom
is seen there.
"""

import atexit
import logging
import threading
import time
from collections import defaultdict
from dataclasses import replace

from creason_core.errors import RunError, StoreError
from creason_core.model.engines.base import Engine
from creason_core.model.engines.embedded_job import LOAD_SECONDS
from creason_core.model.engines.registry import EngineRegistry
from creason_core.question.kinds import Question
from creason_core.record.codebook import Codebook
from creason_core.runs.held_group import HeldGroup
from creason_core.runs.job import Job
from creason_core.runs.line import JobQueue
from creason_core.runs.ownership import Ownership
from creason_core.runs.pairing import paired_plan
from creason_core.runs.plan import Priority, RunPlan, group_spec, make_plan, repeat_plan, resume_plan, tries_before
from creason_core.runs.views import GroupView, RunView
from creason_core.runs.worker import work
from creason_core.runs.writer import RunWriter
from creason_core.settings import Settings
from creason_core.store.patients.cases import CaseVersion, new_id
from creason_core.store.runs import run_rows
from creason_core.store.runs.live_rows import Ending
from creason_core.store.runs.new_runs import insert_group
from creason_core.store.runs.run_rows import RunGroup
from creason_core.store.runs.series import Place
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now

logger = logging.getLogger(__name__)

ORPHAN_SECONDS = 600.0  # an interactive run that nobody polled for so long is stopped
GRACE_SECONDS = 5.0  # beyond the engine's own deadline
KEPT_SECONDS = 600.0  # an ended group stays in memory for its last polls
_CLOSED = Ending("interrupted", "Interrupted when the app was closed. The text up to then is kept.")


class RunManager:
    """The runs of this process.

    Args:
        db: Where they are rows before anything is sent.
        engines: Those that a run may ask for, or the only one.
        settings: Limits and deadlines.

    Raises:
        StoreError: The database cannot be read or written.
    """

    def __init__(self, db: Database, engines: Engine | EngineRegistry, settings: Settings) -> None:
        self._db = db
        self._settings = settings
        self._engines = engines if isinstance(engines, EngineRegistry) else EngineRegistry({"only": engines})
        self._line = JobQueue(self._engines, settings)
        self._lock = threading.Lock()
        self._groups: dict[str, HeldGroup] = {}
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._closed = False
        self._ownership = Ownership(db, new_id())
        try:
            self.sweep()
        except StoreError:
            self._ownership.release()
            raise
        self._writer = RunWriter(db, self._ownership, self._unstored, self._tidy)
        atexit.register(self.close)

    def start(
        self,
        user: str,
        version: CaseVersion,
        question: Question,
        codebook: Codebook,
        *,
        samples: int,
        idem: str,
        parent_group: str | None = None,
        priority: Priority = "person",
        engine: str = "",
        place: Place | None = None,
    ) -> RunGroup:
        """Queues ``samples`` runs of a question about ``version``; they are stored when this returns.

        The same ``idem`` gives the group started first. A child of ``parent_group`` draws anew: other seeds,
        and a temperature above zero. ``engine`` is the name of the one that is to answer, and no other will; empty:
        whichever answers by default when their turn comes. A batch waits behind all that a person asked, also later,
        and is not stopped where nobody looks. ``place`` is the group's in a series, stored with it.

        Raises:
            RunError: A limit is reached, there is no such engine, or the question is about another case; nothing was
                sent.
            StoreError: It could not be stored; nothing was sent.
        """
        tries, most = tries_before(self._db, user, parent_group), self._settings.max_tokens
        spec = group_spec(
            version, question, codebook, samples=samples, tries=tries, max_tokens=most, parent=parent_group
        )
        spec = replace(spec, engine=engine, batch=priority == "batch")
        return self._queue(user, make_plan(version, question, codebook, spec, place), idem)

    def start_paired(
        self,
        user: str,
        version: CaseVersion,
        question: Question,
        codebook: Codebook,
        *,
        place: Place,
        idem: str,
        priority: Priority = "batch",
    ) -> RunGroup:
        """Queues a question that differs from the group ``place.base_group_id`` in what is shown, and in nothing else.

        As many samples as ended there by themselves, with their seeds, orders of the options, temperature and engine.

        Raises:
            RunError: They cannot be paired (``pairing.paired_plan``), or a limit is reached; nothing was sent.
            StoreError: This user has no such group or series, or it could not be stored; nothing was sent.
        """
        plan = paired_plan(self._db, user, version, question, codebook, place=place, priority=priority)
        return self._queue(user, plan, idem)

    def resume(
        self, user: str, version: CaseVersion, question: Question, codebook: Codebook, run_id: str, *, idem: str
    ) -> RunGroup:
        """Queues a run that goes on from the text of an ended run, as a child of its group; that run stays as it is.

        What is sent ends in the kept text, and the prompt of the new run says so; its own text is what came after.
        The answer is read from both. The same ``idem`` gives the group started first.

        Raises:
            RunError: The run is live or has no text, a limit is reached, or the question is another; nothing was sent.
            StoreError: This user has no such run, or it could not be stored; nothing was sent.
        """
        most = self._settings.max_tokens
        plan = resume_plan(self._db, run_rows.run(self._db, user, run_id), version, question, codebook, max_tokens=most)
        return self._queue(user, plan, idem)

    def repeat(self, user: str, group_id: str, codebook: Codebook, *, idem: str) -> RunGroup:
        """Queues a group's question again with its seeds, as a child of it. The same ``idem`` gives the one first made.

        Raises:
            RunError: The group went on from another run's text, or a limit is reached; nothing was sent.
            StoreError: This user has no such group, or it could not be stored; nothing was sent.
        """
        return self._queue(user, repeat_plan(self._db, user, group_id, codebook), idem)

    def _queue(self, user: str, plan: RunPlan, idem: str) -> RunGroup:
        """Stores a plan and puts its runs in line; the group that ``idem`` started before, where there is one."""
        samples, wish, batch = len(plan.runs), plan.group.engine, plan.group.batch
        with self._lock:
            if self._closed:
                raise RunError("The app is closing.", remedy="Start it again; nothing was sent.")
            turn = self._turns[user]
        self._line.reserve(wish, samples, batch=batch)
        try:
            with turn:  # else the second half of a double click would find the first one not yet queued
                group, fresh = insert_group(
                    self._db, user, plan.group, plan.runs, idem=idem, process=self._ownership.process,
                    most_live=self._settings.runs_per_user, alike=self._line.alike(wish), given=plan.given,
                    place=plan.place,
                )  # fmt: skip
                if group.id not in self._groups:
                    self._enqueue(group, plan, fresh=fresh)
                    logger.info("runs are queued", extra={"group": group.id, "case": group.case_version_id})
        finally:
            self._line.unreserve(wish, samples, batch=batch)
        self._dispatch()
        return group

    def snapshot(self, user: str, group_id: str) -> GroupView:
        """A group and its runs as they are now; from memory while they are live. Cheap enough to poll.

        Raises:
            StoreError: This user has no such group, or the database cannot be read.
        """
        held = self._groups.get(group_id)
        if held is None or held.group.user != user:
            at = now()
            group = run_rows.group(self._db, user, group_id)
            return GroupView(group, tuple(RunView(run, at) for run in run_rows.runs_of(self._db, user, group_id)))
        held.polled = time.monotonic()
        return self._view(held)

    def live(self, user: str) -> tuple[GroupView, ...]:
        """The user's groups that are live in this process, oldest first."""
        views = []
        for held in tuple(self._groups.values()):
            if held.group.user == user and held.live:
                held.polled = time.monotonic()
                views.append(self._view(held))
        return tuple(views)

    def stop(self, user: str, group_id: str) -> None:
        """Stops a group's live runs within a second; ended samples and partial texts are kept.

        Raises:
            StoreError: This user has no such group.
        """
        held = self._groups.get(group_id)
        if held is None or held.group.user != user:
            run_rows.group(self._db, user, group_id)  # says so where it is not theirs; else it has ended
            return
        for job in held.jobs:
            job.stop("you")
        self._dispatch()

    def sweep(self) -> int:
        """Ends the runs that nobody works on any more as interrupted, with the text they had; how many.

        Raises:
            StoreError: The database cannot be read or written.
        """
        return self._ownership.sweep({job.run.id for job in self._unstored()})

    def close(self) -> None:
        """Ends every live run as interrupted, stores all, and stops; safe to call twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        atexit.unregister(self.close)
        for held in tuple(self._groups.values()):
            for job in held.jobs:
                job.end(_CLOSED)
        self._writer.close(patience=10.0)
        self._ownership.release()

    def _enqueue(self, group: RunGroup, plan: RunPlan, *, fresh: bool) -> None:
        """Puts a stored group in line: a new one, or one of this process that a fault kept out when it was stored."""
        runs = run_rows.runs_of(self._db, group.user, group.id)
        if not fresh and not self._ownership.holds(runs):
            return
        jobs = tuple(
            Job(run, request, shown, self._writer.wake)
            for run, request, shown in zip(runs, plan.requests, plan.shown, strict=True)
        )
        with self._lock:
            self._groups[group.id] = HeldGroup(group, jobs)
        self._line.add(jobs, group.engine, batch=group.batch)

    def _dispatch(self) -> None:
        """Starts waiting jobs while their engines have slots."""
        while not self._closed and (job := self._line.next()) is not None:
            threading.Thread(target=self._work, args=(job,), name=f"creason-run-{job.run.id}", daemon=True).start()

    def _work(self, job: Job) -> None:
        try:
            work(job, lambda: self._engines.engine(job.engine))
        finally:
            self._line.left(job)
            self._dispatch()

    def _view(self, held: HeldGroup) -> GroupView:
        at = now()
        ahead = self._line.ahead()
        runs = tuple(RunView(job.view(), at, ahead.get(job.run.id, 0), job.unsaved, job.note) for job in held.jobs)
        return GroupView(held.group, runs)

    def _unstored(self) -> tuple[Job, ...]:
        return tuple(job for held in tuple(self._groups.values()) for job in held.jobs if job.stored is None)

    def _tidy(self) -> None:
        """Stops what nobody watches or what overran, forgets what ended long ago, and sends what may be sent by now."""
        self._dispatch()  # another engine may answer by default than when the latest reply ended
        for group_id, held in tuple(self._groups.items()):
            quiet = time.monotonic() - held.polled
            if not held.live:
                if quiet > KEPT_SECONDS:
                    self._groups.pop(group_id, None)
                continue
            for job in held.jobs:
                longest = self._longest(job)
                if quiet > ORPHAN_SECONDS and not held.group.batch:
                    job.stop("the app, since nobody had looked for 10 minutes,")
                elif job.started and (now() - job.started).total_seconds() > longest + GRACE_SECONDS + (
                    0.0 if job.writes else LOAD_SECONDS  # before that the engine keeps the time: it may be loading
                ):
                    job.overran(longest)

    def _longest(self, job: Job) -> float:
        """How many seconds a job may take, as its engine counts: so many share it, and a slow one is given more."""
        health = self._engines.health(job.engine)
        return self._settings.total_seconds * self._line.together(job.engine) * (health.patience if health else 1.0)
