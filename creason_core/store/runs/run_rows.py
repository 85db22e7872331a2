"""Runs as rows: a group is one question asked K times, a run is one of these generations.

Here they are read. A run's row is there before anything is sent (``new_runs``); while it is live its text is
checkpointed, and it ends once (``live_rows``): no later write finds a live row to change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast, get_args

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.model.engines.base import FinishReason, Message, ModelIdentity
from creason_core.question.asked import Kind
from creason_core.question.task import continued
from creason_core.store.runs.marks import deleted
from creason_core.store.runs.sent_messages import Sent, sent_of
from creason_core.store.schema.tables import run_groups, runs
from creason_core.store.sql.transactions import Database

LiveStatus = Literal["queued", "waiting", "streaming", "checking"]
EndedStatus = Literal["complete", "truncated", "unparsed", "stopped", "timeout", "error", "interrupted"]
RunStatus = LiveStatus | EndedStatus

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
    """One generation: ``order`` is presented place → canonical option, ``messages`` exactly what is sent."""

    sample: int
    order: tuple[int, ...]
    seed: int
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A stored run. ``option`` is the canonical index that the answer letter stands for.

    A complete answer in prose has the letter "".
    ``sent`` is what was sent. An answer of more than one letter has no ``option``, and ``options`` has all of any.
    ``logprobs`` are the natural-log probabilities of the options in canonical order as the letter after the reply,
    where they were asked for and given; else empty.

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
    sent: Sent
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
    options: tuple[int, ...] = ()
    logprobs: tuple[float, ...] = ()

    @property
    def live(self) -> bool:
        """Whether the run may still change."""
        return self.status in LIVE

    @property
    def prompt(self) -> str:
        """What was sent, as people read it."""
        return self.sent.text

    @property
    def kept(self) -> str:
        """The earlier reply that the run goes on from; empty where it started anew."""
        return continued(self.sent.messages)

    @property
    def reply(self) -> str:
        """The whole reply: what the run went on from, and what it wrote."""
        return self.kept + self.text

    @property
    def shown(self) -> str:
        """What the reply rests on: what was sent, without what the model itself had written before."""
        return self.prompt.removesuffix(self.kept)


def one_model(runs: Sequence[Run]) -> ModelIdentity | None:
    """The model of the samples that said all they would; None without any, or where they are not of one and the same.

    Another one may be chosen, or served, while a group runs.
    """
    found = {run.identity for run in runs if run.status in JUDGED}
    return found.pop() if len(found) == 1 else None


def furthest(statuses: Sequence[RunStatus]) -> RunStatus:
    """A group in one word: its furthest live state, else complete if any answer is, else the first ending."""
    order: tuple[RunStatus, ...] = ("streaming", "checking", "waiting", "queued", "complete")
    return next((status for status in order if status in statuses), statuses[0])


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
    db: Database, user: str, limit: int = 10, *, case_version_id: str | None = None, batch: bool = True
) -> tuple[RunGroup, ...]:
    """The user's newest groups that are not deleted, newest first; of one case version where it is given.

    Without ``batch`` only those that a person asked one by one.
    """
    of_case = sa.true() if case_version_id is None else run_groups.c.case_version_id == case_version_id
    asked = sa.true() if batch else ~run_groups.c.batch
    return _groups(db, user, sa.and_(of_case, asked, ~deleted(run_groups.c.id)), limit=limit)


def live_groups(db: Database, user: str, limit: int = 50) -> tuple[RunGroup, ...]:
    """The user's groups with a run that has not ended, newest first."""
    return _groups(db, user, any_live(), limit=limit)


def unread_groups(db: Database, user: str, limit: int = 50) -> tuple[RunGroup, ...]:
    """The user's groups that have ended and were not opened since nor deleted, newest first; none of a batch."""
    unread = sa.and_(~run_groups.c.seen, ~run_groups.c.batch, ~any_live(), ~deleted(run_groups.c.id))
    return _groups(db, user, unread, limit=limit)


def mark_seen(db: Database, user: str, group_id: str) -> None:
    """Notes that the user has opened an ended group."""
    seen = run_groups.update().where(run_groups.c.owner == user, run_groups.c.id == group_id, ~any_live())
    db.write_as(user, lambda connection: connection.execute(seen.values(seen=True)))


def any_live() -> sa.ColumnElement[bool]:
    """The condition that a group has a run that has not ended."""
    return sa.exists().where(runs.c.group_id == run_groups.c.id, runs.c.status.in_(sorted(LIVE)))


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
        sent=sent_of(row.messages, row.prompt),
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
        options=tuple(row.options or (() if row.option is None else (row.option,))),
        logprobs=tuple(row.logprobs or ()),
    )
