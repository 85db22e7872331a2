"""Series: several groups of one undertaking, read as one, such as a probe of an answer or a sweep of a value.

A series says what was planned; each of its groups has a place in it, stored in the transaction that stores the group.
A place names the group that its own is paired with: same seeds, same orders of the options, which both rows show.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.store import audit, fact_rows
from creason_core.store.runs.reveals import reveal_in
from creason_core.store.runs.run_rows import RunGroup, group_of
from creason_core.store.schema.fact_tables import series as series_table
from creason_core.store.schema.fact_tables import series_points
from creason_core.store.schema.tables import run_groups
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import clean

SeriesKind = Literal["probe", "what-if", "sweep", "smallest change", "scan"]


@dataclass(frozen=True, slots=True)
class Series:
    """An undertaking. ``plan`` is JSON of the kind's own form, byte for byte; ``base_group_id`` what it is about."""

    id: str
    user: str
    kind: SeriesKind
    plan: str
    base_group_id: str | None
    created: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a group stands: ``position`` counts from 0, ``what`` is JSON that says what was hidden or changed there.

    ``base_group_id`` is the group that it is paired with, None for one that is paired with none.
    """

    series_id: str
    position: int
    what: str
    base_group_id: str | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A group of a series and its place; the version that it asks about is the group's."""

    place: Place
    group: RunGroup


def begin_series(
    db: Database, user: str, kind: SeriesKind, plan: str, *, idem: str, base_group_id: str | None = None
) -> Series:
    """Stores a new series; the same ``idem`` gives the one that was begun first.

    Raises:
        StoreError: The base is not this user's, the key began another series, or nothing could be written.
    """
    series_id = hashlib.sha256(f"{user}|series|{idem}".encode()).hexdigest()[:16]
    said = {"kind": kind, "base_group_id": base_group_id, "plan": clean(plan)}

    def work(connection: sa.Connection) -> None:
        if base_group_id is not None:
            _check_group(connection, user, base_group_id)
        before = fact_rows.newest(connection, series_table, user, {"id": series_id})
        if before is not None and any(before._mapping[name] != value for name, value in said.items()):
            raise StoreError("conflict", "This form already started something else.", remedy="Press the button again.")
        event = audit.Event("series", "series", series_id, {"kind": kind})
        fact_rows.add(connection, series_table, user, {"id": series_id}, said=said, event=event)

    db.write_as(user, work)
    return series(db, user, series_id)


def put_in_place(connection: sa.Connection, user: str, group_id: str, place: Place) -> None:
    """Stores the place of a group of ``user``, in the transaction that stores the group.

    A scan shows what is recorded beside each answer, so its groups are revealed from their start.

    Raises:
        StoreError: The series or the base is not this user's.
    """
    begun = fact_rows.newest(connection, series_table, user, {"id": place.series_id})
    if begun is None:
        raise _missing()
    if place.base_group_id is not None:
        _check_group(connection, user, place.base_group_id)
    said = {
        "series_id": place.series_id,
        "position": place.position,
        "base_group_id": place.base_group_id,
        "what": clean(place.what),
    }
    event = audit.Event("series point", "run group", group_id, {"series": place.series_id, "position": place.position})
    fact_rows.add(connection, series_points, user, {"group_id": group_id}, said=said, event=event)
    if begun.kind == "scan":
        reveal_in(connection, user, group_id)


def series(db: Database, user: str, series_id: str) -> Series:
    """The series called ``series_id``.

    Raises:
        StoreError: This user has no such series, or the database cannot be read.
    """
    with db.read() as connection:
        row = fact_rows.newest(connection, series_table, user, {"id": series_id})
    if row is None:
        raise _missing()
    return _series_of(row)


def series_of_base(db: Database, user: str, group_id: str, kind: SeriesKind | None = None) -> tuple[Series, ...]:
    """The user's series about a group, newest first; of one kind where it is given.

    Such a series names the group as its base, or has it among its groups or those that they are paired with.
    """
    point = series_points
    touched = sa.exists().where(
        point.c.owner == user,
        point.c.series_id == series_table.c.id,
        sa.or_(point.c.group_id == group_id, point.c.base_group_id == group_id),
    )
    about = sa.or_(series_table.c.base_group_id == group_id, touched)
    query = sa.select(series_table).where(series_table.c.owner == user, about)
    if kind is not None:
        query = query.where(series_table.c.kind == kind)
    with db.read() as connection:
        return tuple(_series_of(row) for row in connection.execute(query.order_by(series_table.c.entry.desc())))


def points_of(db: Database, user: str, series_id: str) -> tuple[Point, ...]:
    """The groups of a series in the order of their positions: of a position that was asked again, the newest group."""
    columns = series_points.c["series_id", "position", "what", "entry"]
    query = (
        sa.select(run_groups, *columns, series_points.c.base_group_id)
        .join(series_points, series_points.c.group_id == run_groups.c.id)
        .where(series_points.c.owner == user, run_groups.c.owner == user, series_points.c.series_id == series_id)
        .order_by(series_points.c.position, series_points.c.entry)
    )
    with db.read() as connection:
        rows = connection.execute(query).mappings().all()
    newest = {row["position"]: Point(_place_of(row), group_of(row)) for row in rows}
    return tuple(newest[position] for position in sorted(newest))


def places_of(db: Database, user: str, group_ids: Sequence[str]) -> Mapping[str, tuple[SeriesKind, Place]]:
    """Of those groups that stand in a series, by their ids: its kind, and their place."""
    with db.read() as connection:
        return places_in(connection, user, group_ids)


def places_in(connection: sa.Connection, user: str, group_ids: Sequence[str]) -> Mapping[str, tuple[SeriesKind, Place]]:
    """``places_of`` within a transaction."""
    point = series_points.c
    query = (
        sa.select(*point["group_id", "series_id", "position", "base_group_id", "what"], series_table.c.kind)
        .join(series_table, sa.and_(series_table.c.owner == point.owner, series_table.c.id == point.series_id))
        .where(point.owner == user, point.group_id.in_(group_ids))
    )
    rows = connection.execute(query).mappings().all()
    return {row["group_id"]: (row["kind"], _place_of(row)) for row in rows}


def _check_group(connection: sa.Connection, user: str, group_id: str) -> None:
    owned = sa.select(run_groups.c.id).where(run_groups.c.id == group_id, run_groups.c.owner == user)
    if connection.execute(owned).first() is None:
        raise StoreError("missing", "There is no such run among yours.", remedy="The address may be old; start anew.")


def _series_of(row: sa.Row[Any]) -> Series:
    return Series(row.id, row.owner, row.kind, row.plan, row.base_group_id, row.created)


def _place_of(row: sa.RowMapping) -> Place:
    return Place(row["series_id"], row["position"], row["what"], row["base_group_id"])


def _missing() -> StoreError:
    return StoreError("missing", "There is no such series among yours.", remedy="The address may be old; start anew.")
