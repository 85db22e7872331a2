"""What people judged: their ratings of runs.

They only grow: a changed rating is a new row that supersedes the old one. A rating carries a copy of all that
training needs, so that it can be exported alone and later shown to be what it was.
"""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Literal

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.model.engines.base import ModelIdentity
from creason_core.record.identifiers import refuse_undecided
from creason_core.store import audit
from creason_core.store.patients.cases import new_id
from creason_core.store.runs.run_rows import ENDED
from creason_core.store.runs.sent_messages import sent_of
from creason_core.store.schema.tables import feedback, run_groups, runs
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now, within

Thumb = Literal["up", "down"]

UP_REASONS: tuple[str, ...] = (
    "correct reasoning",
    "used the right data",
    "well calibrated",
    "useful hypothesis",
    "clear and brief",
    "good sources",
    "other",
)
DOWN_REASONS: tuple[str, ...] = (
    "factual error",
    "misread the data",
    "missed key data",
    "unsafe suggestion",
    "over-confident",
    "too vague",
    "wrong or missing source",
    "not relevant",
    "too long",
    "should have abstained",
    "other",
)
SEVERITIES: tuple[str, ...] = ("none", "mild", "moderate", "severe")
UNSAFE = "unsafe suggestion"
COMMENT_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class Feedback:
    """One rating of a run, with the run as it was rated."""

    id: str
    run_id: str
    supersedes: str | None
    thumb: Thumb
    reasons: tuple[str, ...]
    severity: str | None
    comment: str
    train_ok: bool
    prompt: str
    completion: str
    run_status: str
    identity: ModelIdentity
    seed: int
    order: tuple[int, ...]
    question_id: str
    codebook_hash: str
    prompt_version: int
    design: str
    created: datetime


def save_feedback(
    db: Database,
    user: str,
    run_id: str,
    *,
    idem: str,
    thumb: Thumb,
    reasons: tuple[str, ...],
    severity: str | None,
    comment: str,
    train_ok: bool,
    supersedes: str | None,
    cleared: Collection[str] = (),
) -> Feedback:
    """Stores a rating of an ended run; ``supersedes`` is the rating that was on screen, None for the first.

    ``cleared`` are texts in the comment that look like identifiers and are none, as the rater said.

    Raises:
        IdentifierError: The comment may identify a person, and the rater has not decided about that.
        StoreError: A reason or severity is unknown or missing, the comment is too long, the run is live or not
            this user's, a newer rating was saved elsewhere, or nothing was written.
    """
    comment = within("The comment", comment, COMMENT_CHARACTERS)
    refuse_undecided("The comment", comment, cleared)
    _check(thumb, reasons, severity)
    judged = {
        "thumb": thumb,
        "reasons": list(reasons),
        "severity": severity,
        "comment": comment,
        "train_ok": train_ok,
        "supersedes": supersedes,
    }

    def work(connection: sa.Connection) -> Feedback:
        rated, head, refusal = _rated(connection, user, run_id, supersedes)
        if refusal is None:
            row = {**judged, **rated, "id": new_id(), "idem": idem, "created": now()}
            detail: audit.Detail = {"run": run_id, "thumb": thumb, "train_ok": train_ok, "supersedes": supersedes}
            event = audit.Event("feedback", "feedback", row["id"], detail)
            if audit.insert_noted(connection, feedback, row, event, key=("owner", "idem"), head=head):
                return feedback_of(SimpleNamespace(**row))
        first = connection.execute(_SAME, {"owner": user, "idem": idem}).mappings().first()
        if refusal is not None and first is None:
            raise refusal
        if first is None or any(first[name] != value for name, value in {**judged, "run_id": run_id}.items()):
            raise StoreError(
                "conflict", "This form already saved another rating.", remedy="Press Save again to change it."
            )
        return feedback_of(SimpleNamespace(**first))

    return db.write_as(user, work)


def feedback_for(db: Database, user: str, run_id: str) -> Feedback | None:
    """The user's newest rating of a run, or None."""
    history = feedback_history(db, user, run_id)
    return history[-1] if history else None


def feedback_history(db: Database, user: str, run_id: str) -> tuple[Feedback, ...]:
    """Every rating that the user gave a run, oldest first; each supersedes the one before it."""
    query = sa.select(feedback).where(feedback.c.owner == user, feedback.c.run_id == run_id)
    with db.read() as connection:
        found = {row.supersedes: feedback_of(row) for row in connection.execute(query)}
    ordered: list[Feedback] = []
    while (following := found.get(ordered[-1].id if ordered else None)) is not None:
        ordered.append(following)
    return tuple(ordered)


def _check(thumb: str, reasons: tuple[str, ...], severity: str | None) -> None:
    offered = {"up": UP_REASONS, "down": DOWN_REASONS}.get(thumb, ())
    unknown = [reason for reason in reasons if reason not in offered]
    if unknown or not offered:
        raise StoreError(
            "invalid",
            f"'{unknown[0] if unknown else thumb}' is not a reason for a thumb {thumb}.",
            remedy=f"Choose among: {', '.join(offered)}.",
        )
    if severity is not None and severity not in SEVERITIES:
        raise StoreError("invalid", f"'{severity}' is not a severity.", remedy=f"Choose: {', '.join(SEVERITIES)}.")
    if UNSAFE in reasons and severity is None:
        raise StoreError(
            "invalid",
            "An unsafe suggestion needs a severity: the harm if it were followed.",
            remedy=f"Choose: {', '.join(SEVERITIES)}. Your rating is kept on the page.",
        )


def _rated(
    connection: sa.Connection, user: str, run_id: str, supersedes: str | None
) -> tuple[dict[str, Any], audit.ChainHead | None, StoreError | None]:
    """The run as it is rated, which is what training needs, the audit log's head, and why it cannot be rated now."""
    found = connection.execute(_RATED, {"owner": user, "run": run_id, "supersedes": supersedes}).first()
    if found is None:
        return {}, None, StoreError("missing", "There is no such run among yours.", remedy="Reload the page.")
    row = dict(zip(_COPIED, found, strict=False))  # by place, which costs less than by name
    if not found.newest:
        return (
            row,
            None,
            StoreError(
                "conflict",
                "This run was rated elsewhere meanwhile; that rating is kept.",
                remedy="Reload the page to see it, then edit it if you disagree.",
            ),
        )
    if row["run_status"] not in ENDED:
        why = "The run has not ended yet."
        return row, None, StoreError("conflict", why, remedy="Rate it when it has; nothing was lost.")
    return row, audit.head_of(user, found), None


# Statements are built once: building one costs several times what running it does.
_SAME = sa.select(feedback).where(feedback.c.owner == sa.bindparam("owner"), feedback.c.idem == sa.bindparam("idem"))
# Whether what was on screen is still the newest: the first rating supersedes none, and none supersedes the last.
_ON_SCREEN = sa.bindparam("supersedes", type_=feedback.c.supersedes.type)
_OF_RUN = (feedback.c.owner == runs.c.owner, feedback.c.run_id == runs.c.id)
_LATER = feedback.alias()
_NEWEST = sa.case(
    (_ON_SCREEN.is_(None), ~sa.exists().where(*_OF_RUN, feedback.c.supersedes.is_(None))),
    else_=sa.exists().where(
        *_OF_RUN, feedback.c.id == _ON_SCREEN, ~sa.exists().where(_LATER.c.supersedes == feedback.c.id)
    ),
)
_COLUMNS = (
    *(runs.c.owner, runs.c.id.label("run_id"), runs.c.text.label("completion"), runs.c.status.label("run_status")),
    *(runs.c.prompt, runs.c.messages),
    *(runs.c[field.name] for field in fields(ModelIdentity)),
    *(runs.c.seed, runs.c.option_order, run_groups.c.question_id, run_groups.c.codebook_hash),
    *(run_groups.c.prompt_version, run_groups.c.design),
)
_COPIED = tuple(column.name for column in _COLUMNS)
_RATED = (
    sa.select(*_COLUMNS, _NEWEST.label("newest"), audit.NEWEST)
    .select_from(runs.join(run_groups, runs.c.group_id == run_groups.c.id).outerjoin(audit.NEWEST, sa.true()))
    .where(runs.c.id == sa.bindparam("run"), runs.c.owner == sa.bindparam("owner"))
)


def feedback_of(row: sa.Row[Any] | SimpleNamespace) -> Feedback:
    """The record of a row of ``feedback``."""
    return Feedback(
        id=row.id,
        run_id=row.run_id,
        supersedes=row.supersedes,
        thumb=row.thumb,
        reasons=tuple(row.reasons),
        severity=row.severity,
        comment=row.comment,
        train_ok=row.train_ok,
        prompt=sent_of(row.messages, row.prompt).text,
        completion=row.completion,
        run_status=row.run_status,
        identity=ModelIdentity.named(row),
        seed=row.seed,
        order=tuple(row.option_order),
        question_id=row.question_id,
        codebook_hash=row.codebook_hash,
        prompt_version=row.prompt_version,
        design=row.design,
        created=row.created,
    )
