"""Kinds of question without a list in the database, messages as messages, documents, answers of more than one letter.

What rows of before sent stays the transcript that it is: an ended run never changes. Frozen: this file describes what
this revision added, whatever ``tables`` says later.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: None = None
depends_on: None = None

_KNOWN, _KINDS = "ck_run_groups_kind_known", "kind IN ('mask', 'missing')"
_COLUMNS = (("runs", "messages"), ("runs", "options"), ("feedback", "messages"))
_REFUSED = (
    ("documents", "a document never changes"),
    ("group_documents", "what a run was given never changes"),
)


def upgrade() -> None:
    """Applies this revision."""
    for table, name in _COLUMNS:
        op.add_column(table, sa.Column(name, sa.Text(), nullable=True))
    with op.batch_alter_table("run_groups") as batch:  # SQLite makes the table again; no trigger stands on it
        batch.drop_constraint(op.f(_KNOWN), type_="check")
    _documents()
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, message in _REFUSED:
        refuse = (
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            if sqlite
            else f"EXECUTE FUNCTION creason_refuse('{message}')"
        )
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW {refuse}")


def downgrade() -> None:
    """Takes this revision back; rows of other kinds, and messages that no transcript holds, would be lost."""
    op.drop_table("group_documents")
    op.drop_table("documents")
    with op.batch_alter_table("run_groups") as batch:
        batch.create_check_constraint(op.f(_KNOWN), _KINDS)
    for table, name in reversed(_COLUMNS):
        op.drop_column(table, name)


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(text) <= 1000000", name=op.f("ck_documents_text_length")),
        sa.PrimaryKeyConstraint("owner", "sha256", name="pk_documents"),
    )
    op.create_table(
        "group_documents",
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["run_groups.id"], name="fk_group_documents_group_id_run_groups"),
        sa.ForeignKeyConstraint(
            ["owner", "sha256"],
            ["documents.owner", "documents.sha256"],
            name="fk_group_documents_owner_sha256_documents",
        ),
        sa.PrimaryKeyConstraint("group_id", "position", name="pk_group_documents"),
    )
