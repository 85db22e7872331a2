"""The list of what a user asked: one page of groups at a time, searched and filtered by the database.

A page costs three queries, however long the history is; prompts and texts are not read for it (``records`` does).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, cast

import sqlalchemy as sa

from creason_core.question.asked import Kind
from creason_core.question.confidence import Vote, count_votes
from creason_core.question.kinds import Question, read_question
from creason_core.store.people.feedback import Thumb
from creason_core.store.runs.given_texts import was_given
from creason_core.store.runs.marks import RESTORE_DAYS
from creason_core.store.runs.reveals import shown_beside
from creason_core.store.runs.run_rows import JUDGED, LIVE, EndedStatus, RunStatus, furthest
from creason_core.store.runs.series import SeriesKind
from creason_core.store.schema.fact_tables import series, series_points
from creason_core.store.schema.tables import case_versions, feedback, group_marks, human_answers, run_groups, runs
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now

StateFilter = EndedStatus | Literal["live"]
ThumbFilter = Thumb | Literal["none"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list shows. ``words`` are looked for in case names and model texts, or name one of ``features``.

    A feature is named with its codebook's hash: two registries may give one name to different things. ``unlike`` are
    case versions whose name has the words only where the reader is not told it. ``given`` is the hash of a text that
    was given beside the record.
    ``since`` is included, ``until`` is not. ``deleted`` lists what can still be restored, and nothing else.
    """

    words: str = ""
    features: frozenset[tuple[str, str]] = frozenset()  # (codebook hash, feature)
    unlike: frozenset[str] = frozenset()
    state: StateFilter | None = None
    thumb: ThumbFilter | None = None
    kind: Kind | None = None
    case_id: str | None = None
    given: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    starred: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class SampleLine:
    """One run as the list needs it; ``thumb`` is its newest rating."""

    sample: int
    status: RunStatus
    option: int | None
    thumb: Thumb | None


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """One group as a line of the list. ``own`` is the reader's option, None where skipped or not asked."""

    id: str
    kind: Kind
    masked_feature: str
    question_json: str
    created: datetime
    version_id: str
    case_id: str
    n: int
    label: str
    starred: bool
    deleted: datetime | None
    revealed: bool
    own: int | None
    cohort: str = ""
    series: SeriesKind | None = None  # the series that it is part of, and its place there as JSON
    place: str | None = None
    runs: tuple[SampleLine, ...] = field(default=())

    @property
    def question(self) -> Question:
        """The question as it was asked."""
        return read_question(self.question_json)

    @property
    def status(self) -> RunStatus:
        """The group in one word."""
        return furthest([run.status for run in self.runs])

    def vote(self, options: int) -> Vote:
        """The vote of the samples that said all they would."""
        return count_votes([run.option for run in self.runs if run.status in JUDGED], options)


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Some of the ``total`` groups that the filters let through, newest first."""

    items: tuple[HistoryItem, ...]
    total: int


def history_page(db: Database, user: str, filters: Filters, *, page: int = 1, size: int = 25) -> HistoryPage:
    """Page ``page`` (from 1) of the user's groups.

    Raises:
        StoreError: The database cannot be read.
    """
    conditions = _conditions(user, filters)
    listed = (
        sa.select(
            *run_groups.c["id", "kind", "masked_feature", "created", "cohort"],
            run_groups.c.question.label("question_json"),
            case_versions.c.id.label("version_id"),
            *case_versions.c["case_id", "n", "label"],
            sa.func.coalesce(group_marks.c.starred, sa.false()).label("starred"),
            group_marks.c.deleted,
            shown_beside(user).label("revealed"),
            human_answers.c.option.label("own"),
            series.c.kind.label("series"),
            series_points.c.what.label("place"),
        )
        .select_from(_joined(user))
        .where(*conditions)
        .order_by(run_groups.c.created.desc(), run_groups.c.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    counted = sa.select(sa.func.count()).select_from(run_groups.join(case_versions).outerjoin(group_marks))
    with db.read() as connection:
        total = connection.execute(counted.where(*conditions)).scalar_one()
        rows = connection.execute(listed).mappings().all()
        samples = _samples(connection, [row["id"] for row in rows])
    return HistoryPage(tuple(HistoryItem(**row, runs=samples[row["id"]]) for row in rows), total)


def cases_asked(db: Database, user: str) -> Mapping[str, str]:
    """Case id → newest name of every case that the user asked about, most recently saved first."""
    asked = sa.select(run_groups.c.case_version_id).where(run_groups.c.owner == user)
    query = sa.select(case_versions.c.case_id, case_versions.c.label).where(case_versions.c.id.in_(asked))
    with db.read() as connection:
        rows = connection.execute(query.order_by(case_versions.c.created.desc())).all()
    return {row.case_id: row.label for row in reversed(rows)}


def names_with(db: Database, user: str, words: str) -> Mapping[str, tuple[str, str]]:
    """Version id → case id and name, of the versions that the user asked about whose name has ``words``.

    Raises:
        StoreError: The database cannot be read.
    """
    asked = sa.select(run_groups.c.case_version_id).where(run_groups.c.owner == user)
    query = sa.select(*case_versions.c["id", "case_id", "label"]).where(case_versions.c.id.in_(asked), _named(words))
    with db.read() as connection:
        return {row.id: (row.case_id, row.label) for row in connection.execute(query)}


def codebooks_asked(db: Database, user: str) -> tuple[Question, ...]:
    """A question for each codebook that the user's questions were worded by.

    Raises:
        StoreError: The database cannot be read.
    """
    of_each = sa.select(sa.func.min(run_groups.c.question)).where(run_groups.c.owner == user)
    with db.read() as connection:
        found = connection.execute(of_each.group_by(run_groups.c.codebook_hash)).scalars().all()
    return tuple(read_question(question) for question in found)


def newest_rating() -> sa.ColumnElement[bool]:
    """The condition that a row of ``feedback`` was not superseded."""
    later = feedback.alias()
    return ~sa.exists().where(later.c.supersedes == feedback.c.id)


def _joined(user: str) -> sa.FromClause:
    own = sa.and_(human_answers.c.group_id == run_groups.c.id, human_answers.c.owner == user)
    marked = run_groups.join(case_versions).outerjoin(group_marks)
    placed = sa.and_(series_points.c.group_id == run_groups.c.id, series_points.c.owner == user)
    begun = sa.and_(series.c.id == series_points.c.series_id, series.c.owner == user)
    answered = marked.outerjoin(human_answers, own)
    return answered.outerjoin(series_points, placed).outerjoin(series, begun)


def _conditions(user: str, filters: Filters) -> list[sa.ColumnElement[bool]]:
    conditions = [run_groups.c.owner == user]
    if filters.deleted:
        conditions.append(group_marks.c.deleted >= now() - timedelta(days=RESTORE_DAYS))
    else:
        conditions.append(group_marks.c.deleted.is_(None))
    if filters.starred:
        conditions.append(group_marks.c.starred.is_(True))
    if filters.kind:
        conditions.append(run_groups.c.kind == filters.kind)
    if filters.case_id:
        conditions.append(case_versions.c.case_id == filters.case_id)
    if filters.given:
        conditions.append(was_given(run_groups.c.id, user, filters.given))
    if filters.since:
        conditions.append(run_groups.c.created >= filters.since)
    if filters.until:
        conditions.append(run_groups.c.created < filters.until)
    if words := filters.words.strip():
        conditions.append(_says(words, filters))
    if filters.state:
        conditions.append(_in_state(filters.state))
    if filters.thumb:
        conditions.append(_rated(filters.thumb))
    return conditions


def _says(words: str, filters: Filters) -> sa.ColumnElement[bool]:
    named: dict[str, list[str]] = {}
    for codebook, feature in sorted(filters.features):
        named.setdefault(codebook, []).append(feature)
    return sa.or_(
        sa.and_(_named(words), case_versions.c.id.not_in(sorted(filters.unlike))),
        *(
            sa.and_(run_groups.c.codebook_hash == codebook, run_groups.c.masked_feature.in_(those))
            for codebook, those in named.items()
        ),
        _a_run(runs.c.text.icontains(words, autoescape=True)),
    )


def _named(words: str) -> sa.ColumnElement[bool]:
    return case_versions.c.label.icontains(words, autoescape=True)


def _in_state(state: StateFilter) -> sa.ColumnElement[bool]:
    """``furthest`` in the words of the database."""
    status = runs.c.status + ""  # looked up by group: by the index of states, each group would read half the table
    live, complete = _a_run(status.in_(sorted(LIVE))), _a_run(status == "complete")
    if state == "live":
        return live
    if state == "complete":
        return sa.and_(complete, ~live)
    return sa.and_(~live, ~complete, _a_run(sa.and_(runs.c.sample == 0, status == state)))


def _rated(thumb: ThumbFilter) -> sa.ColumnElement[bool]:
    rated = sa.exists().where(runs.c.group_id == run_groups.c.id, feedback.c.run_id == runs.c.id)
    return ~rated if thumb == "none" else rated.where(feedback.c.thumb == thumb, newest_rating())


def _a_run(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(runs.c.group_id == run_groups.c.id, condition)


def _samples(connection: sa.Connection, group_ids: Sequence[str]) -> Mapping[str, tuple[SampleLine, ...]]:
    rated = runs.outerjoin(feedback, sa.and_(feedback.c.run_id == runs.c.id, newest_rating()))
    query = sa.select(*runs.c["group_id", "sample", "status", "option"], feedback.c.thumb).select_from(rated)
    found: dict[str, list[SampleLine]] = {group_id: [] for group_id in group_ids}
    for row in connection.execute(query.where(runs.c.group_id.in_(group_ids)).order_by(runs.c.sample)):
        thumb = cast("Thumb | None", row.thumb)
        found[row.group_id].append(SampleLine(row.sample, row.status, row.option, thumb))
    return {group_id: tuple(lines) for group_id, lines in found.items()}
