"""Which cohort and which codebook a case version and a run belong to, and the text of every codebook used.

Old rows: codebook and hash as the stored case and question say, the cohort as a public case's key says. Up to revision
4 the program entered and imported for one cohort, rhc-sepsis, whose codebook is rhc; a case of another codebook is
left without a cohort. Frozen: this file describes what this revision added, whatever ``tables`` says later.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: None = None
depends_on: None = None

_COLUMNS = {
    "case_versions": ("codebook", "codebook_hash", "cohort", "cohort_hash"),
    "run_groups": ("codebook", "cohort", "cohort_hash"),
}
_MESSAGE = "a case version never changes"


def upgrade() -> None:
    """Applies this revision."""
    op.create_table(
        "codebooks",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(content) <= 10000000", name=op.f("ck_codebooks_content_length")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_codebooks")),
    )
    for table, names in _COLUMNS.items():
        for name in names:
            op.add_column(table, sa.Column(name, sa.Text(), server_default="", nullable=False))
    _fill()


def downgrade() -> None:
    """Takes this revision back."""
    for table, names in _COLUMNS.items():
        for name in reversed(names):
            op.drop_column(table, name)
    op.drop_table("codebooks")


def _fill() -> None:
    """What old rows say of themselves; the rule that no case version changes rests meanwhile, in one transaction."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("DROP TRIGGER IF EXISTS case_versions_no_update" + ("" if sqlite else " ON case_versions"))
    versions = _table("case_versions", "id", "case_id", "content", "codebook", "codebook_hash", "cohort")
    groups = _table("run_groups", "case_version_id", "question", "codebook", "cohort")
    cases = _table("cases", "id", "public_key")
    for key in ("codebook", "codebook_hash"):
        op.execute(versions.update().values({key: _said(versions.c.content, key, sqlite=sqlite)}))
    op.execute(groups.update().values(codebook=_said(groups.c.question, "codebook", sqlite=sqlite)))
    patient = _said(versions.c.content, "patient", sqlite=sqlite)
    before = sa.func.length(cases.c.public_key) - sa.func.length(patient) - 1  # the key is "cohort/patient"
    opened = sa.select(sa.func.substr(cases.c.public_key, 1, before)).where(
        cases.c.id == versions.c.case_id, cases.c.public_key.endswith(sa.literal("/") + patient)
    )
    op.execute(versions.update().values(cohort=sa.func.coalesce(opened.scalar_subquery(), "")))
    op.execute(
        versions.update().where(versions.c.cohort == "", versions.c.codebook == "rhc").values(cohort="rhc-sepsis")
    )
    of_case = sa.select(versions.c.cohort).where(versions.c.id == groups.c.case_version_id).scalar_subquery()
    op.execute(groups.update().values(cohort=sa.func.coalesce(of_case, "")))
    made = "CREATE TRIGGER case_versions_no_update BEFORE UPDATE ON case_versions FOR EACH ROW "
    op.execute(
        f"{made}BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
        if sqlite
        else f"{made}EXECUTE FUNCTION creason_refuse('{_MESSAGE}')"
    )


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(column, sa.Text()) for column in columns))


def _said(text: sa.ColumnElement[str], key: str, *, sqlite: bool) -> sa.ColumnElement[str]:
    """What the JSON in ``text`` says under ``key``, or nothing."""
    if sqlite:
        return sa.func.coalesce(sa.func.json_extract(text, f"$.{key}"), "")
    return sa.func.coalesce(sa.func.json_extract_path_text(sa.cast(text, sa.JSON()), key), "")
