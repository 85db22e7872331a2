"""Which recorded values a person has been shown beside a run. A reveal is never taken back.

The record itself may be read on Patient at any time; that is not a reveal.
"""

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.record.hours import AT, parted
from creason_core.store import audit, fact_rows
from creason_core.store.fact_tables import reveals
from creason_core.store.tables import case_versions, run_groups
from creason_core.store.transactions import Database


def save_reveal(db: Database, user: str, group_id: str) -> None:
    """Stores that the user has been shown the recorded value of a group's question; the first time stays.

    Raises:
        StoreError: The group is not this user's, or nothing was written.
    """

    def work(connection: sa.Connection) -> None:
        owned = sa.select(run_groups.c.id).where(run_groups.c.id == group_id, run_groups.c.owner == user)
        if connection.execute(owned).first() is None:
            raise StoreError("missing", "There is no such question among yours.", remedy="Start it anew.")
        event = audit.Event("reveal", "run group", group_id)
        fact_rows.add(connection, reveals, user, {"group_id": group_id}, said={}, event=event)

    db.write_as(user, work)


def is_revealed(db: Database, user: str, group_id: str) -> bool:
    """Whether the user has been shown the recorded value beside this group."""
    with db.read() as connection:
        return fact_rows.newest(connection, reveals, user, {"group_id": group_id}) is not None


def of_group(user: str) -> sa.ColumnElement[bool]:
    """The condition that a row of ``reveals`` is the user's of a row of ``run_groups``."""
    return sa.and_(reveals.c.owner == user, reveals.c.group_id == run_groups.c.id)


def value_shown(connection: sa.Connection, user: str, case_id: str, masked_feature: str) -> bool:
    """Whether the user has been shown a value of a case, beside any run about any version of it, up to now.

    Of a feature over time the value that counts may be any of its values: one tells of the other.
    """
    feature, hours = parted(masked_feature)
    asked: sa.ColumnElement[bool] = run_groups.c.masked_feature.in_((masked_feature, feature))
    if hours is None:
        asked = sa.or_(asked, run_groups.c.masked_feature.startswith(f"{feature}{AT}", autoescape=True))
    shown = (
        sa.select(reveals.c.entry)
        .select_from(run_groups.join(case_versions).join(reveals))
        .where(run_groups.c.owner == user, reveals.c.owner == user)
        .where(case_versions.c.case_id == case_id, asked)
        .limit(1)
    )
    return connection.execute(shown).first() is not None


def value_of_group_shown(connection: sa.Connection, user: str, group_id: str) -> bool:
    """Whether the user has been shown the value that a group asks for, beside this group or another one."""
    asked = (
        sa.select(case_versions.c.case_id, run_groups.c.masked_feature)
        .select_from(run_groups.join(case_versions))
        .where(run_groups.c.id == group_id, run_groups.c.owner == user)
    )
    group = connection.execute(asked).first()
    return group is not None and value_shown(connection, user, group.case_id, group.masked_feature)
