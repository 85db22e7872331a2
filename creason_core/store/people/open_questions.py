"""Questions about a case whose recorded value the reader has not been shown: no name of the case may tell it.

Of a group that is paired with another one, that other one counts: it asks for the same value, and what the pair hides
more, as a probe does, the reader knows already.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from creason_core.question.kinds import TASKS, Question, read_question
from creason_core.question.redaction import asked_name
from creason_core.record.case import PatientCase
from creason_core.store.patients.cases import OF_PATIENT, version_of
from creason_core.store.patients.codebooks import Codebooks
from creason_core.store.runs.reveals import shown_beside
from creason_core.store.schema.fact_tables import series_points
from creason_core.store.schema.tables import case_versions, cases, run_groups
from creason_core.store.sql.transactions import Database


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that was asked of a case as it then was, and not revealed."""

    question: Question
    case: PatientCase

    @property
    def hides(self) -> frozenset[str]:
        """What the question hides, by ``Entry.name``, the value asked about among them."""
        return frozenset({self.question.masked_feature, *(item.feature for item in self.question.hidden)})


_REVEALING = [kind for kind, task in TASKS.items() if task.reveals]

Open = Mapping[str, tuple[OpenQuestion, ...]]


def open_questions(db: Database, user: str, case_ids: Collection[str]) -> Open:
    """The user's open questions about each of the cases, by the case's id; deleted runs count too, what-ifs do not.

    Raises:
        StoreError: The database cannot be read.
    """
    with db.read() as connection:
        return open_in(connection, user, case_ids)


def open_in(connection: sa.Connection, user: str, case_ids: Collection[str]) -> Open:
    """``open_questions`` within a transaction."""
    point = series_points.c
    paired = sa.exists().where(point.owner == user, point.group_id == run_groups.c.id, point.base_group_id.is_not(None))
    asked = (
        sa.select(run_groups.c.case_version_id, sa.func.min(run_groups.c.question).label("question"))
        .join(case_versions)
        .where(run_groups.c.owner == user, run_groups.c.kind.in_(_REVEALING), ~shown_beside(user), ~paired)
        .where(case_versions.c.case_id.in_(case_ids), OF_PATIENT)
        .group_by(run_groups.c.case_version_id, run_groups.c.question_id)
    )
    rows = connection.execute(asked).all()
    of_versions = sa.select(case_versions).where(case_versions.c.id.in_({row.case_version_id for row in rows}))
    versions = {row.id: version_of(row) for row in connection.execute(of_versions)}
    found: dict[str, list[OpenQuestion]] = {case_id: [] for case_id in case_ids}
    for row in rows:
        version = versions[row.case_version_id]
        if (question := read_question(row.question)).truth:  # else it could never be revealed
            found[version.case_id].append(OpenQuestion(question, version.case))
    return {case_id: tuple(questions) for case_id, questions in found.items()}


def public_case_ids(db: Database, user: str, cohort: str, patients: Collection[str]) -> Mapping[str, str]:
    """The ids of the user's cases of packaged patients, by patient; those never opened are left out.

    Raises:
        StoreError: The database cannot be read.
    """
    keys = {f"{cohort}/{patient}": patient for patient in patients}
    query = sa.select(cases.c.public_key, cases.c.id).where(cases.c.owner == user, cases.c.public_key.in_(keys))
    with db.read() as connection:
        return {keys[row.public_key]: row.id for row in connection.execute(query)}


def told_name(label: str, questions: Collection[OpenQuestion], codebooks: Codebooks) -> str:
    """A case's ``label`` without what the open ``questions`` about the case hide."""
    for one in questions:
        label = asked_name(label, one.case, one.question, codebooks.of(one.question, one.case))
    return label
