"""The hospital's own documents in the store: added whole or not at all, never changed, taken out with a trace.

They belong to the installation; whoever may change them is decided before anything here is called. What may be added
is the caller's rule too: ``add_document`` asks it within the transaction, when no other document can come between.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.store import audit
from creason_core.store.hospital.library_words import drop_words
from creason_core.store.schema.library_tables import library_documents as documents
from creason_core.store.schema.library_tables import library_pages as page_rows
from creason_core.store.schema.library_tables import library_passages as passages
from creason_core.store.schema.library_tables import library_removals as removals
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import clean, now

_CHANGING = "*library*"  # whose lock keeps two changes of the library apart
_AT_ONCE = 400  # rows of one statement


@dataclass(frozen=True, slots=True)
class LibraryDocument:
    """A document and what a person said of it; ``pages`` and ``passages`` are how many it has.

    ``published`` and ``valid_until`` are a year, a month or a day, the latter empty where there is no end.
    ``removed`` is when it was taken out; its pages are gone then.
    """

    id: str
    sha256: str
    file_name: str
    format: str
    size: int
    title: str
    organisation: str
    published: str
    valid_until: str
    population: str
    supersedes: str | None
    pages: int
    passages: int
    added_by: str
    created: datetime
    removed: datetime | None = None
    removed_by: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page from 1 on, or a part of a document without pages under its heading ``label``."""

    page: int
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """A passage: the characters from ``start`` to ``stop`` of a page's text, and the SHA-256 of those (hex)."""

    n: int
    page: int
    start: int
    stop: int
    sha256: str


def add_document(
    db: Database,
    made: LibraryDocument,
    its_pages: Sequence[Page],
    spans: Sequence[Span],
    refuse: Callable[[Sequence[LibraryDocument]], None],
) -> None:
    """Adds a document with its pages and passages; ``refuse`` is shown all that ever were, and raises if it may not.

    Raises:
        StoreError: Nothing was written.
    """

    def work(connection: sa.Connection) -> None:
        every = _all(connection)
        if any(one.id == made.id for one in every):
            return  # it was written, and the answer was lost
        refuse(every)
        row = {column.name: getattr(made, column.name) for column in documents.c}
        connection.execute(documents.insert(), row)
        for batch in _batches([{"document_id": made.id, **_fields(one)} for one in its_pages]):
            connection.execute(page_rows.insert(), batch)
        for batch in _batches([{"document_id": made.id, **_fields(one)} for one in spans]):
            connection.execute(passages.insert(), batch)
        detail: audit.Detail = {"sha256": made.sha256, "pages": made.pages, "supersedes": made.supersedes}
        audit.append(connection, made.added_by, audit.Event("document added", "library", made.id, detail))

    db.write_as(_CHANGING, work)


def remove_document(db: Database, user: str, document_id: str) -> None:
    """Takes a document out: its pages and passages are deleted, its row stays; nothing where it is out already.

    Raises:
        StoreError: There is no such document, or nothing was written.
    """

    def work(connection: sa.Connection) -> None:
        held = {one.id: one for one in _all(connection)}
        if document_id in held and held[document_id].removed:
            return  # it is out
        if document_id not in held:
            raise StoreError(
                "missing",
                f"The library holds no document '{document_id}'.",
                remedy="`creason library list` names those that it holds.",
            )
        drop_words(connection, document_id)
        connection.execute(sa.delete(passages).where(passages.c.document_id == document_id))
        connection.execute(sa.delete(page_rows).where(page_rows.c.document_id == document_id))
        row = {"document_id": document_id, "removed_by": user, "created": now()}
        connection.execute(removals.insert(), row)
        audit.append(connection, user, audit.Event("document removed", "library", document_id))

    db.write_as(_CHANGING, work)


def documents_in(db: Database, *, removed: bool = False) -> tuple[LibraryDocument, ...]:
    """The documents of the library, in the order in which they came; with ``removed``, also those taken out.

    Raises:
        StoreError: The database cannot be read.
    """
    with db.read() as connection:
        return _all(connection) if removed else _present(connection)


def pages_of(db: Database, document_id: str) -> tuple[Page, ...]:
    """The pages of a document, in order; empty where it was taken out."""
    query = sa.select(page_rows.c.page, page_rows.c.label, page_rows.c.text).where(
        page_rows.c.document_id == document_id
    )
    with db.read() as connection:
        return tuple(Page(*row) for row in connection.execute(query.order_by(page_rows.c.page)))


def page_of(db: Database, document_id: str, page: int) -> Page | None:
    """One page of a document; None where there is none."""
    query = sa.select(page_rows.c.page, page_rows.c.label, page_rows.c.text)
    with db.read() as connection:
        row = connection.execute(query.where(page_rows.c.document_id == document_id, page_rows.c.page == page)).first()
    return Page(*row) if row else None


def spans_of(db: Database, document_id: str) -> tuple[Span, ...]:
    """The passages of a document, in order."""
    query = sa.select(*(passages.c[name] for name in Span.__slots__)).where(passages.c.document_id == document_id)
    with db.read() as connection:
        return tuple(Span(*row) for row in connection.execute(query.order_by(passages.c.n)))


def spans_at(db: Database, wanted: Sequence[tuple[str, int]]) -> dict[tuple[str, int], tuple[Span, Page]]:
    """The passages called so (document, number), each with its page; those that are gone are left out."""
    if not wanted:
        return {}
    named = sa.or_(*(sa.and_(passages.c.document_id == document, passages.c.n == n) for document, n in wanted))
    on_page = sa.and_(page_rows.c.document_id == passages.c.document_id, page_rows.c.page == passages.c.page)
    said = [passages.c[name] for name in Span.__slots__]
    query = (
        sa.select(passages.c.document_id, *said, page_rows.c.label, page_rows.c.text)
        .join(page_rows, on_page)
        .where(named)
    )
    with db.read() as connection:
        rows = connection.execute(query).all()
    return {(row[0], row[1]): (Span(*row[1:6]), Page(row[2], row.label, row.text)) for row in rows}


def _all(connection: sa.Connection) -> tuple[LibraryDocument, ...]:
    taken = removals.c.document_id == documents.c.id
    query = sa.select(documents, removals.c.created.label("removed"), removals.c.removed_by).outerjoin(removals, taken)
    return tuple(_of(row) for row in connection.execute(query.order_by(documents.c.created, documents.c.id)))


def _present(connection: sa.Connection) -> tuple[LibraryDocument, ...]:
    return tuple(one for one in _all(connection) if one.removed is None)


def _of(row: sa.Row[Any]) -> LibraryDocument:
    found = {name: row._mapping[name] for name in LibraryDocument.__slots__}
    return LibraryDocument(**{**found, "removed_by": row.removed_by or ""})


def _fields(one: Page | Span) -> dict[str, object]:
    found = {name: getattr(one, name) for name in one.__slots__}
    return {name: clean(value) if isinstance(value, str) else value for name, value in found.items()}


def _batches(rows: list[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    return (rows[at : at + _AT_ONCE] for at in range(0, len(rows), _AT_ONCE))
