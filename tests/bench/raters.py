"""People who rate runs and save cases: what the measured saves are made of.

A rater goes through ten ended runs of a real question about a public patient, rates each again when the round is
over, and saves a version of the case after every rating. Both are the program's own functions, so a save has its
idempotency key, its checks and its audit entry, and gives back what was stored.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import sqlalchemy as sa

from creason_core.cohort.loading import load_cohort
from creason_core.model.engines.base import ModelIdentity
from creason_core.question.masked_value import build_question
from creason_core.runs.plan import group_spec, make_plan
from creason_core.store import audit
from creason_core.store.patients.cases import CaseVersion, open_public, save_version
from creason_core.store.people.feedback import DOWN_REASONS, Feedback, save_feedback
from creason_core.store.runs.live_rows import Ending, RunProgress, finish, register_process
from creason_core.store.runs.new_runs import insert_group
from creason_core.store.runs.run_rows import runs_of
from creason_core.store.schema.tables import audit as audit_table
from creason_core.store.schema.tables import case_versions, feedback
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now

RUNS = 10
_MODEL = ModelIdentity("vllm", "a model", "0" * 64, "", "")
_COMPLETION = "The record shows a falling pressure and a rising lactate, which speaks for the third option. " * 20
_PROCESS = "raters"


@dataclass
class Rater:
    """One person, whose saves come one after another; ``latest`` maps a run to its newest rating."""

    user: str
    version: CaseVersion
    runs: tuple[str, ...]
    saved: int = 0
    latest: dict[str, str] = field(default_factory=dict)
    _press: Callable[[Database], CaseVersion | Feedback] | None = None

    def save(self, db: Database) -> None:
        """The next save: a rating, then a version of the case, and so on."""
        idem, run = f"save {self.saved}", self.runs[self.saved // 2 % len(self.runs)]
        if self.saved % 2:
            self._press = partial(
                save_version, user=self.user, case=self.version.case, idem=idem, case_id=self.version.case_id,
                parent_id=self.version.id, label=self.version.label, note=f"save {self.saved}",
            )  # fmt: skip
        else:
            self._press = partial(
                save_feedback, user=self.user, run_id=run, idem=idem, thumb="down", reasons=(DOWN_REASONS[0],),
                severity=None, comment="It takes the heart rate for the blood pressure, and argues from it.",
                train_ok=True, supersedes=self.latest.get(run),
            )  # fmt: skip
        stored = self._press(db)
        self.saved += 1
        if isinstance(stored, CaseVersion):
            self.version = stored
        else:
            self.latest[run] = stored.id

    def press_again(self, db: Database) -> None:
        """Presses the button of the last save once more; what was stored first must come back."""
        assert self._press is not None
        stored = self._press(db)
        if stored.id not in (self.version.id, *self.latest.values()):
            raise RuntimeError(f"pressed twice, {self.user} stored twice: {stored.id}")


def raters(db: Database, count: int) -> list[Rater]:
    """``count`` people with a case and ten ended runs each."""
    cohort = load_cohort("rhc-sepsis")
    case = cohort.case(cohort.public[0].patient)
    question = build_question(case, next(iter(case.by_feature)), cohort, seed=7)
    register_process(db, _PROCESS, host="bench", pid=1)
    made = []
    for user in (f"rater {number:03d}" for number in range(count)):
        version = open_public(db, user, cohort.name, case, "Public patient")
        spec = replace(
            group_spec(version, question, cohort.codebook, samples=RUNS, tries=0, max_tokens=512), batch=True
        )
        plan = make_plan(version, question, cohort.codebook, spec)
        group, _ = insert_group(db, user, plan.group, plan.runs, idem="runs", process=_PROCESS, most_live=1)
        runs = tuple(run.id for run in runs_of(db, user, group.id))
        for run in runs:
            progress = RunProgress(run, "checking", _COMPLETION, 400, _MODEL, now(), now())
            finish(db, user, progress, Ending("complete", finish_reason="stop", letter="A", option=0))
        made.append(Rater(user, version, runs))
    return made


def wrongs(db: Database, people: int, saves: int) -> list[str]:
    """What is not as ``saves`` acknowledged saves of ``people`` must leave it: lost or doubled rows, a broken chain."""
    counted = sa.select(sa.func.count())
    with db.read() as connection:
        rows = connection.execute(counted.select_from(feedback)).scalar_one()
        rows += connection.execute(counted.where(case_versions.c.idem.like("save %"))).scalar_one()
        noted = connection.execute(counted.where(audit_table.c.action.in_(("feedback", "case save")))).scalar_one()
    problems = list(audit.verify(db).problems)
    if not rows == saves == noted - people:  # opening a case notes its first version
        problems.append(f"{saves} saves left {rows} rows, and {noted} audit entries beside {people} first versions")
    return problems
