"""Whether the hospital's library is whole: every passage what it was when it was added, and the index fitting it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from creason_core.guideline.documents.index import DocumentIndex, Fitting
from creason_core.guideline.documents.passages import digest
from creason_core.guideline.documents.succession import validity
from creason_core.store.hospital.library import LibraryDocument, documents_in, pages_of, spans_of
from creason_core.store.sql.transactions import Database


@dataclass(frozen=True, slots=True)
class LibraryCheck:
    """What was looked at, what is wrong (``problems``) and what is worth knowing (``notes``), in sentences."""

    documents: int
    passages: int
    index_bytes: int
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()


def check(db: Database, index: DocumentIndex) -> LibraryCheck:
    """Every check of the library; nothing is changed.

    Raises:
        StoreError: The library cannot be read.
    """
    every = documents_in(db, removed=True)
    present = tuple(one for one in every if one.removed is None)
    problems = [said for one in present for said in _altered(db, one)]
    today = datetime.now(UTC).date()
    problems += [
        f"{one.id}, '{one.title}': {held.told}"
        for one in present
        if (held := validity(one, every, today)).status == "expired"
    ]
    fitting = index.fitting(present)
    again = "Make it anew: creason library check --rebuild."
    if fitting.broken:
        problems.append(f"The index does not fit: {fitting.broken}. {again}")
    if fitting.missing or fitting.extra:
        problems.append(
            f"The index lacks {len(fitting.missing)} documents and holds {len(fitting.extra)} that are gone. {again}"
        )
    if fitting.unembedded and not fitting.missing:
        problems.append(
            f"The index lacks the vectors of {len(fitting.unembedded)} documents, which are found by words alone; the "
            "next question makes them."
        )
    passages = sum(one.passages for one in present)
    return LibraryCheck(len(present), passages, fitting.size, tuple(problems), idle_vectors(fitting))


def idle_vectors(fitting: Fitting) -> tuple[str, ...]:
    """Says that the index holds vectors that nobody can use, where it does."""
    if not fitting.idle:
        return ()
    return (
        f"The index holds vectors of {fitting.idle} documents by an embedding model that is not here or takes no part: "
        "they are found by words alone.",
    )


def _altered(db: Database, one: LibraryDocument) -> list[str]:
    """What of a document is not as it was when it was added."""
    pages = {page.page: page.text for page in pages_of(db, one.id)}
    spans = spans_of(db, one.id)
    changed = sum(digest(pages.get(span.page, "")[span.start : span.stop]) != span.sha256 for span in spans)
    said = []
    if changed:
        said.append(f"{one.id}, '{one.title}': {changed:,} passages are not what they were; they are not shown.")
    if len(pages) != one.pages or len(spans) != one.passages:
        said.append(
            f"{one.id}, '{one.title}': {len(pages):,} of {one.pages:,} pages and {len(spans):,} of {one.passages:,} "
            "passages are there. Remove it and add it again."
        )
    return said
