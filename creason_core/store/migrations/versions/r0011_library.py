"""The hospital's own library: documents, their pages and passages, what was taken out, and who signed what.

Frozen: this file describes what this revision added, whatever ``library_tables`` says later.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: None = None
depends_on: None = None

_RULES = {
    "library_documents": (("UPDATE", "DELETE", "TRUNCATE"), "a document of the library never changes"),
    "library_removals": (("UPDATE", "DELETE", "TRUNCATE"), "what was taken out of the library stays told"),
    "library_pages": (("UPDATE",), "a page of the library never changes"),
    "library_passages": (("UPDATE",), "a passage of the library never changes"),
    "library_reviews": (("UPDATE", "DELETE", "TRUNCATE"), "signatures are added to, never changed"),
}


def upgrade() -> None:
    """Applies this revision."""
    _documents()
    _pages()
    _reviews()
    postgres = op.get_bind().dialect.name == "postgresql"
    for table, (events, message) in _RULES.items():
        for event in events:
            if event == "TRUNCATE" and not postgres:
                continue
            each = "STATEMENT" if event == "TRUNCATE" else "ROW"
            does = f"EXECUTE FUNCTION creason_refuse('{message}')"
            if not postgres:
                does = f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            op.execute(f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} FOR EACH {each} {does}")


def downgrade() -> None:
    """Takes this revision back: the tables go, with what they hold."""
    for table in (
        "library_reviews", "library_passages", "library_pages", "library_removals", "library_documents"
    ):  # fmt: skip
        op.drop_table(table)


def _documents() -> None:
    op.create_table(
        "library_documents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("published", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Text(), server_default="", nullable=False),
        sa.Column("population", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Text(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(title) <= 300", name=op.f("ck_library_documents_title_length")),
        sa.CheckConstraint("length(organisation) <= 200", name=op.f("ck_library_documents_organisation_length")),
        sa.CheckConstraint("length(population) <= 300", name=op.f("ck_library_documents_population_length")),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["library_documents.id"], name="fk_library_documents_supersedes_library_documents"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_library_documents"),
    )
    op.create_index("ix_library_documents_sha256", "library_documents", ["sha256"], unique=False)
    op.create_index("ix_library_documents_supersedes", "library_documents", ["supersedes"], unique=False)
    op.create_table(
        "library_removals",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("removed_by", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["library_documents.id"], name="fk_library_removals_document_id_library_documents"
        ),
        sa.PrimaryKeyConstraint("document_id", name="pk_library_removals"),
    )


def _pages() -> None:
    op.create_table(
        "library_pages",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("length(text) <= 1000000", name=op.f("ck_library_pages_text_length")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["library_documents.id"], name="fk_library_pages_document_id_library_documents"
        ),
        sa.PrimaryKeyConstraint("document_id", "page", name="pk_library_pages"),
    )
    op.create_table(
        "library_passages",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("stop", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id", "page"],
            ["library_pages.document_id", "library_pages.page"],
            name="fk_library_passages_document_id_page_library_pages",
        ),
        sa.PrimaryKeyConstraint("document_id", "n", name="pk_library_passages"),
    )


def _reviews() -> None:
    op.create_table(
        "library_reviews",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("signed", sa.Boolean(create_constraint=True, name="signed_bool"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("noted_by", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(name) <= 200", name=op.f("ck_library_reviews_name_length")),
        sa.CheckConstraint("length(comment) <= 2000", name=op.f("ck_library_reviews_comment_length")),
        sa.PrimaryKeyConstraint("subject", "n", name="pk_library_reviews"),
    )
