"""Which recorded values a person has been shown beside a run. A reveal is never taken back.

A group that is paired with another one asks for the same value, so what is shown beside the other is shown beside it.

The record itself may be read on Patient at any time; that is not a reveal.
"""

import json
from collections.abc import Collection

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.record.hours import AT, parted
from creason_core.store import audit, fact_rows
from creason_core.store.schema.fact_tables import reveals, series_points
from creason_core.store.schema.tables import case_versions, run_groups
from creason_core.store.sql.transactions import Database

_PATIENT = '{"patient":'  # how the content of every version begins


def save_reveal(db: Database, user: str, group_id: str) -> None:
    """Stores that the user has been shown the recorded value of a group's question; the first time stays.

    Of a group that is paired with another one it is stored of that one, and so of all that are paired with it.

    Raises:
        StoreError: The group is not this user's, or nothing was written.
    """

    def work(connection: sa.Connection) -> None:
        owned = sa.select(run_groups.c.id).where(run_groups.c.id == group_id, run_groups.c.owner == user)
        if connection.execute(owned).first() is None:
            raise StoreError("missing", "There is no such question among yours.", remedy="Start it anew.")
        point = series_points.c
        paired = sa.select(point.base_group_id).where(point.owner == user, point.group_id == group_id)
        reveal_in(
            connection, user, connection.execute(paired.where(point.base_group_id.is_not(None))).scalar() or group_id
        )

    db.write_as(user, work)


def reveal_in(connection: sa.Connection, user: str, group_id: str) -> None:
    """Stores within a transaction that the user is shown the value of a group of theirs that is paired with none."""
    event = audit.Event("reveal", "run group", group_id)
    fact_rows.add(connection, reveals, user, {"group_id": group_id}, said={}, event=event)


def is_revealed(db: Database, user: str, group_id: str) -> bool:
    """Whether the user has been shown the recorded value beside this group."""
    with db.read() as connection:
        return bool(revealed_of(connection, user, (group_id,)))


def revealed_of(connection: sa.Connection, user: str, group_ids: Collection[str]) -> frozenset[str]:
    """Those of the groups beside which the user has been shown the recorded value."""
    asked = sa.select(run_groups.c.id).where(run_groups.c.id.in_(group_ids), shown_beside(user))
    return frozenset(connection.execute(asked).scalars())


def shown_beside(user: str) -> sa.ColumnElement[bool]:
    """The condition that the user has been shown the value of a row of ``run_groups``."""
    point = series_points.c
    paired = sa.select(point.base_group_id).where(
        point.owner == user, point.group_id == run_groups.c.id, point.base_group_id.is_not(None)
    )
    beside = sa.or_(reveals.c.group_id == run_groups.c.id, reveals.c.group_id.in_(paired.correlate(run_groups)))
    return sa.exists().where(reveals.c.owner == user, beside).correlate(run_groups)


def value_shown(connection: sa.Connection, user: str, case_id: str, masked_feature: str) -> bool:
    """Whether the user has been shown a value of a case, beside any run about any version or copy of it, up to now.

    Of a feature over time the value that counts may be any of its values: one tells of the other. A copy of a public
    case is a case of its own and has the patient's key.
    """
    feature, hours = parted(masked_feature)
    asked: sa.ColumnElement[bool] = run_groups.c.masked_feature.in_((masked_feature, feature))
    if hours is None:
        asked = sa.or_(asked, run_groups.c.masked_feature.startswith(f"{feature}{AT}", autoescape=True))
    shown = (
        sa.select(reveals.c.entry)
        .select_from(run_groups.join(case_versions).join(reveals))
        .where(run_groups.c.owner == user, reveals.c.owner == user)
        .where(_same_patient(connection, user, case_id), asked)
        .limit(1)
    )
    return connection.execute(shown).first() is not None


def _same_patient(connection: sa.Connection, user: str, case_id: str) -> sa.ColumnElement[bool]:
    """The condition that a version is of the case, or of another one of the user's about the same patient."""
    version = case_versions.c
    query = sa.select(version.content, version.cohort).where(version.case_id == case_id, version.owner == user).limit(1)
    own = connection.execute(query).first()
    if own is None or not own.content.startswith(_PATIENT):
        return version.case_id == case_id
    _, end = json.JSONDecoder().raw_decode(own.content, len(_PATIENT))
    alike = sa.func.substr(version.content, 1, end) == own.content[:end]
    return sa.or_(version.case_id == case_id, sa.and_(version.cohort == own.cohort, alike))


def value_of_group_shown(connection: sa.Connection, user: str, group_id: str) -> bool:
    """Whether the user has been shown the value that a group asks for, beside this group or another one."""
    asked = (
        sa.select(case_versions.c.case_id, run_groups.c.masked_feature)
        .select_from(run_groups.join(case_versions))
        .where(run_groups.c.id == group_id, run_groups.c.owner == user)
    )
    group = connection.execute(asked).first()
    return group is not None and value_shown(connection, user, group.case_id, group.masked_feature)
