"""The reader's own answer to a question, from when it is committed until the run that it belongs to has started.

Whether it came before the reveal is looked up in the transaction that keeps it, never told by a page: it did where,
when it was committed, the reader had been shown the value beside no run about any version of the case.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from creason_core.question.asked import QuestionBase
from creason_core.store import audit, fact_rows
from creason_core.store.runs.reveals import value_shown
from creason_core.store.schema.fact_tables import commitments
from creason_core.store.sql.transactions import Database


@dataclass(frozen=True, slots=True)
class Commitment:
    """The reader's own answer: ``option`` is the canonical index, None where skipped.

    ``before_reveal`` is None where the order is not known.
    """

    option: int | None
    sure: bool
    before_reveal: bool | None


def commit_answer(
    db: Database, user: str, question: QuestionBase, case_id: str, *, option: int | None, sure: bool
) -> None:
    """Keeps the user's own answer to a question about a case until the run that it belongs to starts.

    Raises:
        StoreError: It could not be written.
    """

    def work(connection: sa.Connection) -> None:
        before = not value_shown(connection, user, case_id, question.masked_feature)
        keep(connection, user, question.id, Commitment(option, sure, before))

    db.write_as(user, work)


def commitment(db: Database, user: str, question_id: str) -> Commitment | None:
    """The user's own answer to a question whose run has not started, or None."""
    with db.read() as connection:
        return commitment_in(connection, user, question_id)


def drop_commitment(db: Database, user: str, question_id: str) -> None:
    """Closes the answer to a question whose run has started: the next run asks anew.

    Raises:
        StoreError: It could not be written.
    """

    def work(connection: sa.Connection) -> None:
        given = commitment_in(connection, user, question_id)
        if given is not None:
            _add(connection, user, question_id, given, used=True)

    db.write_as(user, work)


def keep(connection: sa.Connection, user: str, question_id: str, given: Commitment) -> None:
    """Keeps an answer as it was given, for the next run of its question, within a write transaction of the user."""
    _add(connection, user, question_id, given, used=False)


def commitment_in(connection: sa.Connection, user: str, question_id: str) -> Commitment | None:
    """``commitment`` within a transaction."""
    row = fact_rows.newest(connection, commitments, user, {"question_id": question_id})
    return None if row is None or row.used else Commitment(row.option, row.sure, row.before_reveal)


def _add(connection: sa.Connection, user: str, question_id: str, given: Commitment, *, used: bool) -> None:
    said = {"option": given.option, "sure": given.sure, "before_reveal": given.before_reveal, "used": used}
    detail: audit.Detail = {"skipped": given.option is None, "before_reveal": given.before_reveal}
    event = audit.Event("commitment used" if used else "commitment", "question", question_id, detail)
    fact_rows.add(connection, commitments, user, {"question_id": question_id}, said=said, event=event)
