"""Ratings of every user for an export: all of them without their texts, and the texts a few at a time.

Ratings never change, so what ``ratings`` lists is what ``rated_runs`` reads later, and no transaction stays open
between the two. Unlike the rest of the store this reads across users: it serves the operator's commands, not pages.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa
from pydantic import JsonValue

from creason_core.question.asked import Kind
from creason_core.store.people.own_answers import known_order
from creason_core.store.runs.marks import deleted
from creason_core.store.runs.sent_messages import Sent, sent_of
from creason_core.store.schema.tables import case_versions, cases, feedback, human_answers, run_groups, runs
from creason_core.store.sql.transactions import Database

PAGE = 250  # rows whose texts are in memory together


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating without its texts; ``superseded`` where its rater changed it later.

    ``what_if``: the record is a copy with changed values.
    """

    id: str
    owner: str
    thumb: str
    train_ok: bool
    run_status: str
    kind: Kind
    deleted: bool
    superseded: bool
    what_if: bool = False


@dataclass(frozen=True, slots=True)
class RatedRun:
    """A rating with the run, the question and the case that it is about.

    ``question`` is the question as JSON, ``public_key`` "cohort/patient" of a public case, ``own_option`` the
    canonical index that the rater chose themselves (None: skipped, or ``own_created`` is None: never asked), and
    ``own_before_reveal`` whether that was before the recorded value was revealed to them (None: not known).
    """

    rating: str
    owner: str
    created: datetime
    thumb: str
    reasons: list[str]
    severity: str | None
    comment: str
    prompt: str
    messages: JsonValue
    completion: str
    run_status: str
    engine: str
    model: str
    model_hash: str
    adapter: str
    adapter_hash: str
    runtime: str
    precision: str
    seed: int
    option_order: list[int]
    question_id: str
    codebook_hash: str
    prompt_version: int
    design: str
    run: str
    sample: int
    tokens: int
    finish_reason: str | None
    letter: str | None
    option: int | None
    group: str
    kind: str
    masked_feature: str
    question: str
    temperature: float
    max_tokens: int
    case_version: str
    case_hash: str
    source: str
    public_key: str | None
    own_option: int | None
    own_sure: bool | None
    own_before_reveal: bool | None
    own_created: datetime | None

    @property
    def sent(self) -> Sent:
        """What was sent: the columns ``messages`` and ``prompt`` read."""
        return sent_of(self.messages, self.prompt)


def deleted_by_owner() -> sa.ColumnElement[bool]:
    """Whether the owner of a rated run deleted it from their history."""
    return deleted(run_groups.c.id)


def ratings(db: Database, users: Sequence[str] = ()) -> tuple[Rating, ...]:
    """Every rating of ``users`` (empty: of everybody), oldest first.

    Raises:
        StoreError: The database cannot be read.
    """
    later = feedback.alias()
    query = (
        sa.select(feedback.c.id, feedback.c.owner, feedback.c.thumb, feedback.c.train_ok, feedback.c.run_status)
        .add_columns(run_groups.c.kind, deleted_by_owner().label("deleted"))
        .add_columns(sa.exists().where(later.c.supersedes == feedback.c.id).label("superseded"))
        .join(runs, feedback.c.run_id == runs.c.id)
        .add_columns((case_versions.c.source == "what-if").label("what_if"))
        .join(run_groups, runs.c.group_id == run_groups.c.id)
        .join(case_versions, run_groups.c.case_version_id == case_versions.c.id)
        .order_by(feedback.c.created, feedback.c.id)
    )
    if users:
        query = query.where(feedback.c.owner.in_(users))
    with db.read() as connection:
        return tuple(Rating(**row) for row in connection.execute(query).mappings())


def rated_runs(db: Database, ids: Sequence[str]) -> Iterator[RatedRun]:
    """The ratings called ``ids``, in that order, a page of them in memory at a time.

    Raises:
        StoreError: The database cannot be read.
    """
    for start in range(0, len(ids), PAGE):
        page = ids[start : start + PAGE]
        with db.read() as connection:
            rows = connection.execute(_TEXTS.where(feedback.c.id.in_(page))).mappings().all()
        found = {row["rating"]: RatedRun(**row) for row in rows}
        yield from (found[name] for name in page)


_RENAMED: dict[str, sa.ColumnElement[object]] = {
    "rating": feedback.c.id,
    "run": runs.c.id,
    "group": run_groups.c.id,
    "question": run_groups.c.question,
    "case_version": case_versions.c.id,
    "case_hash": case_versions.c.content_hash,
    "own_option": human_answers.c.option,
    "own_sure": human_answers.c.sure,
    "own_before_reveal": known_order(),
    "own_created": human_answers.c.created,
}


def _column(name: str) -> sa.ColumnElement[object]:
    """The column behind a field of ``RatedRun``: a rating's own copy where it has one."""
    if name in _RENAMED:
        return _RENAMED[name]
    return next(table.c[name] for table in (feedback, runs, run_groups, case_versions, cases) if name in table.c)


_TEXTS = (
    sa.select(*(_column(field.name).label(field.name) for field in fields(RatedRun)))
    .select_from(feedback)
    .join(runs, feedback.c.run_id == runs.c.id)
    .join(run_groups, runs.c.group_id == run_groups.c.id)
    .join(case_versions, run_groups.c.case_version_id == case_versions.c.id)
    .join(cases, case_versions.c.case_id == cases.c.id)
    .outerjoin(
        human_answers,
        sa.and_(human_answers.c.group_id == run_groups.c.id, human_answers.c.owner == feedback.c.owner),
    )
)
