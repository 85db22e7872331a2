"""What must hold in a database after a kill: what somebody was told is there once, and nothing is half there."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

import sqlalchemy as sa

from creason_core.store import audit
from creason_core.store.runs.run_rows import ENDED, LIVE
from creason_core.store.schema.tables import audit as entries
from creason_core.store.schema.tables import case_versions, drafts, feedback, human_answers, run_groups, runs
from creason_core.store.sql.transactions import Database
from creason_core.store.upkeep.state import describe

# What the clocked model server says: numbered pieces, then its answer.
_REPLY = re.compile(r"((?: r\d+t\d+\.)*)( \\boxed\{A\})?")
_AUDITED: tuple[tuple[str, sa.ColumnElement[str], sa.ColumnElement[bool]], ...] = (
    ("case save", case_versions.c.id, case_versions.c.source != "public"),
    ("run start", run_groups.c.id, sa.true()),
    ("run end", runs.c.id, runs.c.status.in_(sorted(ENDED))),
    ("answer", human_answers.c.group_id, sa.true()),
    ("feedback", feedback.c.id, sa.true()),
)


class Told(NamedTuple):
    """Something that was shown as stored. ``mark`` finds it; what ``more`` means depends on ``kind``.

    version: a label. draft: its key, and a text in it. group: its id, and its number of runs. answer: a group, and the
    option. feedback: a comment. reached: a run, and its tokens. ended: a run, and its state.
    """

    kind: Literal["version", "draft", "group", "answer", "feedback", "reached", "ended"]
    mark: str
    more: str = ""


def problems(db: Database, told: Sequence[Told]) -> list[str]:
    """Everything that is wrong in ``db``, from which no process works any more; ``told`` may come from many kills."""
    found = [] if (integrity := describe(db, thorough=True).integrity) == "ok" else [f"integrity: {integrity}"]
    found += audit.verify(db).problems
    with db.read() as connection:
        return [*found, *_torn(connection), *_texts(connection), *_lost(connection, told)]


def _column(connection: sa.Connection, column: sa.ColumnElement[str], where: sa.ColumnElement[bool]) -> Counter[str]:
    return Counter(connection.execute(sa.select(column).where(where)).scalars())


def _torn(connection: sa.Connection) -> Iterator[str]:
    """Rows and their audit entries are stored together; a group with all of its runs."""
    for action, column, where in _AUDITED:
        rows, noted = _column(connection, column, where), _column(connection, entries.c.object_id, _noted(action))
        if rows != noted:
            yield f"{action}: {(rows - noted).total()} rows without an entry, {(noted - rows).total()} without a row"
    counted = sa.select(run_groups.c.id, run_groups.c.samples, sa.func.count(runs.c.id))
    for group, samples, stored in connection.execute(counted.outerjoin(runs).group_by(run_groups.c.id)):
        if samples != stored:
            yield f"group {group} has {stored} of {samples} runs"


def _noted(action: str) -> sa.ColumnElement[bool]:
    if action != "case save":
        return entries.c.action == action
    public = sa.select(case_versions.c.id).where(case_versions.c.source == "public")
    return sa.and_(entries.c.action == action, entries.c.object_id.not_in(public))


def _texts(connection: sa.Connection) -> Iterator[str]:
    """No run is live, and each text is the beginning of a reply, piece by piece."""
    for run in connection.execute(sa.select(runs.c.id, runs.c.status, runs.c.text, runs.c.tokens)):
        if run.status in LIVE:
            yield f"run {run.id} is still {run.status}"
        reply = _REPLY.fullmatch(run.text)
        pieces = [] if reply is None else re.findall(r"t(\d+)\.", reply[1])
        if reply is None or pieces != [str(n) for n in range(len(pieces))]:
            yield f"run {run.id} ({run.status}, {run.tokens} tokens) has a torn text of {len(run.text)} characters"
        elif run.tokens != len(pieces) + bool(reply[2]):
            yield f"run {run.id} ({run.status}) has {run.tokens} tokens and a text of {len(pieces) + bool(reply[2])}"
        elif run.status == "complete" and not reply[2]:
            yield f"run {run.id} is complete without its answer"


def _lost(connection: sa.Connection, told: Iterable[Told]) -> Iterator[str]:
    """What was told and is not there, or is there twice."""
    labels = _column(connection, case_versions.c.label, sa.true())
    comments = _column(connection, feedback.c.comment, sa.true())
    kept = {row.key: str(row.content) for row in connection.execute(sa.select(drafts.c.key, drafts.c.content))}
    groups = _column(connection, runs.c.group_id, sa.true())
    answers: dict[str, int | None] = dict(
        connection.execute(sa.select(human_answers.c.group_id, human_answers.c.option)).all()
    )
    ran = {row.id: row for row in connection.execute(sa.select(runs.c.id, runs.c.status, runs.c.tokens))}
    held: dict[str, Callable[[str, str], bool]] = {
        "version": lambda mark, _: labels[mark] == 1,
        "feedback": lambda mark, _: comments[mark] == 1,
        "draft": lambda mark, more: more in kept.get(mark, "") or labels[more] == 1 or comments[more] == 1,
        "group": lambda mark, more: groups[mark] == int(more),
        "answer": lambda mark, more: str(answers.get(mark)) == more,
        "reached": lambda mark, more: mark in ran and ran[mark].tokens >= int(more),
        "ended": lambda mark, more: mark in ran and ran[mark].status == more,
    }
    for kind, mark, more in told:
        if not held[kind](mark, more):
            yield f"{kind} {mark} ({more}) was told and is not stored once"
