"""What-ifs as rows: a copy of a record is a case version of its own source, never one of the patient's own.

It is in no list of versions or recent cases, hides nothing elsewhere, and its ratings are no training rows.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from creason_core.record.case import PatientCase
from creason_core.store.patients.cases import CaseVersion, save_version
from creason_core.store.runs.marks import deleted
from creason_core.store.runs.series import Series, SeriesKind
from creason_core.store.schema.fact_tables import series as series_table
from creason_core.store.schema.fact_tables import series_points
from creason_core.store.schema.tables import case_versions, run_groups
from creason_core.store.sql.transactions import Database

WHAT_IFS: tuple[SeriesKind, ...] = ("what-if", "sweep", "smallest change")


def save_what_if(db: Database, user: str, base: CaseVersion, copy: PatientCase, *, idem: str) -> CaseVersion:
    """``copy`` as a what-if of ``base``; the same ``idem`` gives the one that was saved first.

    Raises:
        StoreError: The base is not this user's, the key was used for other values, or nothing could be written.
    """
    return save_version(
        db,
        user,
        copy,
        idem=idem,
        case_id=base.case_id,
        parent_id=base.id,
        label=base.label,
        source="what-if",
        cleared=(base.label,),  # it was decided about when the base was named
        cohort=base.cohort,
        cohort_hash=base.cohort_hash,
    )


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A what-if of a record: its series, and one of its groups, by which it is opened again."""

    series: Series
    group_id: str


def what_ifs_of(db: Database, user: str, version_id: str, *, limit: int = 20) -> tuple[WhatIf, ...]:
    """The user's newest what-ifs of a case version, newest first.

    Raises:
        StoreError: The database cannot be read.
    """
    record = sa.or_(case_versions.c.id == version_id, case_versions.c.parent_id == version_id)
    first = sa.func.min(series_points.c.entry)
    query = (
        sa.select(series_points.c.series_id, first.label("entry"))
        .select_from(series_points.join(run_groups, run_groups.c.id == series_points.c.group_id).join(case_versions))
        .where(series_points.c.owner == user, run_groups.c.owner == user, record, ~deleted(run_groups.c.id))
        .group_by(series_points.c.series_id)
        .subquery()
    )
    columns = series_table.c["id", "owner", "kind", "plan", "base_group_id", "created"]
    listed = (
        sa.select(*columns, series_points.c.group_id)
        .join(query, query.c.series_id == series_table.c.id)
        .join(series_points, sa.and_(series_points.c.owner == user, series_points.c.entry == query.c.entry,
                                     series_points.c.series_id == series_table.c.id))
        .where(series_table.c.owner == user, series_table.c.kind.in_(WHAT_IFS))
        .order_by(series_table.c.created.desc())
        .limit(limit)
    )  # fmt: skip
    with db.read() as connection:
        rows = connection.execute(listed).all()
    return tuple(
        WhatIf(Series(row.id, row.owner, row.kind, row.plan, row.base_group_id, row.created), row.group_id)
        for row in rows
    )


def version_name(n: int) -> str:
    """What a version is called: "version 2", or "what-if 3"."""
    return f"version {n}" if n > 0 else f"what-if {-n}"
