"""Groups in full, to read, compare and export: what was asked, of which case, what came, and what people said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.model.engines.base import ModelIdentity
from creason_core.question.confidence import Vote, count_votes
from creason_core.question.kinds import Question, read_question
from creason_core.store.history import newest_rating
from creason_core.store.patients.cases import CaseVersion, version_of
from creason_core.store.people.feedback import Feedback, feedback_of
from creason_core.store.people.open_questions import OpenQuestion, open_in
from creason_core.store.people.own_answers import HumanAnswer, answer_of, answers
from creason_core.store.runs.reveals import revealed_of
from creason_core.store.runs.run_rows import JUDGED, Run, RunGroup, RunStatus, furthest, group_of, run_of
from creason_core.store.runs.series import Place, SeriesKind, places_in
from creason_core.store.runs.tested_evidence import TestedPoint, tested_in
from creason_core.store.schema.tables import case_versions, feedback, group_marks, human_answers, run_groups, runs
from creason_core.store.sql.transactions import Database


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """One group with everything that belongs to it. ``ratings`` holds the newest rating of each rated run, by its id.

    ``revealed`` says whether the reader has been shown the recorded value; ``open`` are all questions about this case
    of which that is not so, this one or others. ``place`` is the group's in a series with the series' kind, ``tested``
    what the newest probe of it found.
    """

    group: RunGroup
    version: CaseVersion
    question: Question
    runs: tuple[Run, ...]
    ratings: Mapping[str, Feedback]
    own: HumanAnswer | None
    revealed: bool
    open: tuple[OpenQuestion, ...]
    starred: bool
    deleted: datetime | None
    place: tuple[SeriesKind, Place] | None = None
    tested: tuple[TestedPoint, ...] = ()

    @property
    def identity(self) -> ModelIdentity | None:
        """The model of the first run that was sent, or None."""
        return next((run.identity for run in self.runs if run.identity), None)

    @property
    def status(self) -> RunStatus:
        """The group in one word."""
        return furthest([run.status for run in self.runs])

    @property
    def untold(self) -> frozenset[str]:
        """What open questions about the case hide, by ``Entry.name``."""
        return frozenset[str]().union(*(one.hides for one in self.open))

    @property
    def vote(self) -> Vote:
        """The vote of the samples that said all they would."""
        return count_votes([run.option for run in self.runs if run.status in JUDGED], len(self.question.options))


def group_records(db: Database, user: str, group_ids: Sequence[str]) -> tuple[GroupRecord, ...]:
    """The groups called ``group_ids``, in that order, by a fixed number of queries; deleted ones too.

    Raises:
        StoreError: One of them is not this user's, or the database cannot be read.
    """
    with db.read() as connection:
        groups = {
            row["id"]: group_of(row)
            for row in connection.execute(
                sa.select(run_groups).where(run_groups.c.owner == user, run_groups.c.id.in_(group_ids))
            ).mappings()
        }
        if set(groups) != set(group_ids):
            raise StoreError(
                "missing", "There is no such run among yours.", remedy="The address may be old; start anew."
            )
        of_case = sa.select(case_versions).where(
            case_versions.c.owner == user, case_versions.c.id.in_({group.case_version_id for group in groups.values()})
        )
        versions = {row.id: version_of(row) for row in connection.execute(of_case)}
        of_groups = sa.select(runs).where(runs.c.group_id.in_(group_ids)).order_by(runs.c.sample)
        samples = [run_of(row) for row in connection.execute(of_groups)]
        rated = sa.select(feedback).where(
            feedback.c.owner == user,
            feedback.c.run_id.in_(sa.select(runs.c.id).where(runs.c.group_id.in_(group_ids))),
            newest_rating(),
        )
        ratings = {row.run_id: feedback_of(row) for row in connection.execute(rated)}
        answered = answers().where(human_answers.c.owner == user, human_answers.c.group_id.in_(group_ids))
        own = {row.group_id: answer_of(row) for row in connection.execute(answered)}
        marked = sa.select(group_marks).where(group_marks.c.group_id.in_(group_ids))
        marks = {row.group_id: row for row in connection.execute(marked)}
        revealed = revealed_of(connection, user, group_ids)
        places, tested = places_in(connection, user, group_ids), tested_in(connection, user, group_ids)
        asked = open_in(connection, user, {version.case_id for version in versions.values()})
    records = []
    for group_id in group_ids:
        group, mark = groups[group_id], marks.get(group_id)
        of_group = tuple(run for run in samples if run.group_id == group_id)
        records.append(
            GroupRecord(
                group=group,
                version=versions[group.case_version_id],
                question=read_question(group.question_json),
                runs=of_group,
                ratings={run.id: ratings[run.id] for run in of_group if run.id in ratings},
                own=own.get(group_id),
                revealed=group_id in revealed,
                open=asked[versions[group.case_version_id].case_id],
                starred=bool(mark and mark.starred),
                deleted=mark.deleted if mark else None,
                place=places.get(group_id),
                tested=tested.get(group_id, ()),
            )
        )
    return tuple(records)
