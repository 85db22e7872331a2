"""Series: several groups of one undertaking, such as a probe, and the place of each group in it.

Frozen: this file describes what this revision added, whatever ``fact_tables`` says later.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: None = None
depends_on: None = None

_FACTS = ("series", "series_points")
_MESSAGE = "facts are added to, never changed"


def upgrade() -> None:
    """Applies this revision."""
    op.create_table(
        "series",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("base_group_id", sa.Text(), nullable=True),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(plan) <= 100000", name=op.f("ck_series_plan_length")),
        sa.ForeignKeyConstraint(["base_group_id"], ["run_groups.id"], name="fk_series_base_group_id_run_groups"),
        sa.PrimaryKeyConstraint("owner", "id", name="pk_series"),
    )
    op.create_index("ix_series_base_group_id", "series", ["base_group_id"], unique=False)
    op.create_table(
        "series_points",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("base_group_id", sa.Text(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(what) <= 100000", name=op.f("ck_series_points_what_length")),
        sa.CheckConstraint("position >= 0", name=op.f("ck_series_points_position_range")),
        sa.ForeignKeyConstraint(["base_group_id"], ["run_groups.id"], name="fk_series_points_base_group_id_run_groups"),
        sa.ForeignKeyConstraint(["group_id"], ["run_groups.id"], name="fk_series_points_group_id_run_groups"),
        sa.ForeignKeyConstraint(
            ["owner", "series_id"], ["series.owner", "series.id"], name="fk_series_points_owner_series_id_series"
        ),
        sa.PrimaryKeyConstraint("owner", "group_id", name="pk_series_points"),
    )
    op.create_index("ix_series_points_base_group_id", "series_points", ["base_group_id"], unique=False)
    op.create_index("ix_series_points_group_id", "series_points", ["group_id"], unique=False)
    op.create_index("ix_series_points_owner_series_id", "series_points", ["owner", "series_id"], unique=False)
    postgres = op.get_bind().dialect.name == "postgresql"
    for table in _FACTS:
        for event in ("UPDATE", "DELETE", "TRUNCATE") if postgres else ("UPDATE", "DELETE"):
            each = "STATEMENT" if event == "TRUNCATE" else "ROW"
            does = f"EXECUTE FUNCTION creason_refuse('{_MESSAGE}')"
            if not postgres:
                does = f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
            name = f"{table}_no_{event.lower()}"
            op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {each} {does}")


def downgrade() -> None:
    """Takes this revision back: the tables go, with what they hold."""
    for table in reversed(_FACTS):
        op.drop_table(table)
