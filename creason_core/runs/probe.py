"""The probe of an answer as runs: a series with one paired group for each value that is hidden in turn.

What was planned stands in the series, each point in its group, so a probe that was stopped, or whose model died, shows
what is done and goes on with the rest.
"""

import hashlib
from dataclasses import dataclass, replace
from typing import Literal

from creason_core.model.engines.base import ModelIdentity
from creason_core.question.confidence import Vote, count_votes
from creason_core.question.kinds import Question
from creason_core.question.probing import Effect, ProbedReply, ProbePlan, Removal, effect, plan_probe, without
from creason_core.record.codebook import Codebook
from creason_core.runs.manager import RunManager
from creason_core.runs.views import GroupView
from creason_core.store.patients.cases import CaseVersion
from creason_core.store.runs.run_rows import JUDGED
from creason_core.store.runs.series import Place, Series, begin_series, points_of, series_of_base
from creason_core.store.sql.transactions import Database

PointState = Literal["not asked", "running", "done", "not finished", "another model"]


@dataclass(frozen=True, slots=True)
class ProbePoint:
    """One value that is hidden, as far as it is. ``group`` is the newest that asked without it."""

    removal: Removal
    state: PointState
    group: GroupView | None = None
    vote: Vote | None = None
    effect: Effect | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """A probe as it stands. ``samples`` is how many calls a point takes."""

    series: Series
    plan: ProbePlan
    points: tuple[ProbePoint, ...]
    samples: int

    @property
    def live(self) -> bool:
        """Whether a point is still being asked."""
        return any(point.state == "running" for point in self.points)

    @property
    def done(self) -> tuple[ProbePoint, ...]:
        """The points that can be read."""
        return tuple(point for point in self.points if point.state == "done")

    @property
    def left(self) -> tuple[ProbePoint, ...]:
        """The points that are not done and not being asked."""
        return tuple(point for point in self.points if point.state not in ("done", "running"))


@dataclass(frozen=True, slots=True)
class Probed:
    """The answer that is probed: the ended group ``base`` of ``question`` about ``version``."""

    version: CaseVersion
    question: Question
    codebook: Codebook
    base: GroupView

    @property
    def samples(self) -> int:
        """How many calls each point takes."""
        return sum(one.run.status in JUDGED for one in self.base.runs)

    @property
    def plan(self) -> ProbePlan:
        """What a new probe would hide; nothing where the answer has no winner or cites no value."""
        vote = self.vote(self.base)
        if vote.winner is None:
            return ProbePlan(removals=())
        runs = [one.run for one in self.base.runs if one.run.status in JUDGED]
        replies = [ProbedReply(run.reply, run.shown, run.option) for run in runs]
        return plan_probe(replies, vote.winner, self.version.case, self.question, self.codebook)

    def without(self, feature: str) -> Question:
        """The question of a point."""
        return without(self.question, feature, self.version.case, self.codebook)

    def vote(self, view: GroupView) -> Vote:
        """The vote of those samples of a group about these options that said all they would."""
        return count_votes(
            [one.run.option for one in view.runs if one.run.status in JUDGED], len(self.question.options)
        )


class Prober:
    """Probes of one user."""

    def __init__(self, manager: RunManager, db: Database, user: str) -> None:
        self._manager = manager
        self._db = db
        self._user = user

    def start(self, probed: Probed, plan: ProbePlan) -> None:
        """Asks every point of ``plan`` that is not done or being asked: a second click asks nothing more.

        Raises:
            RunError: It cannot be paired, or the line is full; what was started before goes on.
            StoreError: It could not be stored; what was started before goes on.
        """
        content, base = plan.model_dump_json(), probed.base.group.id
        idem = f"{base}:{hashlib.sha256(content.encode()).hexdigest()[:16]}"
        begun = begin_series(self._db, self._user, "probe", content, idem=idem, base_group_id=base)
        for position, point in enumerate(self._read(begun, probed).points):
            if point.state in ("done", "running"):
                continue
            before = point.group.group.id if point.group else "first"
            self._manager.start_paired(
                self._user,
                probed.version,
                probed.without(point.removal.without),
                probed.codebook,
                place=Place(begun.id, position, point.removal.model_dump_json(), base),
                idem=f"{begun.id}:{position}:{before}",
            )

    def stop(self, probe: Probe) -> None:
        """Stops what is still being asked; the points that are done stay."""
        for point in probe.points:
            if point.group and point.state == "running":
                self._manager.stop(self._user, point.group.group.id)

    def newest(self, probed: Probed) -> Probe | None:
        """The newest probe of an answer, from the stored rows and what is live; None where there is none.

        Raises:
            StoreError: The database cannot be read.
        """
        base = probed.base.group.id
        known = series_of_base(self._db, self._user, base, "probe")
        mine = next((one for one in known if one.base_group_id == base), None)
        return self._read(mine, probed) if mine else None

    def _read(self, begun: Series, probed: Probed) -> Probe:
        points = points_of(self._db, self._user, begun.id)
        groups = {one.place.position: self._manager.snapshot(self._user, one.group.id) for one in points}
        plan = ProbePlan.model_validate_json(begun.plan)
        read = (_point(removal, groups.get(position), probed) for position, removal in enumerate(plan.removals))
        return Probe(begun, plan, tuple(read), probed.samples)


def _point(removal: Removal, view: GroupView | None, probed: Probed) -> ProbePoint:
    if view is None:
        return ProbePoint(removal, "not asked")
    asked = ProbePoint(removal, "running", view)
    if view.live:
        return asked
    if any(one.run.status not in JUDGED for one in view.runs):
        return replace(asked, state="not finished")
    if _models(view) != _models(probed.base):
        return replace(asked, state="another model")
    after = probed.vote(view)
    return replace(asked, state="done", vote=after, effect=effect(probed.vote(probed.base), after))


def _models(view: GroupView) -> frozenset[ModelIdentity | None]:
    return frozenset(one.run.identity for one in view.runs if one.run.status in JUDGED)
