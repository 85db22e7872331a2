"""A record held to a model, value by value: a series with one group for each value that is hidden in turn.

What was planned stands in the series, each value in a group of its own, so a scan that was stopped, or whose model
died, shows what is done, and the rest can be asked. The recorded value stands beside each answer, so every group
counts as revealed from its start: it hides nothing of the record elsewhere.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from creason_core.errors import QuestionError
from creason_core.frozen import Frozen
from creason_core.model.engines.base import ModelIdentity
from creason_core.question.confidence import Vote, count_votes
from creason_core.question.kinds import Question
from creason_core.record.codebook import Codebook
from creason_core.runs.manager import RunManager
from creason_core.store.patients.cases import CaseVersion
from creason_core.store.runs.run_rows import JUDGED
from creason_core.store.runs.scanned import ScannedPoint, scanned, scans_of
from creason_core.store.runs.series import Place, Series, begin_series
from creason_core.store.sql.transactions import Database

PointState = Literal["not asked", "running", "done", "not finished"]


class ScanPlan(Frozen):
    """What a scan asks: each of ``features`` with so many ``samples``, without what was ``hidden`` at that time.

    ``hidden`` are names of features or of values at one time, sorted; ``engine`` is the one that was asked for, empty
    for whichever answers by default.
    """

    features: tuple[str, ...]
    hidden: tuple[str, ...]
    samples: int
    engine: str


class _Hides(Frozen):
    feature: str


@dataclass(frozen=True, slots=True)
class ScanPoint:
    """One value that is hidden, as far as it is; ``asked`` is the newest group that asks for it."""

    position: int
    feature: str
    state: PointState
    asked: ScannedPoint | None = None

    @property
    def vote(self) -> Vote | None:
        """The vote of its samples; None until all of them said what they would."""
        if self.asked is None or self.state != "done":
            return None
        return count_votes([one.option for one in self.asked.samples], len(self.asked.question.options))


@dataclass(frozen=True, slots=True)
class ModelScan:
    """A scan as it stands."""

    series: Series
    plan: ScanPlan
    points: tuple[ScanPoint, ...]

    @property
    def live(self) -> tuple[ScanPoint, ...]:
        """The values that are being asked about, or wait."""
        return tuple(point for point in self.points if point.state == "running")

    @property
    def done(self) -> tuple[ScanPoint, ...]:
        """The values with an answer."""
        return tuple(point for point in self.points if point.state == "done")

    @property
    def left(self) -> tuple[ScanPoint, ...]:
        """The values that have no answer and are not being asked about."""
        return tuple(point for point in self.points if point.state not in ("done", "running"))

    @property
    def identities(self) -> tuple[ModelIdentity, ...]:
        """Who gave the answers; more than one where another model was chosen meanwhile."""
        samples = (one for point in self.done if point.asked for one in point.asked.samples)
        return tuple(dict.fromkeys(one.identity for one in samples if one.identity))


@dataclass(frozen=True, slots=True)
class Scanned:
    """The record that is scanned. ``question`` builds the question about one of its values, as it is to be sent."""

    version: CaseVersion
    codebook: Codebook
    question: Callable[[str], Question]


class ModelScanner:
    """Scans by one user."""

    def __init__(self, manager: RunManager, db: Database, user: str) -> None:
        self._manager = manager
        self._db = db
        self._user = user

    def begin(self, of: Scanned, plan: ScanPlan, count: int, *, idem: str) -> None:
        """Begins a scan and asks about the first ``count`` of its values; the same ``idem`` begins it once.

        Raises:
            QuestionError: Some value cannot be asked about; the others are.
            RunError: The line is full; what was started before goes on.
            StoreError: It could not be stored; what was started before goes on.
        """
        begun = begin_series(self._db, self._user, "scan", plan.model_dump_json(), idem=idem)
        self.go_on(of, self._read(begun, plan), range(count))

    def go_on(self, of: Scanned, found: ModelScan, positions: Collection[int]) -> None:
        """Asks about those of ``positions`` that have no answer and are not being asked about; raises as ``begin``."""
        refused: QuestionError | None = None
        for point in found.left:
            if point.position not in positions:
                continue
            try:
                question = of.question(point.feature)
            except QuestionError as error:  # of one value; the others can be asked about all the same
                refused = error
                continue
            before = point.asked.group_id if point.asked else "first"
            self._manager.start(
                self._user,
                of.version,
                question,
                of.codebook,
                samples=found.plan.samples,
                idem=f"{found.series.id}:{point.position}:{before}",
                priority="batch",
                engine=found.plan.engine,
                place=Place(found.series.id, point.position, _Hides(feature=point.feature).model_dump_json()),
            )
        if refused is not None:
            raise refused

    def stop(self, found: ModelScan) -> None:
        """Stops what is still being asked; the values that are done stay."""
        for point in found.live:
            if point.asked:
                self._manager.stop(self._user, point.asked.group_id)

    def newest(self, version_id: str, hidden: Sequence[str]) -> ModelScan | None:
        """The newest scan of a version that left out just what is ``hidden`` now; None where there is none.

        Raises:
            StoreError: The database cannot be read.
        """
        for begun in scans_of(self._db, self._user, version_id):
            plan = _plan(begun)
            if plan is not None and list(plan.hidden) == sorted(hidden):
                return self._read(begun, plan)
        return None

    def others(self, version_id: str, hidden: Sequence[str]) -> bool:
        """Whether there is a scan of a version that left out something else than what is ``hidden`` now."""
        plans = [_plan(begun) for begun in scans_of(self._db, self._user, version_id)]
        return any(plan is not None and list(plan.hidden) != sorted(hidden) for plan in plans)

    def _read(self, begun: Series, plan: ScanPlan) -> ModelScan:
        asked = {point.position: point for point in scanned(self._db, self._user, begun.id)}
        points = (_point(at, feature, asked.get(at)) for at, feature in enumerate(plan.features))
        return ModelScan(begun, plan, tuple(points))


def _plan(begun: Series) -> ScanPlan | None:
    try:
        return ScanPlan.model_validate_json(begun.plan)
    except ValidationError:  # of a later version of the program
        return None


def _point(position: int, feature: str, asked: ScannedPoint | None) -> ScanPoint:
    if asked is None:
        return ScanPoint(position, feature, "not asked")
    if asked.live:
        return ScanPoint(position, feature, "running", asked)
    whole = bool(asked.samples) and all(one.status in JUDGED for one in asked.samples)
    return ScanPoint(position, feature, "done" if whole else "not finished", asked)
