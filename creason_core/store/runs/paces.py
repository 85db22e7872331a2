"""How long a person's last questions took, so that the next one can say what to expect."""

from dataclasses import dataclass
from statistics import median

import sqlalchemy as sa

from creason_core.model.engines.base import ModelIdentity
from creason_core.store.schema.tables import run_groups, runs
from creason_core.store.sql.transactions import Database

LATEST = 20  # questions that count


@dataclass(frozen=True, slots=True)
class Pace:
    """The median time from the sending of a question's first sample to the end of its last, over ``of`` questions."""

    seconds: float
    of: int


def usual_seconds(db: Database, user: str, identity: ModelIdentity, samples: int) -> Pace | None:
    """How long this user's last questions of so many samples took with this model; None where there was none.

    Only those that ended by themselves count. Which runtime or precision it was does not.

    Raises:
        StoreError: The database cannot be read.
    """
    with db.read() as connection:
        rows = connection.execute(
            _TOOK,
            {
                "owner": user,
                "samples": samples,
                "engine": identity.engine,
                "model": identity.model,
                "adapter": identity.adapter,
            },
        ).all()
    seconds = [(row.ended - row.started).total_seconds() for row in rows]
    return Pace(median(seconds), len(seconds)) if seconds else None


_WHOLE = sa.func.count().filter(runs.c.status.in_(("complete", "truncated", "unparsed")))
_TOOK = (
    sa.select(
        sa.type_coerce(sa.func.min(runs.c.started), runs.c.started.type).label("started"),
        sa.type_coerce(sa.func.max(runs.c.ended), runs.c.ended.type).label("ended"),
    )
    .join(run_groups, runs.c.group_id == run_groups.c.id)
    .where(
        run_groups.c.owner == sa.bindparam("owner"),
        run_groups.c.samples == sa.bindparam("samples"),
        runs.c.engine == sa.bindparam("engine"),
        runs.c.model == sa.bindparam("model"),
        runs.c.adapter == sa.bindparam("adapter"),
        ~run_groups.c.batch,
    )
    .group_by(run_groups.c.id, run_groups.c.created)
    .having(sa.bindparam("samples") == _WHOLE)
    .order_by(run_groups.c.created.desc())
    .limit(LATEST)
)
