"""What the newest probe of a group found, as its rows tell it: for exports, which know no live run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from creason_core.model.engines.base import ModelIdentity
from creason_core.question.probing import Removal
from creason_core.store.runs.run_rows import JUDGED
from creason_core.store.schema.fact_tables import series, series_points
from creason_core.store.schema.tables import runs


@dataclass(frozen=True, slots=True)
class TestedPoint:
    """A point whose samples all said what they would: the options (canonical index or None), and who answered."""

    group_id: str
    removal: Removal
    options: tuple[int | None, ...]
    identities: frozenset[ModelIdentity]


def tested_in(connection: sa.Connection, user: str, group_ids: Sequence[str]) -> Mapping[str, tuple[TestedPoint, ...]]:
    """The points of the newest probe of each group that has one, by the group's id, within a transaction."""
    begun = sa.select(series.c.id, series.c.base_group_id).where(
        series.c.owner == user, series.c.kind == "probe", series.c.base_group_id.in_(group_ids)
    )
    newest = {row.base_group_id: row.id for row in connection.execute(begun.order_by(series.c.entry))}
    if not newest:
        return {}
    placed = sa.select(*series_points.c["series_id", "group_id", "position", "what"]).where(
        series_points.c.owner == user, series_points.c.series_id.in_(newest.values())
    )
    places = {(row.series_id, row.position): row for row in connection.execute(placed.order_by(series_points.c.entry))}
    groups = [place.group_id for place in places.values()]
    asked = sa.select(runs).where(runs.c.owner == user, runs.c.group_id.in_(groups)).order_by(runs.c.sample)
    of_group: dict[str, list[sa.Row[Any]]] = {group_id: [] for group_id in groups}
    for row in connection.execute(asked.with_only_columns(*runs.c[*_READ])):
        of_group[row.group_id].append(row)
    found = {}
    for base, series_id in newest.items():
        points = [places[key] for key in sorted(key for key in places if key[0] == series_id)]
        read = (_point(point.group_id, point.what, of_group[point.group_id]) for point in points)
        found[base] = tuple(point for point in read if point is not None)
    return found


def _point(group_id: str, what: str, rows: Sequence[sa.Row[Any]]) -> TestedPoint | None:
    """None where a sample did not say all it would, or where the place is one of a later version of the program."""
    if not rows or any(row.status not in JUDGED for row in rows):
        return None
    try:
        removal = Removal.model_validate_json(what)
    except ValidationError:
        return None
    identities = frozenset(ModelIdentity.named(row) for row in rows)
    return TestedPoint(group_id, removal, tuple(row.option for row in rows), identities)


_READ = (
    "group_id", "status", "option",
    "engine", "model", "model_hash", "adapter", "adapter_hash", "runtime", "precision",
)  # fmt: skip
