"""Cases and their immutable versions, each with the cohort that questions about it come from."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Literal

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.record.case import PatientCase
from creason_core.store import audit
from creason_core.store.patients.case_content import belonging, content_of, digest_of, reasons_of, refuse_told
from creason_core.store.schema.tables import case_versions
from creason_core.store.schema.tables import cases as case_table
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now, within

OF_PATIENT = case_versions.c.n > 0  # a what-if is no version of the patient's own
Source = Literal["public", "entered", "import", "what-if"]


@dataclass(frozen=True, slots=True)
class CaseVersion:
    """One state of a case, as it was saved: ``n`` counts the versions of ``case_id`` from 1, its what-ifs from −1 down.

    ``cohort`` is the cohort that its questions come from, ``cohort_hash`` that cohort's content at the time; empty
    where nobody said. The codebook is the case's own.
    """

    id: str
    case_id: str
    n: int
    parent_id: str | None
    case: PatientCase
    label: str
    source: Source
    note: str
    created: datetime
    cohort: str = ""
    cohort_hash: str = ""


def new_id() -> str:
    """An identifier that nobody can guess: 16 hexadecimal digits."""
    return secrets.token_hex(8)


def save_version(
    db: Database,
    user: str,
    case: PatientCase,
    *,
    idem: str,
    case_id: str | None,
    parent_id: str | None,
    label: str,
    note: str = "",
    source: Source = "entered",
    cleared: Collection[str] = (),
    cohort: str = "",
    cohort_hash: str = "",
) -> CaseVersion:
    """A new version of a case, or of a new case where ``case_id`` is None; ``cohort`` as in ``CaseVersion``.

    ``idem`` is the key made when the form was drawn: the same key gives the version saved first. Two people
    or tabs that start from one parent both keep their version (``siblings``). ``cleared`` are texts in name, note
    and reasons that look like identifiers and are none, as the person who typed them said.

    Raises:
        IdentifierError: Name, note or a reason may identify a person, and nobody has decided about that.
        StoreError: The case is not this user's, the key was used for other values, or nothing could be written.
    """
    content, stored = content_of(case)
    label, note = within("The name", label, 200), within("The note", note, 2_000)
    refuse_told({"The name": label, "The note": note} | reasons_of(case), cleared)

    def work(connection: sa.Connection) -> CaseVersion:
        # Looked up before a case is made for nothing; where there is a case, the insert itself finds a used key.
        saved: Any = None if case_id else connection.execute(_SAME, {"owner": user, "idem": idem}).first()
        if saved is None:
            owned = case_id or _new_case(connection, user, None)
            row = {"parent_id": parent_id, "content": content, "label": label, "source": source, "note": note}
            row |= belonging(case, cohort, cohort_hash)
            saved = _insert_version(connection, user, owned, idem, row)
        if saved.content_hash != digest_of(content):
            raise StoreError(
                "conflict",
                "This form was already saved with other values.",
                remedy="Press Save again: your values are kept as a further version.",
            )
        return version_of(saved, stored)

    return db.write_as(user, work)


def save_import(
    db: Database,
    user: str,
    imported: Sequence[PatientCase],
    *,
    idem: str,
    label: str,
    cleared: Collection[str] = (),
    cohort: str = "",
    cohort_hash: str = "",
) -> CaseVersion:
    """Every patient of an import as a case of its own, in one transaction: all are stored, or none; the first one.

    ``label`` names the cases; where there are several, with their number in the file. The same ``idem`` gives the
    cases that were saved first. ``cleared`` and ``cohort`` are as for ``save_version``.

    Raises:
        IdentifierError: The name or a reason may identify a person, and nobody has decided about that.
        StoreError: Nothing could be written, and nothing was.
    """
    contents = [content_of(case)[0] for case in imported]
    names = [f"{label}, patient {n}" for n in range(1, len(contents) + 1)] if len(contents) > 1 else [label]
    names = [within("The name", name, 200) for name in names]
    for case in imported:
        refuse_told(reasons_of(case), cleared)
    refuse_told({"The name": label}, cleared)

    def work(connection: sa.Connection) -> str:
        same = sa.and_(case_versions.c.owner == user, case_versions.c.idem == f"{idem}/0")
        if found := connection.execute(sa.select(case_versions.c.id).where(same)).scalar():
            return str(found)
        at, ids = now(), [(new_id(), new_id()) for _ in contents]
        rows = [
            {"id": version_id, "case_id": case_id, "owner": user, "idem": f"{idem}/{number}", "n": 1, "label": name,
             "source": "import", "content": content, "content_hash": digest_of(content),
             "created": at + timedelta(microseconds=number), **belonging(case, cohort, cohort_hash)}
            for number, ((case_id, version_id), case, content, name) in enumerate(
                zip(ids, imported, contents, names, strict=True)
            )
        ]  # fmt: skip
        connection.execute(case_table.insert(), [{"id": case_id, "owner": user, "created": at} for case_id, _ in ids])
        connection.execute(case_versions.insert(), rows)
        case_id, version_id = ids[0]
        detail: audit.Detail = {"case": case_id, "patients": len(ids)}
        audit.append(connection, user, audit.Event("case import", "case version", version_id, detail))
        return version_id

    return case_version(db, user, db.write_as(user, work))


def open_public(
    db: Database, user: str, cohort: str, case: PatientCase, label: str, *, cohort_hash: str = ""
) -> CaseVersion:
    """A patient of ``cohort`` as its table has it: the first version of the user's case, made when first opened.

    Raises:
        StoreError: Nothing could be written.
    """
    key = f"{cohort}/{case.patient}"
    content, _ = content_of(case)

    def work(connection: sa.Connection) -> str:
        found = connection.execute(
            sa.select(case_table.c.id).where(case_table.c.owner == user, case_table.c.public_key == key)
        ).scalar()
        if found is None:
            owned = _new_case(connection, user, key)
            row: dict[str, str | None] = {
                "content": content,
                "label": within("The name", label, 200),
                "source": "public",
            }
            row |= belonging(case, cohort, cohort_hash)
            return str(_insert_version(connection, user, owned, f"public/{key}", row).id)
        first = sa.select(case_versions.c.id).where(case_versions.c.case_id == found, case_versions.c.n == 1)
        audit.append(connection, user, audit.Event("case open", "case", found))
        return str(connection.execute(first).scalar_one())

    return case_version(db, user, db.write_as(user, work))


def case_version(db: Database, user: str, version_id: str) -> CaseVersion:
    """The version called ``version_id``.

    Raises:
        StoreError: This user has no such version, or the database cannot be read.
    """
    found = _versions(db, user, case_versions.c.id == version_id)
    if not found:
        raise StoreError(
            "missing", "There is no such case among yours.", remedy="Open a case from Home; the address may be old."
        )
    return found[0]


def versions(db: Database, user: str, case_id: str) -> tuple[CaseVersion, ...]:
    """Every version of a case but its what-ifs, oldest first; empty where this user has no such case."""
    return _versions(db, user, sa.and_(case_versions.c.case_id == case_id, OF_PATIENT))


def siblings(db: Database, user: str, version: CaseVersion) -> tuple[CaseVersion, ...]:
    """The other versions made from the same parent: what was saved elsewhere meanwhile."""
    if version.parent_id is None:
        return ()
    found = _versions(db, user, sa.and_(case_versions.c.parent_id == version.parent_id, OF_PATIENT))
    return tuple(other for other in found if other.id != version.id)


def recent_cases(db: Database, user: str, limit: int = 10) -> tuple[CaseVersion, ...]:
    """The newest version of each of the user's cases, newest first."""
    newest = (
        sa.select(case_versions.c.case_id, sa.func.max(case_versions.c.n).label("n"))
        .where(case_versions.c.owner == user)
        .group_by(case_versions.c.case_id)
        .subquery()
    )
    chosen = sa.tuple_(case_versions.c.case_id, case_versions.c.n).in_(sa.select(newest.c.case_id, newest.c.n))
    return tuple(reversed(_versions(db, user, chosen, newest_first=limit)))


def _versions(
    db: Database, user: str, condition: sa.ColumnElement[bool], *, newest_first: int = 0
) -> tuple[CaseVersion, ...]:
    """Versions of ``user`` that meet ``condition``, oldest first; of these the last ``newest_first``."""
    query = sa.select(case_versions).where(case_versions.c.owner == user, condition)
    by = (case_versions.c.created.desc(), case_versions.c.n.desc())
    query = query.order_by(*by).limit(newest_first) if newest_first else query.order_by(*by)
    with db.read() as connection:
        rows = connection.execute(query).all()
    return tuple(version_of(row) for row in reversed(rows))


def version_of(row: sa.Row[Any] | SimpleNamespace, case: PatientCase | None = None) -> CaseVersion:
    """The record of a row of ``case_versions``; ``case`` is what its content reads as, where that is known already."""
    return CaseVersion(
        id=row.id,
        case_id=row.case_id,
        n=row.n,
        parent_id=row.parent_id,
        case=case or PatientCase.model_validate_json(row.content),
        label=row.label,
        source=row.source,
        note=row.note,
        created=row.created,
        cohort=row.cohort,
        cohort_hash=row.cohort_hash,
    )


def _new_case(connection: sa.Connection, user: str, public_key: str | None) -> str:
    case_id = new_id()
    connection.execute(case_table.insert().values(id=case_id, owner=user, public_key=public_key, created=now()))
    return case_id


def _insert_version(
    connection: sa.Connection, user: str, case_id: str, idem: str, row: Mapping[str, str | None]
) -> Any:
    """Adds the next version of ``case_id`` and its audit entry, unless ``idem`` was used; the row that is there now."""
    parent = row.get("parent_id")
    found = connection.execute(_PLACE, {"case": case_id, "owner": user, "parent": parent}).first()
    if found is None or found.parent != parent:
        raise StoreError(
            "missing", "There is no such case among yours, so no version was added.", remedy="Save it as a new case."
        )
    version_id, n = new_id(), 1 + (found.newest or 0) if row["source"] != "what-if" else min(found.least or 0, 0) - 1
    content = row["content"] or ""
    values = {**row, "id": version_id, "case_id": case_id, "owner": user, "idem": idem, "n": n, "created": now()}
    values["content_hash"] = digest_of(content)
    event = audit.Event("case save", "case version", version_id, {"case": case_id, "n": n})
    head = audit.head_of(user, found)
    if audit.insert_noted(connection, case_versions, values, event, key=("owner", "idem"), head=head):
        return SimpleNamespace(**values)
    return connection.execute(_SAME, {"owner": user, "idem": idem}).one()


def _ended_by(order: sa.UnaryExpression[int]) -> sa.ScalarSelect[int]:
    """The first number of a case's versions in ``order``: of a case with many its index is read at that end only."""
    numbers = sa.select(case_versions.c.n).where(case_versions.c.case_id == case_table.c.id)
    return numbers.order_by(order).limit(sa.literal_column("1")).scalar_subquery()


# Statements are built once: building one costs several times what running it does.
_SAME = sa.select(case_versions).where(
    case_versions.c.owner == sa.bindparam("owner"), case_versions.c.idem == sa.bindparam("idem")
)
_OF_CASE = (case_versions.c.case_id == case_table.c.id, case_versions.c.owner == case_table.c.owner)
_PLACE = (
    sa.select(
        _ended_by(case_versions.c.n.desc()).label("newest"),
        _ended_by(case_versions.c.n.asc()).label("least"),
        sa.select(case_versions.c.id)
        .where(case_versions.c.id == sa.bindparam("parent"), *_OF_CASE)
        .scalar_subquery()
        .label("parent"),
        audit.NEWEST,
    )
    .select_from(case_table.outerjoin(audit.NEWEST, sa.true()))
    .where(case_table.c.id == sa.bindparam("case"), case_table.c.owner == sa.bindparam("owner"))
)
