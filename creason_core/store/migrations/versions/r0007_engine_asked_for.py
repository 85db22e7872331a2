"""Which engine a group of runs asked for, empty for none in particular.

Frozen: this file describes what this revision added, whatever ``tables`` says later.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Applies this revision."""
    op.add_column("run_groups", sa.Column("engine", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Takes this revision back."""
    op.drop_column("run_groups", "engine")
