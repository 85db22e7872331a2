"""Adds documents to the hospital's library and takes them out, by the rules of ``about``; the index follows."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from creason_core.errors import GuidelineError
from creason_core.guideline.documents.about import OPEN, About, refuse
from creason_core.guideline.documents.index import DocumentIndex
from creason_core.guideline.documents.passages import cut
from creason_core.guideline.documents.reading import ReadDocument
from creason_core.guideline.library import days
from creason_core.store.library import LibraryDocument, add_document, documents_in, remove_document
from creason_core.store.transactions import Database
from creason_core.store.types import clean, now


@dataclass(frozen=True, slots=True)
class Shelved:
    """A document that was added or taken out; ``concerned`` is the one that it supersedes, or superseded.

    ``trouble`` says why the index does not follow yet; the next question brings it up to date.
    """

    document: LibraryDocument
    concerned: LibraryDocument | None
    trouble: str = ""


def add(db: Database, index: DocumentIndex, user: str, read: ReadDocument, *, told: About, today: date) -> Shelved:
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
    before = {one.id: one for one in documents_in(db, removed=True)}
    remove_document(db, user, document_id)
    gone = before[document_id]
    old = before.get(gone.supersedes or "")
    return Shelved(gone, old if old and old.removed is None else None, _follow(db, index))


def _follow(db: Database, index: DocumentIndex) -> str:
    """Brings the index up to date; why not, where that cannot be now: the library was changed all the same."""
    try:
        index.keep_up(db)
    except GuidelineError as error:
        return f"{error} The change itself was made, and counts from the next question on that finds the index free."
    return ""


@dataclass(frozen=True, slots=True)
class Validity:
    """``status`` is "current", "superseded" or "expired"; ``told`` says it in a sentence."""

    status: Literal["current", "superseded", "expired"]
    told: str


def validity(one: LibraryDocument, present: Sequence[LibraryDocument], on: date) -> Validity:
    """Whether a document holds on the day ``on``, among those that are ``present``."""
    newer = next((other for other in present if other.supersedes == one.id), None)
    if newer is not None:
        return Validity("superseded", f"Superseded by '{newer.title}', {newer.organisation}, {newer.published}.")
    if one.valid_until and days(one.valid_until)[1] < on:
        return Validity("expired", f"It held until {one.valid_until}, and nothing in the library supersedes it.")
    until = f"until {one.valid_until}" if one.valid_until else "without an end"
    return Validity("current", f"It holds {until}, as told when it was added.")
