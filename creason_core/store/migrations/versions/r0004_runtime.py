"""What computed a reply, and with which numbers: beside the weights that gave it, of runs and of ratings.

Frozen: this file describes what version 0.3 added, whatever ``tables`` says later.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: None = None
depends_on: None = None

_PLACES = [(table, name) for table in ("runs", "feedback") for name in ("runtime", "precision")]


def upgrade() -> None:
    """Applies this revision."""
    for table, name in _PLACES:
        op.add_column(table, sa.Column(name, sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Takes this revision back."""
    for table, name in reversed(_PLACES):
        op.drop_column(table, name)
