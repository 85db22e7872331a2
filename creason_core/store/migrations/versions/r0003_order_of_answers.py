"""Whether it was looked up, for each of the reader's own answers, that it came before the reveal.

Rows of before keep NULL: all of them said "before", whatever the order was. Frozen: this file describes what version
0.3 added, whatever ``tables`` says later.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Applies this revision."""
    op.add_column("human_answers", sa.Column("order_known", sa.Boolean(), nullable=True))


def downgrade() -> None:
    """Takes this revision back."""
    op.drop_column("human_answers", "order_known")
