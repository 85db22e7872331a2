"""What the reader answered themselves to the question of a run, and whether that came before the recorded value.

The order is looked up in the transaction that keeps the answer, never told by a page: an answer was given before the
reveal where, when it was committed, the user had revealed no question about this value of this case, in whatever run.
Answers of before the order was looked up (``order_known`` is NULL) were all stored as given before; they count as such
only where nothing speaks against it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.store import audit
from creason_core.store.patients.cases import new_id
from creason_core.store.people.commitments import Commitment, commitment_in, keep
from creason_core.store.runs.reveals import value_shown
from creason_core.store.schema.fact_tables import reveals
from creason_core.store.schema.tables import case_versions, human_answers, run_groups
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now
from creason_core.store.sql.upsert import insert_new


@dataclass(frozen=True, slots=True)
class HumanAnswer(Commitment):
    """A commitment that belongs to a group."""

    id: str
    group_id: str
    created: datetime


def save_answer(db: Database, user: str, group_id: str, option: int | None, sure: bool, *, idem: str) -> HumanAnswer:
    """Stores the user's own answer to a group's question, committed before or given now; the first one stays.

    Raises:
        StoreError: The group is not this user's, another answer was given before, or nothing was written.
    """

    def work(connection: sa.Connection) -> None:
        group = _group(connection, user, group_id)
        if group is None:
            raise StoreError("missing", "There is no such question among yours.", remedy="Start it anew.")
        before = _before_reveal(connection, user, group, (option, sure))
        row = {
            "id": new_id(),
            "owner": user,
            "idem": idem,
            "group_id": group_id,
            "option": option,
            "sure": sure,
            "before_reveal": before is True,
            "order_known": before is not None,
            "created": now(),
        }
        if insert_new(connection, human_answers, row, ("owner", "group_id")) == row["id"]:
            detail: audit.Detail = {"skipped": option is None, "before_reveal": before}
            audit.append(connection, user, audit.Event("answer", "run group", group_id, detail))

    db.write_as(user, work)
    stored = human_answer(db, user, group_id)
    if stored is None or (stored.option, stored.sure) != (option, sure):
        raise StoreError(
            "conflict",
            "You have answered this question before; the first answer stays.",
            remedy="Reload the page to see it.",
        )
    return stored


def keep_answer_of(db: Database, user: str, group_id: str) -> None:
    """Keeps the user's answer to a group, as it was given, for the next run of its question; none where there is none.

    Raises:
        StoreError: It could not be written.
    """

    def work(connection: sa.Connection) -> None:
        group, given = _group(connection, user, group_id), _answer(connection, user, group_id)
        if group is not None and given is not None:
            keep(connection, user, group.question_id, given)

    db.write_as(user, work)


def human_answer(db: Database, user: str, group_id: str) -> HumanAnswer | None:
    """The user's own answer to a group's question, or None."""
    with db.read() as connection:
        return _answer(connection, user, group_id)


def answers() -> sa.Select[Any]:
    """Rows that ``answer_of`` reads: those of ``human_answers``, with the order as far as it is known."""
    return sa.select(human_answers, known_order().label("order"))


def answer_of(row: sa.Row[Any]) -> HumanAnswer:
    """The record of a row of ``answers``."""
    order = None if row.order is None else bool(row.order)
    return HumanAnswer(row.option, row.sure, order, row.id, row.group_id, row.created)


def known_order() -> sa.ColumnElement[Any]:
    """Whether an answer of ``human_answers`` was given before the reveal; NULL where nobody can know.

    An answer stored before the order was looked up came before it where no earlier group about the same value was
    ever revealed: its own group and later ones cannot have been revealed before it was given.
    """
    own, earlier = run_groups.alias(), run_groups.alias()
    of_own, of_earlier = case_versions.alias(), case_versions.alias()
    spoken_against = sa.exists().where(
        own.c.id == human_answers.c.group_id,
        of_own.c.id == own.c.case_version_id,
        earlier.c.owner == human_answers.c.owner,
        earlier.c.masked_feature == own.c.masked_feature,
        earlier.c.created < own.c.created,
        of_earlier.c.id == earlier.c.case_version_id,
        of_earlier.c.case_id == of_own.c.case_id,
        reveals.c.owner == human_answers.c.owner,
        reveals.c.group_id == earlier.c.id,
    )
    return sa.case(
        (human_answers.c.order_known, human_answers.c.before_reveal),
        (sa.and_(human_answers.c.order_known.is_(None), ~spoken_against), human_answers.c.before_reveal),
        else_=sa.null(),
    )


def _before_reveal(connection: sa.Connection, user: str, group: Any, given: tuple[int | None, bool]) -> bool | None:
    """Whether an answer came before the reveal: it is new, or that of the group's parent, or was committed before."""
    if not value_shown(connection, user, group.case_id, group.masked_feature):
        return True
    earlier = (
        _answer(connection, user, group.parent_group_id)
        if group.parent_group_id
        else commitment_in(connection, user, group.question_id)
    )
    return earlier.before_reveal if earlier and (earlier.option, earlier.sure) == given else False


def _group(connection: sa.Connection, user: str, group_id: str) -> Any:
    """What the order goes by of a group of the user's, with its case; None where there is no such group."""
    query = sa.select(
        *run_groups.c["id", "parent_group_id", "question_id", "masked_feature"], case_versions.c.case_id
    ).select_from(run_groups.join(case_versions))
    return connection.execute(query.where(run_groups.c.id == group_id, run_groups.c.owner == user)).first()


def _answer(connection: sa.Connection, user: str, group_id: str) -> HumanAnswer | None:
    query = answers().where(human_answers.c.owner == user, human_answers.c.group_id == group_id)
    row = connection.execute(query).first()
    return answer_of(row) if row else None
