"""The words of the hospital's passages, which PostgreSQL's full text ranks; on SQLite these tables stay empty.

Frozen: this file describes what this revision added, whatever ``library_tables`` says later.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Applies this revision."""
    op.create_table(
        "library_indexed",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["library_documents.id"], name="fk_library_indexed_document_id_library_documents"
        ),
        sa.PrimaryKeyConstraint("document_id", name="pk_library_indexed"),
    )
    op.create_table(
        "library_words",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id", "n"],
            ["library_passages.document_id", "library_passages.n"],
            name="fk_library_words_document_id_n_library_passages",
        ),
        sa.PrimaryKeyConstraint("document_id", "n", name="pk_library_words"),
    )
    op.create_index("ix_library_words_words", "library_words", ["words"], unique=False, postgresql_using="gin")


def downgrade() -> None:
    """Takes this revision back: the words go, which are made from the passages whenever they are needed."""
    op.drop_table("library_words")
    op.drop_table("library_indexed")
