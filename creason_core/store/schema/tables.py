"""The tables of the store, those of facts aside (``fact_tables``); DDL is written by ``migrations``.

Rows of ``case_versions``, ``human_answers`` and ``feedback`` are never updated, an ended run neither, and
``audit`` only ever grows: triggers in the database hold that, whatever the program does.
"""

import sqlalchemy as sa

from creason_core.store.schema.columns import at_most, key_column, one_of, reference, text_column, time_column
from creason_core.store.sql.types import CleanText, JsonText

RUN_LIVE = ("queued", "waiting", "streaming", "checking")
RUN_ENDED = ("complete", "truncated", "unparsed", "stopped", "timeout", "error", "interrupted")

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


preferences = sa.Table(
    "preferences",
    metadata,
    sa.Column("owner", CleanText, primary_key=True),
    sa.Column("content", JsonText, nullable=False),
    time_column("updated"),
)

cases = sa.Table(
    "cases",
    metadata,
    key_column(),
    sa.Column("owner", CleanText, nullable=False, index=True),
    sa.Column("public_key", CleanText),  # cohort and patient of a public case: one case a user for each
    time_column("created"),
    sa.UniqueConstraint("owner", "public_key"),
)

case_versions = sa.Table(
    "case_versions",
    metadata,
    key_column(),
    reference("case_id", "cases.id"),
    sa.Column("owner", CleanText, nullable=False, index=True),
    text_column("idem", default=None),
    sa.Column("n", sa.Integer, nullable=False),
    reference("parent_id", "case_versions.id", nullable=True),
    text_column("content", default=None),  # PatientCase as JSON, byte for byte
    text_column("content_hash", default=None),
    text_column("label", default=None),
    text_column("source", default=None),
    text_column("note"),
    time_column("created"),
    text_column("codebook"),
    text_column("codebook_hash"),
    text_column("cohort"),  # by name; its content then, SHA-256, stands beside it; empty: nobody said
    text_column("cohort_hash"),
    sa.UniqueConstraint("case_id", "n"),
    sa.UniqueConstraint("owner", "idem"),
    one_of("source", ("public", "entered", "import", "what-if")),
    at_most("content", 1_000_000),
    at_most("label", 200),
    at_most("note", 2_000),
)

# Every codebook that a row was made with, so that the row reads when the cohort is gone.
codebooks = sa.Table(
    "codebooks",
    metadata,
    sa.Column("hash", CleanText, primary_key=True),
    text_column("name", default=None),
    text_column("content", default=None),  # Codebook as JSON
    time_column("created"),
    at_most("content", 10_000_000),
)

drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("owner", CleanText, primary_key=True),
    sa.Column("key", CleanText, primary_key=True),
    sa.Column("content", JsonText, nullable=False),
    time_column("updated"),
    at_most("content", 1_000_000),
)

processes = sa.Table(
    "processes",
    metadata,
    key_column(),
    text_column("host"),
    sa.Column("pid", sa.Integer, nullable=False),
    time_column("started"),
    time_column("heartbeat"),
)

run_groups = sa.Table(
    "run_groups",
    metadata,
    key_column(),
    sa.Column("owner", CleanText, nullable=False, index=True),
    text_column("idem", default=None),
    reference("case_version_id", "case_versions.id"),
    reference("parent_group_id", "run_groups.id", nullable=True),
    text_column("kind", default=None),
    text_column("question", default=None),  # the question as JSON, byte for byte
    text_column("question_id", default=None),
    text_column("masked_feature", default=None),
    text_column("codebook_hash", default=None),
    text_column("design", default=None),
    sa.Column("prompt_version", sa.Integer, nullable=False),
    sa.Column("samples", sa.Integer, nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("temperature", sa.Float, nullable=False),
    sa.Column("max_tokens", sa.Integer, nullable=False),
    sa.Column("batch", sa.Boolean(create_constraint=True, name="batch_bool"), nullable=False),
    sa.Column("seen", sa.Boolean(create_constraint=True, name="seen_bool"), nullable=False),
    time_column("created"),
    text_column("engine"),  # the one that was asked for; empty: none in particular
    text_column("codebook"),
    text_column("cohort"),  # as of the case, when it was asked
    text_column("cohort_hash"),
    sa.UniqueConstraint("owner", "idem"),
    sa.CheckConstraint("samples BETWEEN 1 AND 1000", name="samples_range"),
    sa.CheckConstraint("temperature >= 0", name="temperature_range"),
    sa.CheckConstraint("max_tokens > 0", name="max_tokens_range"),
    sa.Index(None, "owner", "created"),
)

# Text that runs were given beside the record: kept once, under the SHA-256 of its UTF-8.
documents = sa.Table(
    "documents",
    metadata,
    sa.Column("owner", CleanText, primary_key=True),
    sa.Column("sha256", CleanText, primary_key=True),
    text_column("media_type", default=None),
    sa.Column("size", sa.Integer, nullable=False),  # bytes
    text_column("text", default=None),
    time_column("created"),
    at_most("text", 1_000_000),
)

group_documents = sa.Table(
    "group_documents",
    metadata,
    sa.Column("group_id", CleanText, sa.ForeignKey("run_groups.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("owner", CleanText, nullable=False),
    sa.Column("sha256", CleanText, nullable=False),
    sa.ForeignKeyConstraint(["owner", "sha256"], ["documents.owner", "documents.sha256"]),
    sa.Index(None, "owner", "sha256"),
)

# What its owner thinks of a group, beside the group's own row: a mark may change, what was asked may not.
group_marks = sa.Table(
    "group_marks",
    metadata,
    sa.Column("group_id", CleanText, sa.ForeignKey("run_groups.id"), primary_key=True),
    sa.Column("owner", CleanText, nullable=False),
    sa.Column("starred", sa.Boolean(create_constraint=True, name="starred_bool"), nullable=False),
    time_column("deleted", nullable=True),
    time_column("updated"),
)

runs = sa.Table(
    "runs",
    metadata,
    key_column(),
    reference("group_id", "run_groups.id"),
    sa.Column("owner", CleanText, nullable=False),
    reference("process_id", "processes.id"),
    sa.Column("sample", sa.Integer, nullable=False),
    sa.Column("status", CleanText, nullable=False, index=True),
    sa.Column("option_order", JsonText, nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    text_column("prompt", default=None),  # what was sent as a transcript: rows of before ``messages``, else empty
    sa.Column("messages", JsonText),
    text_column("text"),
    sa.Column("tokens", sa.Integer, nullable=False, server_default="0"),
    sa.Column("finish_reason", CleanText),
    sa.Column("letter", CleanText),
    sa.Column("option", sa.Integer),
    sa.Column("options", JsonText),  # canonical indices of an answer of more than one letter
    sa.Column("logprobs", JsonText),  # natural, of the options in canonical order, after the reply; where it was asked
    text_column("error"),
    text_column("engine"),
    text_column("model"),
    text_column("model_hash"),
    text_column("adapter"),
    text_column("adapter_hash"),
    text_column("runtime"),
    text_column("precision"),
    time_column("created"),
    time_column("started", nullable=True),
    time_column("first_token", nullable=True),
    time_column("ended", nullable=True),
    sa.UniqueConstraint("group_id", "sample"),
    one_of("status", RUN_LIVE + RUN_ENDED),
    sa.CheckConstraint("finish_reason IN ('stop', 'length')", name="finish_reason_known"),
    sa.CheckConstraint(
        "(ended IS NULL) = (status IN ('queued', 'waiting', 'streaming', 'checking'))", name="ended_has_time"
    ),
    sa.CheckConstraint("status <> 'complete' OR letter IS NOT NULL", name="complete_has_letter"),
    sa.CheckConstraint("tokens >= 0", name="tokens_range"),
    at_most("text", 1_000_000),
    at_most("error", 2_000),
)

human_answers = sa.Table(
    "human_answers",
    metadata,
    key_column(),
    sa.Column("owner", CleanText, nullable=False),
    text_column("idem", default=None),
    reference("group_id", "run_groups.id"),
    sa.Column("option", sa.Integer),  # canonical index; NULL: skipped
    sa.Column("sure", sa.Boolean(create_constraint=True, name="sure_bool"), nullable=False),
    sa.Column("before_reveal", sa.Boolean(create_constraint=True, name="before_reveal_bool"), nullable=False),
    sa.Column("order_known", sa.Boolean),  # whether ``before_reveal`` was looked up; NULL: stored before it was
    time_column("created"),
    sa.UniqueConstraint("owner", "idem"),
    sa.UniqueConstraint("owner", "group_id"),
)

feedback = sa.Table(
    "feedback",
    metadata,
    key_column(),
    sa.Column("owner", CleanText, nullable=False, index=True),
    text_column("idem", default=None),
    reference("run_id", "runs.id"),
    sa.Column("supersedes", CleanText, sa.ForeignKey("feedback.id"), unique=True),
    text_column("thumb", default=None),
    sa.Column("reasons", JsonText, nullable=False),
    sa.Column("severity", CleanText),
    text_column("comment"),
    sa.Column("train_ok", sa.Boolean(create_constraint=True, name="train_ok_bool"), nullable=False),
    # What training needs, as it was: a copy, so that a row stands alone when exported.
    text_column("prompt", default=None),  # as in ``runs``
    sa.Column("messages", JsonText),
    text_column("completion", default=None),
    text_column("run_status", default=None),
    text_column("engine"),
    text_column("model"),
    text_column("model_hash"),
    text_column("adapter"),
    text_column("adapter_hash"),
    text_column("runtime"),
    text_column("precision"),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("option_order", JsonText, nullable=False),
    text_column("question_id", default=None),
    text_column("codebook_hash", default=None),
    sa.Column("prompt_version", sa.Integer, nullable=False),
    text_column("design", default=None),
    time_column("created"),
    sa.UniqueConstraint("owner", "idem"),
    one_of("thumb", ("up", "down")),
    one_of("severity", ("none", "mild", "moderate", "severe")),
    at_most("comment", 1_000),
)
# The first rating of a run is the only one that supersedes nothing.
sa.Index(
    "uq_feedback_first",
    feedback.c.owner,
    feedback.c.run_id,
    unique=True,
    sqlite_where=feedback.c.supersedes.is_(None),
    postgresql_where=feedback.c.supersedes.is_(None),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("actor", CleanText, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    time_column("at"),
    text_column("action", default=None),
    text_column("object_type"),
    text_column("object_id"),
    text_column("detail", default=None),
    text_column("prev_hash", default=None),
    text_column("hash", default=None),
    at_most("detail", 10_000),
)
