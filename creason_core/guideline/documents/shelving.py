"""Adds documents to the hospital's library and takes them out, by the rules of ``about``; the index follows."""

import secrets
from dataclasses import dataclass
from datetime import date

from creason_core.errors import GuidelineError
from creason_core.guideline.documents.about import OPEN, AboutDocument, refuse
from creason_core.guideline.documents.index import DocumentIndex
from creason_core.guideline.documents.passages import cut
from creason_core.guideline.documents.reading import ReadDocument
from creason_core.guideline.documents.succession import validity
from creason_core.store.hospital.library import LibraryDocument, add_document, documents_in, remove_document
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import clean, now


@dataclass(frozen=True, slots=True)
class Shelved:
    """A document that was added or taken out; ``concerned`` is the one that it supersedes, or that holds again.

    ``trouble`` says why the index does not follow yet; the next question brings it up to date.
    """

    document: LibraryDocument
    concerned: LibraryDocument | None
    trouble: str = ""


def add(
    db: Database, index: DocumentIndex, user: str, read: ReadDocument, *, told: AboutDocument, today: date
) -> Shelved:
    """Adds what was ``read``, as a person ``told`` it; searched from then on.

    Raises:
        GuidelineError: It breaks a rule of the library; nothing was added.
        StoreError: Nothing was written.
    """
    spans = cut(read.pages)
    if not spans:
        raise GuidelineError(f"{read.file_name} holds no text that could be found.", remedy="Nothing was added.")
    made = LibraryDocument(
        id=secrets.token_hex(4),
        sha256=read.sha256,
        file_name=read.file_name,
        format=read.format,
        size=read.size,
        title=clean(told.title),
        organisation=clean(told.organisation),
        published=told.published,
        valid_until="" if told.valid_until == OPEN else told.valid_until,
        population=clean(told.population),
        supersedes=told.supersedes or None,
        pages=len(read.pages),
        passages=len(spans),
        added_by=user,
        created=now(),
    )
    add_document(db, made, read.pages, spans, lambda present: refuse(made, present, today))
    old = next((one for one in documents_in(db) if one.id == made.supersedes), None)
    return Shelved(made, old, _follow(db, index))


def remove(db: Database, index: DocumentIndex, user: str, document_id: str) -> Shelved:
    """Takes a document out; what it superseded, where that is still there, is in force again.

    Raises:
        StoreError: There is none, or nothing was written.
    """
    remove_document(db, user, document_id)
    every = {one.id: one for one in documents_in(db, removed=True)}
    gone, today = every[document_id], now().date()
    old = every.get(gone.supersedes or "")
    again = old is not None and old.removed is None and validity(old, tuple(every.values()), today).status == "current"
    return Shelved(gone, old if again else None, _follow(db, index))


def _follow(db: Database, index: DocumentIndex) -> str:
    """Brings the index up to date; why not, where that cannot be now: the library was changed all the same."""
    try:
        index.keep_up(db)
    except GuidelineError as error:
        return f"{error} The change itself was made, and counts from the next question on that finds the index free."
    return ""
