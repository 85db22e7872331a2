"""Antibiotic consults: local antibiograms with their rows, and what people decided about the options of a consult.

Frozen: this file describes what this revision added, whatever ``antibiogram_tables`` and ``fact_tables`` say later.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: None = None
depends_on: None = None

_RULES = {
    "antibiograms": "an antibiogram never changes",
    "antibiogram_rows": "an antibiogram never changes",
    "consult_decisions": "facts are added to, never changed",
}


def upgrade() -> None:
    """Applies this revision."""
    _antibiograms()
    _decisions()
    postgres = op.get_bind().dialect.name == "postgresql"
    for table, message in _RULES.items():
        for event in ("UPDATE", "DELETE", *(["TRUNCATE"] if postgres else [])):
            each = "STATEMENT" if event == "TRUNCATE" else "ROW"
            does = f"EXECUTE FUNCTION creason_refuse('{message}')"
            if not postgres:
                does = f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            op.execute(f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} FOR EACH {each} {does}")


def downgrade() -> None:
    """Takes this revision back: the tables go, with what they hold."""
    for table in ("consult_decisions", "antibiogram_rows", "antibiograms"):
        op.drop_table(table)


def _antibiograms() -> None:
    op.create_table(
        "antibiograms",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Text(), nullable=False),
        sa.Column("period_end", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(title) <= 200", name=op.f("ck_antibiograms_title_length")),
        sa.PrimaryKeyConstraint("id", name="pk_antibiograms"),
    )
    op.create_table(
        "antibiogram_rows",
        sa.Column("antibiogram_id", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organism", sa.Text(), nullable=False),
        sa.Column("drug", sa.Text(), nullable=False),
        sa.Column("tested", sa.Integer(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.CheckConstraint("tested >= 1", name=op.f("ck_antibiogram_rows_tested_range")),
        sa.CheckConstraint("share BETWEEN 0 AND 1", name=op.f("ck_antibiogram_rows_share_range")),
        sa.CheckConstraint("length(organism) <= 200", name=op.f("ck_antibiogram_rows_organism_length")),
        sa.CheckConstraint("length(drug) <= 200", name=op.f("ck_antibiogram_rows_drug_length")),
        sa.ForeignKeyConstraint(
            ["antibiogram_id"], ["antibiograms.id"], name="fk_antibiogram_rows_antibiogram_id_antibiograms"
        ),
        sa.PrimaryKeyConstraint("antibiogram_id", "n", name="pk_antibiogram_rows"),
    )


def _decisions() -> None:
    op.create_table(
        "consult_decisions",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("case_version_id", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("option", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("train_ok", sa.Boolean(create_constraint=True, name="train_ok_bool"), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "choice IN ('accept', 'modify', 'defer', 'reject')", name=op.f("ck_consult_decisions_choice_known")
        ),
        sa.CheckConstraint("outcome IN ('accepted', 'overridden')", name=op.f("ck_consult_decisions_outcome_known")),
        sa.CheckConstraint("length(question) <= 1000", name=op.f("ck_consult_decisions_question_length")),
        sa.CheckConstraint("length(option) <= 100000", name=op.f("ck_consult_decisions_option_length")),
        sa.CheckConstraint("length(comment) <= 1000", name=op.f("ck_consult_decisions_comment_length")),
        sa.ForeignKeyConstraint(
            ["case_version_id"], ["case_versions.id"], name="fk_consult_decisions_case_version_id_case_versions"
        ),
        sa.PrimaryKeyConstraint("owner", "card", "entry", name="pk_consult_decisions"),
    )
    op.create_index("ix_consult_decisions_case_version_id", "consult_decisions", ["case_version_id"], unique=False)
