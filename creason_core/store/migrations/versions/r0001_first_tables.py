"""The first tables: cases, runs, human answers, feedback, preferences, audit; and what may never change.

Frozen: this file describes the schema of version 0.1, whatever ``tables`` says later.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: None = None
depends_on: None = None

# (table, event, condition, message): what the database itself refuses.
_REFUSED = (
    ("case_versions", "UPDATE", "", "a case version never changes"),
    (
        "runs",
        "UPDATE",
        "OLD.status NOT IN ('queued', 'waiting', 'streaming', 'checking')",
        "an ended run never changes",
    ),
    ("human_answers", "UPDATE", "", "a human answer never changes"),
    ("feedback", "UPDATE", "", "feedback is superseded, never changed"),
    ("audit", "UPDATE", "", "the audit log never changes"),
    ("audit", "DELETE", "", "the audit log never shrinks"),
)


def upgrade() -> None:
    """Applies this revision."""
    _people_and_cases()
    _runs()
    _judgements()
    _audit()
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgres_triggers()


def downgrade() -> None:
    """Takes this revision back: every table goes, with what it holds."""
    for table in (
        "audit",
        "feedback",
        "human_answers",
        "runs",
        "run_groups",
        "processes",
        "drafts",
        "case_versions",
        "cases",
        "preferences",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION creason_refuse()")


def _sqlite_triggers() -> None:
    for table, event, condition, message in _REFUSED:
        when = f"WHEN {condition}" if condition else ""
        op.execute(
            f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} FOR EACH ROW {when} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )


def _postgres_triggers() -> None:
    op.execute(
        "CREATE FUNCTION creason_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0]; END $$"
    )
    for table, event, condition, message in _REFUSED:
        when = f"WHEN ({condition})" if condition else ""
        op.execute(
            f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} FOR EACH ROW {when} "
            f"EXECUTE FUNCTION creason_refuse('{message}')"
        )
    op.execute(
        "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT "
        "EXECUTE FUNCTION creason_refuse('the audit log never shrinks')"
    )


def _people_and_cases() -> None:
    op.create_table(
        "preferences",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_preferences"),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("owner", "public_key", name="uq_cases_owner_public_key"),
    )
    op.create_index("ix_cases_owner", "cases", ["owner"], unique=False)
    op.create_table(
        "case_versions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("idem", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("source IN ('public', 'entered', 'import')", name=op.f("ck_case_versions_source_known")),
        sa.CheckConstraint("length(content) <= 1000000", name=op.f("ck_case_versions_content_length")),
        sa.CheckConstraint("length(label) <= 200", name=op.f("ck_case_versions_label_length")),
        sa.CheckConstraint("length(note) <= 2000", name=op.f("ck_case_versions_note_length")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_versions_case_id_cases"),
        sa.ForeignKeyConstraint(["parent_id"], ["case_versions.id"], name="fk_case_versions_parent_id_case_versions"),
        sa.PrimaryKeyConstraint("id", name="pk_case_versions"),
        sa.UniqueConstraint("case_id", "n", name="uq_case_versions_case_id_n"),
        sa.UniqueConstraint("owner", "idem", name="uq_case_versions_owner_idem"),
    )
    op.create_index("ix_case_versions_case_id", "case_versions", ["case_id"], unique=False)
    op.create_index("ix_case_versions_owner", "case_versions", ["owner"], unique=False)
    op.create_index("ix_case_versions_parent_id", "case_versions", ["parent_id"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(content) <= 1000000", name=op.f("ck_drafts_content_length")),
        sa.PrimaryKeyConstraint("owner", "key", name="pk_drafts"),
    )


def _runs() -> None:
    op.create_table(
        "processes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), server_default="", nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heartbeat", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_processes"),
    )
    op.create_table(
        "run_groups",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("idem", sa.Text(), nullable=False),
        sa.Column("case_version_id", sa.Text(), nullable=False),
        sa.Column("parent_group_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("question_id", sa.Text(), nullable=False),
        sa.Column("masked_feature", sa.Text(), nullable=False),
        sa.Column("codebook_hash", sa.Text(), nullable=False),
        sa.Column("design", sa.Text(), nullable=False),
        sa.Column("prompt_version", sa.Integer(), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("temperature", sa.Float(), nullable=False),
        sa.Column("max_tokens", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Boolean(create_constraint=True, name="batch_bool"), nullable=False),
        sa.Column("seen", sa.Boolean(create_constraint=True, name="seen_bool"), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('mask', 'missing')", name=op.f("ck_run_groups_kind_known")),
        sa.CheckConstraint("max_tokens > 0", name=op.f("ck_run_groups_max_tokens_range")),
        sa.CheckConstraint("samples BETWEEN 1 AND 1000", name=op.f("ck_run_groups_samples_range")),
        sa.CheckConstraint("temperature >= 0", name=op.f("ck_run_groups_temperature_range")),
        sa.ForeignKeyConstraint(
            ["case_version_id"], ["case_versions.id"], name="fk_run_groups_case_version_id_case_versions"
        ),
        sa.ForeignKeyConstraint(
            ["parent_group_id"], ["run_groups.id"], name="fk_run_groups_parent_group_id_run_groups"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_run_groups"),
        sa.UniqueConstraint("owner", "idem", name="uq_run_groups_owner_idem"),
    )
    op.create_index("ix_run_groups_case_version_id", "run_groups", ["case_version_id"], unique=False)
    op.create_index("ix_run_groups_owner", "run_groups", ["owner"], unique=False)
    op.create_index("ix_run_groups_parent_group_id", "run_groups", ["parent_group_id"], unique=False)
    op.create_table(
        "runs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("sample", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("option_order", sa.Text(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("tokens", sa.Integer(), server_default="0", nullable=False),
        sa.Column("finish_reason", sa.Text(), nullable=True),
        sa.Column("letter", sa.Text(), nullable=True),
        sa.Column("option", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("engine", sa.Text(), server_default="", nullable=False),
        sa.Column("model", sa.Text(), server_default="", nullable=False),
        sa.Column("model_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("adapter", sa.Text(), server_default="", nullable=False),
        sa.Column("adapter_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_token", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(ended IS NULL) = (status IN ('queued', 'waiting', 'streaming', 'checking'))",
            name=op.f("ck_runs_ended_has_time"),
        ),
        sa.CheckConstraint("finish_reason IN ('stop', 'length')", name=op.f("ck_runs_finish_reason_known")),
        sa.CheckConstraint("status <> 'complete' OR letter IS NOT NULL", name=op.f("ck_runs_complete_has_letter")),
        sa.CheckConstraint(
            "status IN ('queued', 'waiting', 'streaming', 'checking', 'complete', "
            "'truncated', 'unparsed', 'stopped', 'timeout', 'error', 'interrupted')",
            name=op.f("ck_runs_status_known"),
        ),
        sa.CheckConstraint("length(error) <= 2000", name=op.f("ck_runs_error_length")),
        sa.CheckConstraint("length(text) <= 1000000", name=op.f("ck_runs_text_length")),
        sa.CheckConstraint("tokens >= 0", name=op.f("ck_runs_tokens_range")),
        sa.ForeignKeyConstraint(["group_id"], ["run_groups.id"], name="fk_runs_group_id_run_groups"),
        sa.ForeignKeyConstraint(["process_id"], ["processes.id"], name="fk_runs_process_id_processes"),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.UniqueConstraint("group_id", "sample", name="uq_runs_group_id_sample"),
    )
    op.create_index("ix_runs_group_id", "runs", ["group_id"], unique=False)
    op.create_index("ix_runs_process_id", "runs", ["process_id"], unique=False)
    op.create_index("ix_runs_status", "runs", ["status"], unique=False)


def _judgements() -> None:
    op.create_table(
        "human_answers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("idem", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("option", sa.Integer(), nullable=True),
        sa.Column("sure", sa.Boolean(create_constraint=True, name="sure_bool"), nullable=False),
        sa.Column("before_reveal", sa.Boolean(create_constraint=True, name="before_reveal_bool"), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["run_groups.id"], name="fk_human_answers_group_id_run_groups"),
        sa.PrimaryKeyConstraint("id", name="pk_human_answers"),
        sa.UniqueConstraint("owner", "group_id", name="uq_human_answers_owner_group_id"),
        sa.UniqueConstraint("owner", "idem", name="uq_human_answers_owner_idem"),
    )
    op.create_index("ix_human_answers_group_id", "human_answers", ["group_id"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("idem", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Text(), nullable=True),
        sa.Column("thumb", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("train_ok", sa.Boolean(create_constraint=True, name="train_ok_bool"), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("completion", sa.Text(), nullable=False),
        sa.Column("run_status", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), server_default="", nullable=False),
        sa.Column("model", sa.Text(), server_default="", nullable=False),
        sa.Column("model_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("adapter", sa.Text(), server_default="", nullable=False),
        sa.Column("adapter_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("option_order", sa.Text(), nullable=False),
        sa.Column("question_id", sa.Text(), nullable=False),
        sa.Column("codebook_hash", sa.Text(), nullable=False),
        sa.Column("prompt_version", sa.Integer(), nullable=False),
        sa.Column("design", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "severity IN ('none', 'mild', 'moderate', 'severe')", name=op.f("ck_feedback_severity_known")
        ),
        sa.CheckConstraint("thumb IN ('up', 'down')", name=op.f("ck_feedback_thumb_known")),
        sa.CheckConstraint("length(comment) <= 1000", name=op.f("ck_feedback_comment_length")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_feedback_run_id_runs"),
        sa.ForeignKeyConstraint(["supersedes"], ["feedback.id"], name="fk_feedback_supersedes_feedback"),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
        sa.UniqueConstraint("owner", "idem", name="uq_feedback_owner_idem"),
        sa.UniqueConstraint("supersedes", name="uq_feedback_supersedes"),
    )
    op.create_index("ix_feedback_owner", "feedback", ["owner"], unique=False)
    op.create_index("ix_feedback_run_id", "feedback", ["run_id"], unique=False)
    op.create_index(
        "uq_feedback_first",
        "feedback",
        ["owner", "run_id"],
        unique=True,
        sqlite_where=sa.text("supersedes IS NULL"),
        postgresql_where=sa.text("supersedes IS NULL"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object_type", sa.Text(), server_default="", nullable=False),
        sa.Column("object_id", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint("length(detail) <= 10000", name=op.f("ck_audit_detail_length")),
        sa.PrimaryKeyConstraint("actor", "seq", name="pk_audit"),
    )
