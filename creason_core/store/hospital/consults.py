"""What people decided about the options of antibiotic consults: accepted, or overridden with reasons. It only grows.

An option is a card of its own, with what was shown of it; of several decisions about a card the newest counts.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast, get_args

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.record.identifiers import refuse_undecided
from creason_core.store import audit, fact_rows
from creason_core.store.schema.fact_tables import consult_decisions as decisions
from creason_core.store.schema.tables import case_versions
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import within

Choice = Literal["accept", "modify", "defer", "reject"]
CHOICES: tuple[Choice, ...] = get_args(Choice)
Outcome = Literal["accepted", "overridden"]
OTHER = "other"
REASONS: tuple[str, ...] = (
    "not appropriate for source",
    "allergy",
    "local resistance",
    "renal function",
    "already given",
    "patient or family",
    "disagree with evidence",
    OTHER,
)
COMMENT_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class Judged:
    """What a person decided: only an accepted option stands as it was shown, whatever was done in place of others."""

    choice: Choice
    reasons: tuple[str, ...] = ()
    comment: str = ""
    train_ok: bool = False

    @property
    def outcome(self) -> Outcome:
        """The same in the words of CDS Hooks."""
        return "accepted" if self.choice == "accept" else "overridden"


@dataclass(frozen=True, slots=True)
class ConsultDecision:
    """A decision about the card ``card`` (a UUID), which showed ``option`` (JSON) for ``question``."""

    owner: str
    card: str
    case_version_id: str
    question: str
    option: str
    judged: Judged
    created: datetime


def decide(
    db: Database,
    user: str,
    card: str,
    judged: Judged,
    *,
    case_version_id: str,
    question: str,
    option: str,
    cleared: Collection[str] = (),
) -> None:
    """Stores a decision; nothing where the newest about the card is the same.

    ``cleared`` are texts in question and comment that look like identifiers and are none, as the user said.

    Raises:
        IdentifierError: A text may identify a person, and nobody has decided about that.
        StoreError: A reason is missing or unknown, the case is not this user's, or nothing was written.
    """
    comment = within("The comment", judged.comment.strip(), COMMENT_CHARACTERS)
    refuse_undecided("The comment", comment, cleared)
    refuse_undecided("The question", question, cleared)
    _refuse(judged, comment)

    def work(connection: sa.Connection) -> None:
        of_user = sa.select(case_versions.c.id).where(
            case_versions.c.id == case_version_id, case_versions.c.owner == user
        )  # fmt: skip
        if connection.execute(of_user).first() is None:
            raise StoreError("missing", "There is no such case among yours.", remedy="Reload the page.")
        said = {
            "case_version_id": case_version_id,
            "question": question,
            "option": option,
            "choice": judged.choice,
            "outcome": judged.outcome,
            "reasons": list(judged.reasons),
            "comment": comment,
            "train_ok": judged.train_ok,
        }
        detail: audit.Detail = {"choice": judged.choice, "train_ok": judged.train_ok}
        event = audit.Event("consult decided", "card", card, detail)
        fact_rows.add(connection, decisions, user, {"card": card}, said=said, event=event)

    db.write_as(user, work)


def decisions_in(
    db: Database, *, users: Sequence[str] | None = None, case_version_ids: Sequence[str] | None = None
) -> tuple[ConsultDecision, ...]:
    """The decisions that count, oldest first: of these users and case versions, or of all.

    Raises:
        StoreError: The database cannot be read.
    """
    newest = sa.select(decisions.c.owner, decisions.c.card, sa.func.max(decisions.c.entry).label("entry"))
    last = newest.group_by(decisions.c.owner, decisions.c.card).subquery()
    same = sa.and_(*(last.c[name] == decisions.c[name] for name in ("owner", "card", "entry")))
    query = sa.select(decisions).join(last, same).order_by(decisions.c.created, decisions.c.owner, decisions.c.entry)
    if users is not None:
        query = query.where(decisions.c.owner.in_(users))
    if case_version_ids is not None:
        query = query.where(decisions.c.case_version_id.in_(case_version_ids))
    with db.read() as connection:
        return tuple(_of(row) for row in connection.execute(query))


def _refuse(judged: Judged, comment: str) -> None:
    if unknown := [reason for reason in judged.reasons if reason not in REASONS]:
        raise StoreError("invalid", f"'{unknown[0]}' is not a reason.", remedy=f"Choose among: {', '.join(REASONS)}.")
    if judged.choice not in CHOICES:
        raise StoreError("invalid", f"'{judged.choice}' is not a choice.", remedy=f"Choose: {', '.join(CHOICES)}.")
    if judged.choice == "accept":
        return
    if not judged.reasons:
        raise StoreError(
            "invalid", "An option that is not accepted as it stands needs a reason.", remedy="Choose one or more."
        )
    if (judged.choice == "modify" or OTHER in judged.reasons) and not comment:
        what = "what is done instead" if judged.choice == "modify" else "the other reason"
        raise StoreError("invalid", f"The comment is empty; it must say {what}.", remedy="Write it and save again.")


def _of(row: sa.Row[Any]) -> ConsultDecision:
    judged = Judged(cast("Choice", row.choice), tuple(row.reasons), row.comment, row.train_ok)
    return ConsultDecision(row.owner, row.card, row.case_version_id, row.question, row.option, judged, row.created)
