"""Who signed what of the libraries: a recommendation that ships or a document of the hospital, in the wording of then.

The newest row of a subject counts. It names a person of the hospital, who need not be the user who noted it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.store import audit
from creason_core.store.schema.library_tables import library_reviews as reviews
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now, within

MAX_NAME = 200
MAX_COMMENT = 2_000
_CHANGING = "*library*"


@dataclass(frozen=True, slots=True)
class Signature:
    """What ``name`` signed on a day; ``content_hash`` is of the wording, so that another wording is not signed."""

    subject: str
    content_hash: str
    name: str
    signed_on: date
    comment: str


def sign(db: Database, user: str, signed: Signature) -> None:
    """Notes that a person signed; nothing where the newest signature says the same.

    Raises:
        StoreError: The name is missing, something is too long, or nothing was written.
    """
    name = within("The name", signed.name.strip(), MAX_NAME)
    if not name:
        raise StoreError("invalid", "A signature needs the name of who signs.", remedy="Give the name.")
    comment = within("The comment", signed.comment.strip(), MAX_COMMENT)
    said = {
        "content_hash": signed.content_hash,
        "signed": True,
        "name": name,
        "signed_on": signed.signed_on.isoformat(),
        "comment": comment,
    }
    db.write_as(_CHANGING, lambda connection: _add(connection, user, signed.subject, said))


def take_back(db: Database, user: str, subject: str) -> None:
    """Takes the signature of ``subject`` back; it stays in the table.

    Raises:
        StoreError: It is not signed, or nothing was written.
    """

    def work(connection: sa.Connection) -> None:
        last = _newest(connection, subject)
        if last is None:
            raise StoreError("missing", f"'{subject}' is not signed.", remedy="Nothing was changed.")
        _add(connection, user, subject, {**{name: getattr(last, name) for name in _SAID}, "signed": False})

    db.write_as(_CHANGING, work)


def signatures(db: Database, subjects: Sequence[str] | None = None) -> dict[str, Signature]:
    """The signatures that count, by subject: of ``subjects``, or all.

    Raises:
        StoreError: The database cannot be read.
    """
    newest = sa.select(reviews.c.subject, sa.func.max(reviews.c.n).label("n")).group_by(reviews.c.subject).subquery()
    same = sa.and_(newest.c.subject == reviews.c.subject, newest.c.n == reviews.c.n)
    query = sa.select(reviews).join(newest, same).where(reviews.c.signed)
    if subjects is not None:
        query = query.where(reviews.c.subject.in_(subjects))
    with db.read() as connection:
        rows = connection.execute(query).all()
    return {
        row.subject: Signature(
            row.subject, row.content_hash, row.name, date.fromisoformat(row.signed_on), row.comment
        )
        for row in rows
    }  # fmt: skip


_SAID = ("content_hash", "signed", "name", "signed_on", "comment")


def _newest(connection: sa.Connection, subject: str) -> sa.Row[tuple[object, ...]] | None:
    query = sa.select(reviews).where(reviews.c.subject == subject).order_by(reviews.c.n.desc()).limit(1)
    return connection.execute(query).first()


def _add(connection: sa.Connection, user: str, subject: str, said: dict[str, object]) -> None:
    last = _newest(connection, subject)
    if last is not None and all(last._mapping[name] == said[name] for name in _SAID):
        return
    n = last._mapping["n"] + 1 if last is not None else 1
    connection.execute(reviews.insert(), {"subject": subject, "n": n, **said, "noted_by": user, "created": now()})
    action = "library entry signed" if said["signed"] else "signature taken back"
    audit.append(connection, user, audit.Event(action, "library", subject, {"n": n}))
