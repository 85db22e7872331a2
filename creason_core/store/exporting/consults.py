"""What people decided about the options of consults, as files: rows, and the shape of CDS Hooks feedback.

A row has what was shown with the option, as text: the pre-check of that moment, without values that an open question
has hidden from its owner since. A file for training holds only what its owner said may be used for it.
"""

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Literal
from uuid import UUID, uuid5

import sqlalchemy as sa
from pydantic import JsonValue

from creason_core.errors import StoreError
from creason_core.record.identifiers import scan_text
from creason_core.store import audit
from creason_core.store.exporting.contents import DISCLAIMER
from creason_core.store.exporting.spreadsheet import cell
from creason_core.store.hospital.consults import ConsultDecision, decisions_in
from creason_core.store.people.open_questions import open_questions
from creason_core.store.schema.tables import case_versions
from creason_core.store.sql.transactions import Database
from creason_core.store.training_rows.choosing import REASONS
from creason_core.store.training_rows.rows import pseudonym

ConsultFormat = Literal["jsonl", "csv", "cds-hooks"]
HIDDEN = "hidden by an open question"
_SYSTEM = "urn:c-reason:consult-override-reason"  # of the codes of reasons, which are this program's own
_CASE = sa.select(case_versions.c.id, case_versions.c.case_id, case_versions.c.content_hash)


@dataclass(frozen=True, slots=True)
class ConsultFile:
    """A file, with how many decisions it holds, and how many were left out, by why."""

    data: bytes
    rows: int
    left_out: Mapping[str, int]


def export_own(db: Database, user: str, form: ConsultFormat, case_version_ids: Sequence[str] | None = None) -> bytes:
    """The newest decisions of ``user`` as a file, noted in the audit log before this returns.

    Raises:
        StoreError: There is none, or the database cannot be read or written.
    """
    return _export(db, user, form, decisions_in(db, users=[user], case_version_ids=case_version_ids))


def export_for_training(
    db: Database, actor: str, form: ConsultFormat, *, users: Sequence[str] | None = None
) -> ConsultFile:
    """The newest decisions of ``users`` (None: of everybody) that may be used to train, as a file for ``actor``.

    Raises:
        StoreError: There is none, or the database cannot be read or written.
    """
    found = decisions_in(db, users=users)
    what_ifs = _what_ifs(db, found)
    why = {(one.owner, one.card): _left_out(one, what_ifs) for one in found}
    chosen = [one for one in found if not why[one.owner, one.card]]
    left_out = Counter(reason for reason in why.values() if reason)
    return ConsultFile(_export(db, actor, form, chosen), len(chosen), left_out)


def _left_out(one: ConsultDecision, what_ifs: Collection[str]) -> str:
    if not one.judged.train_ok:
        return REASONS["no consent"]
    if one.case_version_id in what_ifs:
        return REASONS["what-if"]
    return REASONS["identifier in comment"] if scan_text(f"{one.question}\n{one.judged.comment}") else ""


def _export(db: Database, actor: str, form: ConsultFormat, chosen: Sequence[ConsultDecision]) -> bytes:
    if not chosen:
        raise StoreError("missing", "There is no decision to export.", remedy="Decide about an option on Ask first.")
    data = feedback(chosen) if form == "cds-hooks" else _rows(db, chosen, form)
    detail: audit.Detail = {"format": form, "decisions": len(chosen)}
    event = audit.Event("export", "file", hashlib.sha256(data).hexdigest(), detail)
    db.write_as(actor, lambda connection: audit.append(connection, actor, event))
    return data


def _what_ifs(db: Database, found: Sequence[ConsultDecision]) -> frozenset[str]:
    """The case versions that are copies with changed values, and no patient's."""
    query = sa.select(case_versions.c.id).where(case_versions.c.source == "what-if")
    with db.read() as connection:
        named = query.where(case_versions.c.id.in_({one.case_version_id for one in found}))
        return frozenset(connection.execute(named).scalars())


def feedback(chosen: Iterable[ConsultDecision]) -> bytes:
    """The decisions in the shape in which CDS Hooks sends feedback: one entry a card, times in UTC."""
    return json.dumps({"feedback": [_entry(one) for one in chosen]}, ensure_ascii=False, indent=1).encode()


def _entry(one: ConsultDecision) -> Mapping[str, JsonValue]:
    at = one.created.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    judged = one.judged
    if judged.outcome == "accepted":
        return {
            "card": one.card,
            "outcome": "accepted",
            "acceptedSuggestions": [{"id": suggestion_id(one.card)}],
            "outcomeTimestamp": at,
        }
    code = judged.reasons[0]
    others = [f"Also: {', '.join(judged.reasons[1:])}."] if judged.reasons[1:] else []
    comment = " ".join([f"{judged.choice.capitalize()}.", *others, *([judged.comment] if judged.comment else [])])
    reason: JsonValue = {"code": code.replace(" ", "-"), "system": _SYSTEM, "display": code}
    return {
        "card": one.card,
        "outcome": "overridden",
        "overrideReason": {"reason": reason, "userComment": comment},
        "outcomeTimestamp": at,
    }


def suggestion_id(card: str) -> str:
    """The UUID of the one suggestion that a card makes."""
    return str(uuid5(UUID(card), "suggestion"))


def _rows(db: Database, chosen: Sequence[ConsultDecision], form: ConsultFormat) -> bytes:
    cases = _cases(db, chosen)
    hidden = {
        (user, case_id): frozenset[str]().union(*(question.hides for question in asked))
        for user in {one.owner for one in chosen}
        for case_id, asked in open_questions(
            db, user, {cases[one.case_version_id][0] for one in chosen if one.owner == user}
        ).items()
    }
    rows = []
    for one in chosen:
        case_id, case_hash = cases[one.case_version_id]
        rows.append(_row(one, case_hash, hidden.get((one.owner, case_id), frozenset())))
    if form == "jsonl":
        return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow(
            [cell("; ".join(map(str, value)) if isinstance(value, list) else value) for value in row.values()]
        )
    return out.getvalue().encode("utf-8-sig")


def _cases(db: Database, chosen: Sequence[ConsultDecision]) -> Mapping[str, tuple[str, str]]:
    """Case version → the case that it is of, and the SHA-256 of its content."""
    with db.read() as connection:
        rows = connection.execute(_CASE.where(case_versions.c.id.in_({one.case_version_id for one in chosen})))
        return {row.id: (row.case_id, row.content_hash) for row in rows}


def _row(one: ConsultDecision, case_hash: str, hidden: Collection[str]) -> dict[str, str | bool | list[str]]:
    shown, judged = json.loads(one.option), one.judged
    features = {name.split("@")[0] for name in hidden}
    precheck = [
        f"{fact['text'].split(':')[0]}: {HIDDEN}" if features & set(fact["features"]) else fact["text"]
        for fact in shown.get("precheck", [])
    ]
    kept = ("recommendation", "organisation", "guideline", "published", "strength", "statement", "fit", "missing",
            "drugs", "antibiogram", "content_hash")  # fmt: skip
    return {
        "card": one.card,
        "rater": pseudonym(one.owner),
        "decided_utc": one.created.astimezone(UTC).isoformat(timespec="seconds"),
        "case_version": one.case_version_id,
        "case_sha256": case_hash,
        "question": one.question,
        **{name: shown.get(name, "") for name in kept},
        **({"fit": HIDDEN, "missing": [HIDDEN]} if features else {}),  # either may rest on what is hidden
        "precheck": precheck,
        "choice": judged.choice,
        "outcome": judged.outcome,
        "reasons": list(judged.reasons),
        "comment": judged.comment,
        "may_train": judged.train_ok,
        "disclaimer": DISCLAIMER,
    }
