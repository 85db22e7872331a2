"""The tables of the store, those of facts aside (``fact_tables``); DDL is written by ``migrations``.

Rows of ``case_versions``, ``human_answers`` and ``feedback`` are never updated, an ended run neither, and
``audit`` only ever grows: triggers in the database hold that, whatever the program does.
"""

import sqlalchemy as sa

from creason_core.store.types import CleanText, JsonText, UTCDateTime

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


def _id() -> sa.Column[str]:
    return sa.Column("id", CleanText, primary_key=True)


def _text(name: str, *, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, CleanText, nullable=False, server_default=default)


def _when(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UTCDateTime, nullable=nullable)


def _to(name: str, target: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, CleanText, sa.ForeignKey(target), nullable=nullable, index=True)


def _one_of(column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def _at_most(column: str, length: int) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"length({column}) <= {length}", name=f"{column}_length")


preferences = sa.Table(
    "preferences",
    metadata,
    sa.Column("owner", CleanText, primary_key=True),
    sa.Column("content", JsonText, nullable=False),
    _when("updated"),
)

cases = sa.Table(
    "cases",
    metadata,
    _id(),
    sa.Column("owner", CleanText, nullable=False, index=True),
    sa.Column("public_key", CleanText),  # cohort and patient of a public case: one case a user for each
    _when("created"),
    sa.UniqueConstraint("owner", "public_key"),
)

case_versions = sa.Table(
    "case_versions",
    metadata,
    _id(),
    _to("case_id", "cases.id"),
    sa.Column("owner", CleanText, nullable=False, index=True),
    _text("idem", default=None),
    sa.Column("n", sa.Integer, nullable=False),
    _to("parent_id", "case_versions.id", nullable=True),
    _text("content", default=None),  # PatientCase as JSON, byte for byte
    _text("content_hash", default=None),
    _text("label", default=None),
    _text("source", default=None),
    _text("note"),
    _when("created"),
    _text("codebook"),
    _text("codebook_hash"),
    _text("cohort"),  # by name; its content then, SHA-256, stands beside it; empty: nobody said
    _text("cohort_hash"),
    sa.UniqueConstraint("case_id", "n"),
    sa.UniqueConstraint("owner", "idem"),
    _one_of("source", ("public", "entered", "import")),
    _at_most("content", 1_000_000),
    _at_most("label", 200),
    _at_most("note", 2_000),
)

# Every codebook that a row was made with, so that the row reads when the cohort is gone.
codebooks = sa.Table(
    "codebooks",
    metadata,
    sa.Column("hash", CleanText, primary_key=True),
    _text("name", default=None),
    _text("content", default=None),  # Codebook as JSON
    _when("created"),
    _at_most("content", 10_000_000),
)

drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("owner", CleanText, primary_key=True),
    sa.Column("key", CleanText, primary_key=True),
    sa.Column("content", JsonText, nullable=False),
    _when("updated"),
    _at_most("content", 1_000_000),
)

processes = sa.Table(
    "processes",
    metadata,
    _id(),
    _text("host"),
    sa.Column("pid", sa.Integer, nullable=False),
    _when("started"),
    _when("heartbeat"),
)

run_groups = sa.Table(
    "run_groups",
    metadata,
    _id(),
    sa.Column("owner", CleanText, nullable=False, index=True),
    _text("idem", default=None),
    _to("case_version_id", "case_versions.id"),
    _to("parent_group_id", "run_groups.id", nullable=True),
    _text("kind", default=None),
    _text("question", default=None),  # the question as JSON, byte for byte
    _text("question_id", default=None),
    _text("masked_feature", default=None),
    _text("codebook_hash", default=None),
    _text("design", default=None),
    sa.Column("prompt_version", sa.Integer, nullable=False),
    sa.Column("samples", sa.Integer, nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("temperature", sa.Float, nullable=False),
    sa.Column("max_tokens", sa.Integer, nullable=False),
    sa.Column("batch", sa.Boolean(create_constraint=True, name="batch_bool"), nullable=False),
    sa.Column("seen", sa.Boolean(create_constraint=True, name="seen_bool"), nullable=False),
    _when("created"),
    _text("engine"),  # the one that was asked for; empty: none in particular
    _text("codebook"),
    _text("cohort"),  # as of the case, when it was asked
    _text("cohort_hash"),
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
    _text("media_type", default=None),
    sa.Column("size", sa.Integer, nullable=False),  # bytes
    _text("text", default=None),
    _when("created"),
    _at_most("text", 1_000_000),
)

group_documents = sa.Table(
    "group_documents",
    metadata,
    sa.Column("group_id", CleanText, sa.ForeignKey("run_groups.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("owner", CleanText, nullable=False),
    sa.Column("sha256", CleanText, nullable=False),
    sa.ForeignKeyConstraint(["owner", "sha256"], ["documents.owner", "documents.sha256"]),
)

# What its owner thinks of a group, beside the group's own row: a mark may change, what was asked may not.
group_marks = sa.Table(
    "group_marks",
    metadata,
    sa.Column("group_id", CleanText, sa.ForeignKey("run_groups.id"), primary_key=True),
    sa.Column("owner", CleanText, nullable=False),
    sa.Column("starred", sa.Boolean(create_constraint=True, name="starred_bool"), nullable=False),
    _when("deleted", nullable=True),
    _when("updated"),
)

runs = sa.Table(
    "runs",
    metadata,
    _id(),
    _to("group_id", "run_groups.id"),
    sa.Column("owner", CleanText, nullable=False),
    _to("process_id", "processes.id"),
    sa.Column("sample", sa.Integer, nullable=False),
    sa.Column("status", CleanText, nullable=False, index=True),
    sa.Column("option_order", JsonText, nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    _text("prompt", default=None),  # what was sent as a transcript: rows of before ``messages``, else empty
    sa.Column("messages", JsonText),
    _text("text"),
    sa.Column("tokens", sa.Integer, nullable=False, server_default="0"),
    sa.Column("finish_reason", CleanText),
    sa.Column("letter", CleanText),
    sa.Column("option", sa.Integer),
    sa.Column("options", JsonText),  # canonical indices of an answer of more than one letter
    _text("error"),
    _text("engine"),
    _text("model"),
    _text("model_hash"),
    _text("adapter"),
    _text("adapter_hash"),
    _text("runtime"),
    _text("precision"),
    _when("created"),
    _when("started", nullable=True),
    _when("first_token", nullable=True),
    _when("ended", nullable=True),
    sa.UniqueConstraint("group_id", "sample"),
    _one_of("status", RUN_LIVE + RUN_ENDED),
    sa.CheckConstraint("finish_reason IN ('stop', 'length')", name="finish_reason_known"),
    sa.CheckConstraint(
        "(ended IS NULL) = (status IN ('queued', 'waiting', 'streaming', 'checking'))", name="ended_has_time"
    ),
    sa.CheckConstraint("status <> 'complete' OR letter IS NOT NULL", name="complete_has_letter"),
    sa.CheckConstraint("tokens >= 0", name="tokens_range"),
    _at_most("text", 1_000_000),
    _at_most("error", 2_000),
)

human_answers = sa.Table(
    "human_answers",
    metadata,
    _id(),
    sa.Column("owner", CleanText, nullable=False),
    _text("idem", default=None),
    _to("group_id", "run_groups.id"),
    sa.Column("option", sa.Integer),  # canonical index; NULL: skipped
    sa.Column("sure", sa.Boolean(create_constraint=True, name="sure_bool"), nullable=False),
    sa.Column("before_reveal", sa.Boolean(create_constraint=True, name="before_reveal_bool"), nullable=False),
    sa.Column("order_known", sa.Boolean),  # whether ``before_reveal`` was looked up; NULL: stored before it was
    _when("created"),
    sa.UniqueConstraint("owner", "idem"),
    sa.UniqueConstraint("owner", "group_id"),
)

feedback = sa.Table(
    "feedback",
    metadata,
    _id(),
    sa.Column("owner", CleanText, nullable=False, index=True),
    _text("idem", default=None),
    _to("run_id", "runs.id"),
    sa.Column("supersedes", CleanText, sa.ForeignKey("feedback.id"), unique=True),
    _text("thumb", default=None),
    sa.Column("reasons", JsonText, nullable=False),
    sa.Column("severity", CleanText),
    _text("comment"),
    sa.Column("train_ok", sa.Boolean(create_constraint=True, name="train_ok_bool"), nullable=False),
    # What training needs, as it was: a copy, so that a row stands alone when exported.
    _text("prompt", default=None),  # as in ``runs``
    sa.Column("messages", JsonText),
    _text("completion", default=None),
    _text("run_status", default=None),
    _text("engine"),
    _text("model"),
    _text("model_hash"),
    _text("adapter"),
    _text("adapter_hash"),
    _text("runtime"),
    _text("precision"),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("option_order", JsonText, nullable=False),
    _text("question_id", default=None),
    _text("codebook_hash", default=None),
    sa.Column("prompt_version", sa.Integer, nullable=False),
    _text("design", default=None),
    _when("created"),
    sa.UniqueConstraint("owner", "idem"),
    _one_of("thumb", ("up", "down")),
    _one_of("severity", ("none", "mild", "moderate", "severe")),
    _at_most("comment", 1_000),
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
    _when("at"),
    _text("action", default=None),
    _text("object_type"),
    _text("object_id"),
    _text("detail", default=None),
    _text("prev_hash", default=None),
    _text("hash", default=None),
    _at_most("detail", 10_000),
)
