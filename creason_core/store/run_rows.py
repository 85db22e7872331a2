"""Runs as rows: a group is one question asked K times, a run is one of these generations.

The run manager writes here and the pages read. A run's row is there before anything is sent; while it is live
its text is checkpointed, and it ends once: no later write finds a live row to change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast, get_args

import sqlalchemy as sa

from creason_core.errors import RunError, StoreError
from creason_core.model.engines.base import FinishReason, ModelIdentity
from creason_core.store import audit
from creason_core.store.cases import new_id
from creason_core.store.marks import deleted
from creason_core.store.tables import case_versions, run_groups, runs
from creason_core.store.transactions import Database
from creason_core.store.types import clean, now
from creason_core.store.upsert import insert_new

LiveStatus = Literal["queued", "waiting", "streaming", "checking"]
EndedStatus = Literal["complete", "truncated", "unparsed", "stopped", "timeout", "error", "interrupted"]
RunStatus = LiveStatus | EndedStatus
Kind = Literal["mask", "missing"]

LIVE: frozenset[str] = frozenset(get_args(LiveStatus))
ENDED: frozenset[str] = frozenset(get_args(EndedStatus))
JUDGED: frozenset[str] = frozenset(("complete", "truncated", "unparsed"))  # the model said all it would: these vote


@dataclass(frozen=True, slots=True)
class GroupSpec:
    """What is asked. ``question_json`` is the question as it was built, byte for byte.

    ``engine`` is the name of the engine that was asked for, and no other answers; empty: whichever answered by default.
    ``cohort`` is the cohort that it was built with, by name and content hash; empty where nobody said.
    """

    case_version_id: str
    kind: Kind
    question_json: str
    question_id: str
    masked_feature: str
    codebook_hash: str
    design: str
    prompt_version: int
    samples: int
    seed: int
    temperature: float
    max_tokens: int
    parent_group_id: str | None = None
    batch: bool = False
    engine: str = ""
    codebook: str = ""
    cohort: str = ""
    cohort_hash: str = ""


@dataclass(frozen=True, slots=True)
class RunGroup(GroupSpec):
    """A stored group. ``seen`` says whether its owner has opened it since it ended."""

    id: str = ""
    user: str = ""
    seen: bool = False
    created: datetime = datetime.min


@dataclass(frozen=True, slots=True)
class RunSpec:
    """One generation: ``order`` is presented place → canonical option, ``prompt`` the exact text sent."""

    sample: int
    order: tuple[int, ...]
    seed: int
    prompt: str


@dataclass(frozen=True, slots=True)
class Run:
    """A stored run. ``option`` is the canonical index that the answer letter stands for.

    ``identity`` is the model it was sent to, None until it was sent; ``started`` is that moment. ``error`` is
    the sentence to show for an ended run without an answer.
    """

    id: str
    group_id: str
    user: str
    sample: int
    status: RunStatus
    order: tuple[int, ...]
    seed: int
    prompt: str
    text: str
    tokens: int
    finish_reason: FinishReason | None
    letter: str | None
    option: int | None
    error: str
    identity: ModelIdentity | None
    created: datetime
    started: datetime | None
    first_token: datetime | None
    ended: datetime | None

    @property
    def live(self) -> bool:
        """Whether the run may still change."""
        return self.status in LIVE


def furthest(statuses: Sequence[RunStatus]) -> RunStatus:
    """A group in one word: its furthest live state, else complete if any answer is, else the first ending."""
    order: tuple[RunStatus, ...] = ("streaming", "checking", "waiting", "queued", "complete")
    return next((status for status in order if status in statuses), statuses[0])


def insert_group(
    db: Database, user: str, spec: GroupSpec, samples: Sequence[RunSpec], *, idem: str, process: str, most_live: int
) -> tuple[RunGroup, bool]:
    """Stores a group and its queued runs; the second value says whether they are new rather than found again.

    Raises:
        RunError: The user has ``most_live`` live groups already.
        StoreError: The case version is not this user's, the key was used for another question, or nothing
            could be written.
    """

    def work(connection: sa.Connection) -> tuple[str, bool]:
        found = connection.execute(
            sa.select(run_groups.c.id).where(run_groups.c.owner == user, run_groups.c.idem == idem)
        ).scalar()
        if found is not None:
            return found, False
        _check_case(connection, user, spec.case_version_id)
        if not spec.batch:
            _check_limit(connection, user, spec.engine, most_live)
        row = _group_row(spec) | {"id": new_id(), "owner": user, "idem": idem, "seen": False, "created": now()}
        group_id = insert_new(connection, run_groups, row, ("owner", "idem"))
        if group_id != row["id"]:
            return group_id, False
        connection.execute(runs.insert(), [_run_row(user, group_id, process, sample) for sample in samples])
        audit.append(connection, user, audit.Event("run start", "run group", group_id, {"samples": len(samples)}))
        return group_id, True

    group_id, fresh = db.write_as(user, work)
    stored = group(db, user, group_id)
    if stored.question_id != spec.question_id:
        raise StoreError("conflict", "This form already started another question.", remedy="Press Run again.")
    return stored, fresh


def group(db: Database, user: str, group_id: str) -> RunGroup:
    """The group called ``group_id``.

    Raises:
        StoreError: This user has no such group, or the database cannot be read.
    """
    found = _groups(db, user, run_groups.c.id == group_id, limit=1)
    if not found:
        raise StoreError("missing", "There is no such run among yours.", remedy="The address may be old; start anew.")
    return found[0]


def runs_of(db: Database, user: str, group_id: str) -> tuple[Run, ...]:
    """The runs of a group, in sample order; empty where this user has no such group."""
    return _runs(db, runs.c.owner == user, runs.c.group_id == group_id)


def run(db: Database, user: str, run_id: str) -> Run:
    """The run called ``run_id``.

    Raises:
        StoreError: This user has no such run, or the database cannot be read.
    """
    found = _runs(db, runs.c.owner == user, runs.c.id == run_id)
    if not found:
        raise StoreError("missing", "There is no such run among yours.", remedy="The address may be old; start anew.")
    return found[0]


def recent_groups(
    db: Database, user: str, limit: int = 10, *, case_version_id: str | None = None
) -> tuple[RunGroup, ...]:
    """The user's newest groups that are not deleted, newest first; of one case version where it is given."""
    of_case = sa.true() if case_version_id is None else run_groups.c.case_version_id == case_version_id
    return _groups(db, user, sa.and_(of_case, ~deleted(run_groups.c.id)), limit=limit)


def live_groups(db: Database, user: str, limit: int = 50) -> tuple[RunGroup, ...]:
    """The user's groups with a run that has not ended, newest first."""
    return _groups(db, user, _any_live(), limit=limit)


def unread_groups(db: Database, user: str, limit: int = 50) -> tuple[RunGroup, ...]:
    """The user's groups that have ended and were not opened since nor deleted, newest first."""
    unread = sa.and_(~run_groups.c.seen, ~_any_live(), ~deleted(run_groups.c.id))
    return _groups(db, user, unread, limit=limit)


def mark_seen(db: Database, user: str, group_id: str) -> None:
    """Notes that the user has opened an ended group."""
    seen = run_groups.update().where(run_groups.c.owner == user, run_groups.c.id == group_id, ~_any_live())
    db.write_as(user, lambda connection: connection.execute(seen.values(seen=True)))


def _any_live() -> sa.ColumnElement[bool]:
    return sa.exists().where(runs.c.group_id == run_groups.c.id, runs.c.status.in_(sorted(LIVE)))


def _check_case(connection: sa.Connection, user: str, version_id: str) -> None:
    owned = sa.select(case_versions.c.id).where(case_versions.c.id == version_id, case_versions.c.owner == user)
    if connection.execute(owned).first() is None:
        raise StoreError("missing", "There is no such case among yours.", remedy="Open a case from Home.")


def _check_limit(connection: sa.Connection, user: str, engine: str, most_live: int) -> None:
    """Of those that ask for the same engine: what a slow one holds up must not keep another one from being asked."""
    mine = sa.and_(run_groups.c.owner == user, run_groups.c.engine == engine)
    counted = sa.select(sa.func.count()).where(mine, ~run_groups.c.batch, _any_live())
    live = connection.execute(counted.select_from(run_groups)).scalar_one()
    if live >= most_live:
        raise RunError(
            f"You have {live} question{'' if live == 1 else 's'} running, and at most {most_live} may run at a time.",
            remedy="Stop one, or wait until one ends; nothing was sent.",
        )


def _group_row(spec: GroupSpec) -> dict[str, object]:
    return {
        "case_version_id": spec.case_version_id,
        "parent_group_id": spec.parent_group_id,
        "kind": spec.kind,
        "question": clean(spec.question_json),
        "question_id": spec.question_id,
        "masked_feature": spec.masked_feature,
        "codebook": spec.codebook,
        "codebook_hash": spec.codebook_hash,
        "cohort": spec.cohort,
        "cohort_hash": spec.cohort_hash,
        "design": spec.design,
        "prompt_version": spec.prompt_version,
        "samples": spec.samples,
        "seed": spec.seed,
        "temperature": spec.temperature,
        "max_tokens": spec.max_tokens,
        "batch": spec.batch,
        "engine": spec.engine,
    }


def _run_row(user: str, group_id: str, process: str, sample: RunSpec) -> dict[str, object]:
    return {
        "id": new_id(),
        "group_id": group_id,
        "owner": user,
        "process_id": process,
        "sample": sample.sample,
        "status": "queued",
        "option_order": list(sample.order),
        "seed": sample.seed,
        "prompt": sample.prompt,
        "created": now(),
    }


def _groups(db: Database, user: str, condition: sa.ColumnElement[bool], *, limit: int) -> tuple[RunGroup, ...]:
    query = sa.select(run_groups).where(run_groups.c.owner == user, condition)
    with db.read() as connection:
        rows = connection.execute(query.order_by(run_groups.c.created.desc()).limit(limit)).mappings().all()
    return tuple(group_of(row) for row in rows)


def group_of(row: sa.RowMapping) -> RunGroup:
    """The record of a row of ``run_groups``."""
    return RunGroup(
        **{name: row[name] for name in _COPIED},
        kind=cast(Kind, row["kind"]),
        question_json=row["question"],
        user=row["owner"],
    )


_COPIED = tuple(name for name in RunGroup.__dataclass_fields__ if name not in ("kind", "question_json", "user"))


def _runs(db: Database, *conditions: sa.ColumnElement[bool]) -> tuple[Run, ...]:
    with db.read() as connection:
        return tuple(
            run_of(row) for row in connection.execute(sa.select(runs).where(*conditions).order_by(runs.c.sample))
        )


def run_of(row: sa.Row[Any]) -> Run:
    """The record of a row of ``runs``."""
    sent = ModelIdentity.named(row) if row.engine else None
    return Run(
        id=row.id,
        group_id=row.group_id,
        user=row.owner,
        sample=row.sample,
        status=row.status,
        order=tuple(row.option_order),
        seed=row.seed,
        prompt=row.prompt,
        text=row.text,
        tokens=row.tokens,
        finish_reason=row.finish_reason,
        letter=row.letter,
        option=row.option,
        error=row.error,
        identity=sent,
        created=row.created,
        started=row.started,
        first_token=row.first_token,
        ended=row.ended,
    )
