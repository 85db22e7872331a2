"""How likely each option was to the model after its reply, as log-probabilities, where that was asked.

Frozen: this file describes what this revision added, whatever ``tables`` says later.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Applies this revision."""
    op.add_column("runs", sa.Column("logprobs", sa.Text()))


def downgrade() -> None:
    """Takes this revision back."""
    op.drop_column("runs", "logprobs")
