"""Facts leave the drafts: reveals, own answers before their run, readings and kept mappings get tables that only grow.

What the drafts held of them is moved with the number 0; what cannot be read as such a fact stays a draft. Frozen: this
file describes what this revision added, whatever ``tables`` says later.
"""

import json
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: None = None
depends_on: None = None

_FACTS = ("reveals", "commitments", "readings", "import_mappings")
_MESSAGE = "facts are added to, never changed"

_DRAFTS = sa.table("drafts", *(sa.column(name) for name in ("owner", "key", "content", "updated")))

_Row = dict[str, object]


def upgrade() -> None:
    """Applies this revision."""
    _tables()
    _move()
    postgres = op.get_bind().dialect.name == "postgresql"
    for table in _FACTS:
        for event in ("UPDATE", "DELETE", "TRUNCATE") if postgres else ("UPDATE", "DELETE"):
            each = "STATEMENT" if event == "TRUNCATE" else "ROW"
            does = f"EXECUTE FUNCTION creason_refuse('{_MESSAGE}')"
            if not postgres:
                does = f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
            name = f"{table}_no_{event.lower()}"
            op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {each} {does}")


def downgrade() -> None:
    """Takes this revision back: the tables go, with what they hold."""
    for table in reversed(_FACTS):
        op.drop_table(table)


def _tables() -> None:
    op.create_table(
        "reveals",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["run_groups.id"], name="fk_reveals_group_id_run_groups"),
        sa.PrimaryKeyConstraint("owner", "group_id", name="pk_reveals"),
    )
    op.create_index("ix_reveals_group_id", "reveals", ["group_id"], unique=False)
    op.create_table(
        "commitments",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("question_id", sa.Text(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("option", sa.Integer(), nullable=True),
        sa.Column("sure", sa.Boolean(create_constraint=True, name="sure_bool"), nullable=False),
        sa.Column("before_reveal", sa.Boolean(), nullable=True),
        sa.Column("used", sa.Boolean(create_constraint=True, name="used_bool"), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "question_id", "entry", name="pk_commitments"),
    )
    op.create_table(
        "readings",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("option", sa.Integer(), nullable=True),
        sa.Column("after_reveal", sa.Boolean(create_constraint=True, name="after_reveal_bool"), nullable=False),
        sa.Column("taken_back", sa.Boolean(create_constraint=True, name="taken_back_bool"), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_readings_run_id_runs"),
        sa.PrimaryKeyConstraint("owner", "run_id", "entry", name="pk_readings"),
    )
    op.create_index("ix_readings_run_id", "readings", ["run_id"], unique=False)
    op.create_table(
        "import_mappings",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(content) <= 1000000", name=op.f("ck_import_mappings_content_length")),
        sa.PrimaryKeyConstraint("owner", "name", "entry", name="pk_import_mappings"),
    )


def _move() -> None:
    """Moves the drafts that are facts, a few thousand in memory at most: people made each of them by hand."""
    connection = op.get_bind()
    owned = {
        kind: {(row.owner, row.id) for row in connection.execute(sa.text(f"SELECT owner, id FROM {table}"))}  # noqa: S608 - two names
        for kind, table in (("revealed", "run_groups"), ("reading", "runs"))
    }
    for draft in connection.execute(sa.select(_DRAFTS)).all():
        kind, _, about = draft.key.partition(":")
        if kind in owned and (draft.owner, about) not in owned[kind]:
            continue
        rows = list(_facts(kind, about, json.loads(draft.content)))
        for table, row in rows:
            target = sa.table(table, *(sa.column(name) for name in ("owner", "entry", "created", *row)))
            values = {"owner": draft.owner, "entry": 0, "created": draft.updated, **row}
            connection.execute(sa.insert(target).values(values))
        if rows:
            gone = sa.delete(_DRAFTS).where(_DRAFTS.c.owner == draft.owner, _DRAFTS.c.key == draft.key)
            connection.execute(gone)


def _facts(kind: str, about: str, said: object) -> Iterator[tuple[str, _Row]]:
    """The rows, with their tables, that a draft's content comes to; none where it is not of the form of its kind."""
    if not isinstance(said, dict):
        return
    option = said.get("option")
    chosen = option is None or (isinstance(option, int) and not isinstance(option, bool))
    if kind == "revealed":
        yield "reveals", {"group_id": about}
    elif kind == "reading" and chosen and isinstance(said.get("after_reveal"), bool):
        row: _Row = {"run_id": about, "option": option, "after_reveal": said["after_reveal"], "taken_back": False}
        yield "readings", row
    elif kind == "answer" and chosen and isinstance(said.get("sure"), bool):
        before = said.get("before_reveal")
        row = {"question_id": about, "option": option, "sure": said["sure"], "used": False}
        yield "commitments", {**row, "before_reveal": before if isinstance(before, bool) else None}
    elif kind == "import mappings" and not about:
        for name, mapping in said.items():
            yield "import_mappings", {"name": name, "content": json.dumps(mapping, ensure_ascii=False)}
