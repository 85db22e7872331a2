"""The tables of local antibiograms. They belong to the installation; none changes or goes: triggers hold that."""

import sqlalchemy as sa

from creason_core.store.schema.columns import at_most, key_column, text_column, time_column
from creason_core.store.schema.tables import metadata
from creason_core.store.sql.types import CleanText

antibiograms = sa.Table(
    "antibiograms",
    metadata,
    key_column(),
    sa.Column("sha256", CleanText, nullable=False),  # of the file's bytes
    text_column("file_name", default=None),
    text_column("title", default=None),  # of which hospital or ward it is
    text_column("period_start", default=None),  # days
    text_column("period_end", default=None),
    text_column("added_by", default=None),
    time_column("created"),
    at_most("title", 200),
)

antibiogram_rows = sa.Table(
    "antibiogram_rows",
    metadata,
    sa.Column("antibiogram_id", CleanText, sa.ForeignKey("antibiograms.id"), primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),  # the row's place, from 1
    text_column("organism", default=None),
    text_column("drug", default=None),
    sa.Column("tested", sa.Integer, nullable=False),
    sa.Column("share", sa.Float, nullable=False),  # of those tested, that was susceptible
    sa.CheckConstraint("tested >= 1", name="tested_range"),
    sa.CheckConstraint("share BETWEEN 0 AND 1", name="share_range"),
    at_most("organism", 200),
    at_most("drug", 200),
)
