"""A case version may be a what-if: a copy that nobody ever saved as the patient's record.

Frozen: this file describes what this revision changed, whatever ``tables`` says later.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: None = None
depends_on: None = None

_KNOWN = "ck_case_versions_source_known"
_BEFORE = "source IN ('public', 'entered', 'import')"
_AFTER = "source IN ('public', 'entered', 'import', 'what-if')"
_MESSAGE = "a case version never changes"


def upgrade() -> None:
    """Applies this revision."""
    _sources(_AFTER)


def downgrade() -> None:
    """Takes this revision back, where no what-if was ever made.

    Raises:
        RuntimeError: There are some.
    """
    if op.get_bind().execute(sa.text("SELECT 1 FROM case_versions WHERE source = 'what-if' LIMIT 1")).first():
        raise RuntimeError("the database holds what-ifs, which the revision before knows nothing of")
    _sources(_BEFORE)


def _sources(known: str) -> None:
    """Lets a version be from one of ``known``; SQLite makes the table again for it, and so the trigger."""
    with op.batch_alter_table("case_versions") as batch:
        batch.drop_constraint(op.f(_KNOWN), type_="check")
        batch.create_check_constraint(op.f(_KNOWN), known)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER case_versions_no_update BEFORE UPDATE ON case_versions FOR EACH ROW "
            f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
        )
