"""Scans of a record by a model, as their rows tell them: one query each, however many values were asked about."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from creason_core.model.engines.base import ModelIdentity
from creason_core.question.kinds import Question, read_question
from creason_core.store.runs.marks import deleted
from creason_core.store.runs.run_rows import LIVE, RunStatus
from creason_core.store.runs.series import Series
from creason_core.store.schema.fact_tables import series, series_points
from creason_core.store.schema.tables import run_groups, runs
from creason_core.store.sql.transactions import Database

_READ = (
    "group_id", "status", "option", "error",
    "engine", "model", "model_hash", "adapter", "adapter_hash", "runtime", "precision",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScannedSample:
    """One sample: how far it is, the option that it chose (canonical index or None), and who answered, once known."""

    status: RunStatus
    option: int | None
    error: str
    identity: ModelIdentity | None


@dataclass(frozen=True, slots=True)
class ScannedPoint:
    """The newest group of a place of a scan, with its samples in order."""

    position: int
    group_id: str
    question: Question
    samples: tuple[ScannedSample, ...]

    @property
    def live(self) -> bool:
        """Whether any sample may still change."""
        return any(sample.status in LIVE for sample in self.samples)


def scans_of(db: Database, user: str, version_id: str) -> tuple[Series, ...]:
    """The user's scans of a case version by a model, newest first; not those whose questions are all deleted.

    Raises:
        StoreError: The database cannot be read.
    """
    of_version = sa.exists().where(
        series_points.c.owner == user,
        series_points.c.series_id == series.c.id,
        series_points.c.group_id == run_groups.c.id,
        run_groups.c.case_version_id == version_id,
        ~deleted(run_groups.c.id),
    )
    query = sa.select(series).where(series.c.owner == user, series.c.kind == "scan", of_version)
    with db.read() as connection:
        rows = connection.execute(query.order_by(series.c.entry.desc())).all()
    return tuple(Series(row.id, row.owner, row.kind, row.plan, row.base_group_id, row.created) for row in rows)


def scanned(db: Database, user: str, series_id: str) -> tuple[ScannedPoint, ...]:
    """What was asked of a scan's values, in the order of their places; deleted questions are left out.

    Raises:
        StoreError: The database cannot be read.
    """
    point = series_points.c
    placed = (
        sa.select(point.position, point.group_id, run_groups.c.question)
        .join(run_groups, run_groups.c.id == point.group_id)
        .where(point.owner == user, run_groups.c.owner == user, point.series_id == series_id)
        .where(~deleted(run_groups.c.id))
        .order_by(point.position, point.entry)
    )
    with db.read() as connection:
        newest = {row.position: row for row in connection.execute(placed)}
        groups = [row.group_id for row in newest.values()]
        asked = sa.select(*runs.c[*_READ]).where(runs.c.owner == user, runs.c.group_id.in_(groups))
        samples: dict[str, list[ScannedSample]] = {group_id: [] for group_id in groups}
        for row in connection.execute(asked.order_by(runs.c.sample)):
            samples[row.group_id].append(_sample(row))
    return tuple(
        ScannedPoint(position, row.group_id, _question(row.question), tuple(samples[row.group_id]))
        for position, row in sorted(newest.items())
    )


@lru_cache(maxsize=512)  # a page that looks every second reads the same ones
def _question(stored: str) -> Question:
    return read_question(stored)


def _sample(row: sa.Row[Any]) -> ScannedSample:
    identity = ModelIdentity.named(row) if row.engine else None
    return ScannedSample(row.status, row.option, row.error, identity)
