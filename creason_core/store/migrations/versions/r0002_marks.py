"""Stars and deletions of run groups, in a table beside them; and the order in which History lists them.

Frozen: this file describes what version 0.2 added, whatever ``tables`` says later.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Applies this revision."""
    op.create_table(
        "group_marks",
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("starred", sa.Boolean(create_constraint=True, name="starred_bool"), nullable=False),
        sa.Column("deleted", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["run_groups.id"], name="fk_group_marks_group_id_run_groups"),
        sa.PrimaryKeyConstraint("group_id", name="pk_group_marks"),
    )
    op.create_index("ix_run_groups_owner_created", "run_groups", ["owner", "created"], unique=False)


def downgrade() -> None:
    """Takes this revision back."""
    op.drop_index("ix_run_groups_owner_created", "run_groups")
    op.drop_table("group_marks")
