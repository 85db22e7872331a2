"""What its owner marks a run group with: a star, and a deletion that can be taken back for 30 days.

Deleting hides and does not erase: what a model was trained on, and what was exported, must stay traceable. A deleted
group is in no list and in no export; ``deleted`` is the condition by which every reader leaves it out.
"""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.store import audit
from creason_core.store.schema.tables import RUN_LIVE, group_marks, run_groups, runs
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now
from creason_core.store.sql.upsert import upsert

RESTORE_DAYS = 30


def deleted(group_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """The condition that the group called ``group_id`` is deleted."""
    marks = group_marks.alias()
    return sa.exists().where(marks.c.group_id == group_id, marks.c.deleted.is_not(None))


def star(db: Database, user: str, group_ids: Sequence[str], *, starred: bool) -> None:
    """Gives groups a star, or takes it away.

    Raises:
        StoreError: A group is not this user's; none was changed.
    """

    def work(connection: sa.Connection) -> None:
        _check_owned(connection, user, group_ids)
        for group_id in group_ids:
            row = {"group_id": group_id, "owner": user, "starred": starred, "updated": now()}
            connection.execute(upsert(connection, group_marks, row, ("group_id",)))

    db.write_as(user, work)


def delete(db: Database, user: str, group_ids: Sequence[str]) -> None:
    """Hides groups from every list and export; deleting twice changes nothing.

    Raises:
        StoreError: A group is not this user's or still running; none was hidden.
    """

    def work(connection: sa.Connection) -> None:
        _check_owned(connection, user, group_ids)
        live = sa.select(runs.c.id).where(runs.c.group_id.in_(group_ids), runs.c.status.in_(RUN_LIVE))
        if connection.execute(live.limit(1)).first():
            raise StoreError("conflict", "A run is still live, so nothing was deleted.", remedy="Stop it first.")
        for group_id in sorted(set(group_ids) - _deleted_among(connection, group_ids)):
            _mark(connection, user, group_id, "run delete", deleted=now())

    db.write_as(user, work)


def restore(db: Database, user: str, group_ids: Sequence[str]) -> None:
    """Shows deleted groups again.

    Raises:
        StoreError: A group is not this user's, or was deleted more than 30 days ago; none was restored.
    """

    def work(connection: sa.Connection) -> None:
        _check_owned(connection, user, group_ids)
        late = group_marks.c.deleted < now() - timedelta(days=RESTORE_DAYS)
        if connection.execute(sa.select(group_marks.c.group_id).where(_among(group_ids), late)).first():
            raise StoreError(
                "conflict",
                f"A run was deleted more than {RESTORE_DAYS} days ago, so nothing was restored.",
                remedy="Ask its question again from the case.",
            )
        for group_id in sorted(_deleted_among(connection, group_ids)):
            _mark(connection, user, group_id, "run restore", deleted=None)

    db.write_as(user, work)


def _among(group_ids: Sequence[str]) -> sa.ColumnElement[bool]:
    return group_marks.c.group_id.in_(group_ids)


def _deleted_among(connection: sa.Connection, group_ids: Sequence[str]) -> set[str]:
    found = sa.select(group_marks.c.group_id).where(_among(group_ids), group_marks.c.deleted.is_not(None))
    return set(connection.execute(found).scalars())


def _mark(connection: sa.Connection, user: str, group_id: str, action: str, *, deleted: object) -> None:
    kept = connection.execute(sa.select(group_marks.c.starred).where(group_marks.c.group_id == group_id)).scalar()
    row = {"group_id": group_id, "owner": user, "starred": bool(kept), "deleted": deleted, "updated": now()}
    connection.execute(upsert(connection, group_marks, row, ("group_id",)))
    audit.append(connection, user, audit.Event(action, "run group", group_id))


def _check_owned(connection: sa.Connection, user: str, group_ids: Sequence[str]) -> None:
    owned = sa.select(sa.func.count()).where(run_groups.c.owner == user, run_groups.c.id.in_(group_ids))
    if connection.execute(owned.select_from(run_groups)).scalar_one() != len(set(group_ids)):
        raise StoreError(
            "missing", "There is no such run among yours, so nothing was changed.", remedy="Reload the page."
        )
