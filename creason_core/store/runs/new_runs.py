"""A question on its way: its group and its queued runs, stored before anything is sent."""

from collections.abc import Sequence

import sqlalchemy as sa

from creason_core.errors import RunError, StoreError
from creason_core.store import audit
from creason_core.store.patients.cases import new_id
from creason_core.store.runs.given_texts import keep_given
from creason_core.store.runs.run_rows import GroupSpec, RunGroup, RunSpec, any_live, group
from creason_core.store.runs.sent_messages import as_stored
from creason_core.store.runs.series import Place, put_in_place
from creason_core.store.schema.tables import case_versions, run_groups, runs
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import clean, now
from creason_core.store.sql.upsert import insert_new


def insert_group(
    db: Database,
    user: str,
    spec: GroupSpec,
    samples: Sequence[RunSpec],
    *,
    idem: str,
    process: str,
    most_live: int,
    alike: Sequence[str] = (),
    given: Sequence[str] = (),
    place: Place | None = None,
) -> tuple[RunGroup, bool]:
    """Stores a group and its queued runs; the second value says whether they are new rather than found again.

    ``alike`` are all wishes for the engine that is asked; without them the group's own. ``given`` are the texts
    that the runs are given beside the record, in order; ``place`` is the group's in a series.

    Raises:
        RunError: The user has ``most_live`` live groups already.
        StoreError: The case version, or the series is not this user's, the key was used for another
            question, or nothing could be written.
    """

    def work(connection: sa.Connection) -> tuple[str, bool]:
        found = connection.execute(
            sa.select(run_groups.c.id).where(run_groups.c.owner == user, run_groups.c.idem == idem)
        ).scalar()
        if found is not None:
            return found, False
        _check_case(connection, user, spec.case_version_id)
        if not spec.batch:
            _check_limit(connection, user, alike or (spec.engine,), most_live)
        row = _group_row(spec) | {"id": new_id(), "owner": user, "idem": idem, "seen": False, "created": now()}
        group_id = insert_new(connection, run_groups, row, ("owner", "idem"))
        if group_id != row["id"]:
            return group_id, False
        keep_given(connection, user, group_id, given)
        connection.execute(runs.insert(), [_run_row(user, group_id, process, sample) for sample in samples])
        audit.append(connection, user, audit.Event("run start", "run group", group_id, {"samples": len(samples)}))
        if place is not None:
            put_in_place(connection, user, group_id, place)
        return group_id, True

    group_id, fresh = db.write_as(user, work)
    stored = group(db, user, group_id)
    if stored.question_id != spec.question_id:
        raise StoreError("conflict", "This form already started another question.", remedy="Press Run again.")
    return stored, fresh


def _check_case(connection: sa.Connection, user: str, version_id: str) -> None:
    owned = sa.select(case_versions.c.id).where(case_versions.c.id == version_id, case_versions.c.owner == user)
    if connection.execute(owned).first() is None:
        raise StoreError("missing", "There is no such case among yours.", remedy="Open a case from Home.")


def _check_limit(connection: sa.Connection, user: str, alike: Sequence[str], most_live: int) -> None:
    """Of those that ask for the same engine: what a slow one holds up must not keep another one from being asked."""
    mine = sa.and_(run_groups.c.owner == user, run_groups.c.engine.in_(alike))
    counted = sa.select(sa.func.count()).where(mine, ~run_groups.c.batch, any_live())
    live = connection.execute(counted.select_from(run_groups)).scalar_one()
    if live >= most_live:
        raise RunError(
            f"You have {live} question{'' if live == 1 else 's'} running, and at most {most_live} may run at a time.",
            remedy="Stop one, or wait until one ends; nothing was sent.",
        )


def _group_row(spec: GroupSpec) -> dict[str, object]:
    return {
        "case_version_id": spec.case_version_id,
        "parent_group_id": spec.parent_group_id,
        "kind": spec.kind,
        "question": clean(spec.question_json),
        "question_id": spec.question_id,
        "masked_feature": spec.masked_feature,
        "codebook": spec.codebook,
        "codebook_hash": spec.codebook_hash,
        "cohort": spec.cohort,
        "cohort_hash": spec.cohort_hash,
        "design": spec.design,
        "prompt_version": spec.prompt_version,
        "samples": spec.samples,
        "seed": spec.seed,
        "temperature": spec.temperature,
        "max_tokens": spec.max_tokens,
        "batch": spec.batch,
        "engine": spec.engine,
    }


def _run_row(user: str, group_id: str, process: str, sample: RunSpec) -> dict[str, object]:
    return {
        "id": new_id(),
        "group_id": group_id,
        "owner": user,
        "process_id": process,
        "sample": sample.sample,
        "status": "queued",
        "option_order": list(sample.order),
        "seed": sample.seed,
        "prompt": "",
        "messages": as_stored(sample.messages),
        "created": now(),
    }
