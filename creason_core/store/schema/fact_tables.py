"""The tables of facts: of the rows of an owner and a key, the one with the highest ``entry`` counts.

``entry`` is the number of the row's entry in its owner's audit chain; 0: the row was moved from ``drafts``. Triggers
in the database hold that these tables only ever grow.
"""

import sqlalchemy as sa

from creason_core.store.schema.columns import at_most, one_of
from creason_core.store.schema.tables import metadata
from creason_core.store.sql.types import CleanText, JsonText, UTCDateTime


def _fact(name: str, key: sa.Column[str], *said: sa.schema.SchemaItem, once: bool = False) -> sa.Table:
    """A table of facts about ``key``; ``once``: the first row of a key is the only one."""
    return sa.Table(
        name,
        metadata,
        sa.Column("owner", CleanText, nullable=False),
        key,
        sa.Column("entry", sa.Integer, nullable=False),
        *said,
        sa.Column("created", UTCDateTime, nullable=False),
        sa.PrimaryKeyConstraint("owner", key.name, *([] if once else ["entry"])),
    )


def _about(name: str, *target: sa.ForeignKey) -> sa.Column[str]:
    return sa.Column(name, CleanText, *target, nullable=False, index=bool(target))


def _yes(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(create_constraint=True, name=f"{name}_bool"), nullable=False)


# That the recorded value of a group's question was shown to its owner.
reveals = _fact("reveals", _about("group_id", sa.ForeignKey("run_groups.id")), once=True)

# The owner's own answer to a question, until the run that it belongs to has started (``used``).
commitments = _fact(
    "commitments",
    _about("question_id"),
    sa.Column("option", sa.Integer),  # canonical index; NULL: skipped
    _yes("sure"),
    sa.Column("before_reveal", sa.Boolean),  # NULL: the order is not known
    _yes("used"),
)

# What the owner takes the text of a run to mean.
readings = _fact(
    "readings",
    _about("run_id", sa.ForeignKey("runs.id")),
    sa.Column("option", sa.Integer),  # canonical index; NULL: the text means none
    _yes("after_reveal"),
    _yes("taken_back"),
)

# Mappings of import files, kept under a name for the next file.
import_mappings = _fact(
    "import_mappings",
    _about("name"),
    sa.Column("content", CleanText, nullable=False),  # SavedMapping as JSON, byte for byte
    sa.CheckConstraint("length(content) <= 1000000", name="content_length"),
)

# An undertaking of several groups that is read as one: a probe, a sweep.
series = _fact(
    "series",
    _about("id"),
    sa.Column("kind", CleanText, nullable=False),
    sa.Column("base_group_id", CleanText, sa.ForeignKey("run_groups.id"), index=True),  # NULL: it has none yet
    sa.Column("plan", CleanText, nullable=False),  # JSON of the kind's own form, byte for byte
    at_most("plan", 100_000),
    once=True,
)

# Where a group stands in a series. A position that is asked again has several rows, of which the newest counts.
series_points = _fact(
    "series_points",
    _about("group_id", sa.ForeignKey("run_groups.id")),
    sa.Column("series_id", CleanText, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("base_group_id", CleanText, sa.ForeignKey("run_groups.id"), index=True),  # NULL: it is paired with none
    sa.Column("what", CleanText, nullable=False),  # JSON of the kind's own form: what was hidden or changed here
    sa.ForeignKeyConstraint(["owner", "series_id"], ["series.owner", "series.id"]),
    sa.CheckConstraint("position >= 0", name="position_range"),
    sa.Index(None, "owner", "series_id"),
    at_most("what", 100_000),
    once=True,
)

# What the owner decided about an option of an antibiotic consult (a card of its own); the newest counts.
consult_decisions = _fact(
    "consult_decisions",
    _about("card"),  # a UUID
    sa.Column("case_version_id", CleanText, sa.ForeignKey("case_versions.id"), nullable=False, index=True),
    sa.Column("question", CleanText, nullable=False),
    sa.Column("option", CleanText, nullable=False),  # ConsultOption as JSON, byte for byte: what was shown
    sa.Column("choice", CleanText, nullable=False),
    sa.Column("outcome", CleanText, nullable=False),
    sa.Column("reasons", JsonText, nullable=False),
    sa.Column("comment", CleanText, nullable=False),
    _yes("train_ok"),
    one_of("choice", ("accept", "modify", "defer", "reject")),
    one_of("outcome", ("accepted", "overridden")),
    at_most("question", 1_000),
    at_most("option", 100_000),
    at_most("comment", 1_000),
)

FACTS = {
    table.name: table
    for table in (reveals, commitments, readings, import_mappings, series, series_points, consult_decisions)
}
