"""What is found for a question: passages of the hospital's documents and recommendations, in one order.

``retrieve`` is the one way in for whatever reads passages, a page or a model. Documents and recommendations, by words
and by vectors where an embedding model takes part, are fused by rank, since their scores cannot be compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from creason_core.errors import GuidelineError
from creason_core.guideline.applying import Shelf, by_vectors, covers_question, starter_shelf
from creason_core.guideline.dense import LEAST_COSINE, NEAREST, WEIGHT, WEIGHT_OF_PASSAGES, covers
from creason_core.guideline.documents.index import DocumentIndex, PassageHit
from creason_core.guideline.documents.passages import digest
from creason_core.guideline.documents.succession import validity
from creason_core.guideline.fusion import fused
from creason_core.guideline.lexical import near
from creason_core.guideline.library import Status
from creason_core.guideline.refusals import refuse_unreadable
from creason_core.store.hospital.library import LibraryDocument, Page, documents_in, spans_at
from creason_core.store.sql.transactions import Database

RANKED = 60  # passages that are looked at
MOST = 8  # passages of one answer
NEAREST_BY_WORDS = 3
LEAST_COVERAGE = 0.5  # of the question's information: a passage with less is about something else
LEAST_OF_BEST = 0.6  # of the best passage's coverage
HOW = "found by words (BM25), recommendations and documents fused by rank; no embedding model takes part"
HOW_DENSE = "found by words (BM25) and by vectors (an embedding model), all of it fused by rank"

Kind = Literal["document", "recommendation"]


@dataclass(frozen=True, slots=True)
class Passage:
    """Something that can be cited.

    ``id`` names it for good: "document/number", or that of a recommendation. ``hash`` is the SHA-256 (hex) of ``text``.
    ``date`` is when its source was published (a year, a month or a day); ``status`` is whether it holds, in a word, and
    ``validity`` in a sentence. ``page`` is the page or part of a document, 0 for a recommendation, and ``label`` says
    it in words; ``start`` and ``stop`` are its characters in that page. ``score`` is that of the fusion.
    """

    id: str
    kind: Kind
    hash: str
    title: str
    organisation: str
    population: str
    date: str
    status: Status | Literal["expired"]
    validity: str
    page: int
    label: str
    start: int
    stop: int
    text: str
    score: float = 0.0

    @property
    def source(self) -> str:
        """Who says it, and where."""
        return f"{self.organisation}, {self.title}"

    @property
    def document(self) -> str:
        """The id of its document; empty for a recommendation."""
        return self.id.partition("/")[0] if self.kind == "document" else ""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What was found: ``passages`` that hold, best first, and ``superseded``, which hold no longer or have expired.

    ``nearest`` are passages of documents that share words with a question that none is about. ``trouble`` says in a
    sentence which documents were not searched, and why; ``documents`` is how many there are.
    """

    passages: tuple[Passage, ...]
    superseded: tuple[Passage, ...]
    trouble: str
    documents: int
    nearest: tuple[Passage, ...] = ()
    how: str = HOW

    def of(self, kind: Kind) -> tuple[Passage, ...]:
        """Those of one kind, in their order."""
        return tuple(passage for passage in self.passages if passage.kind == kind)


def retrieve(
    db: Database, index: DocumentIndex, question: str, on: date, *, most: int = MOST, shelf: Shelf | None = None
) -> Retrieved:
    """The passages about ``question`` on the day ``on``, from the hospital's documents and the recommendations.

    An index that does not fit the library is brought up to date first, where nobody else is at it.

    Raises:
        GuidelineError: The question is empty or too long.
        StoreError: The library cannot be read.
    """
    refuse_unreadable(question)
    shelf = shelf or starter_shelf()
    every = documents_in(db, removed=True)
    present = tuple(one for one in every if one.removed is None)
    hits, trouble = _found(db, index, present, question)
    least = max([LEAST_COVERAGE, *(LEAST_OF_BEST * hit.coverage for hit in hits)])
    about_it = [hit for hit in hits if hit.coverage >= least]
    about_it, told = _with_vectors(index, question, about_it, max((hit.coverage for hit in hits), default=0.0))
    nearest = () if about_it else tuple(_read(db, every, hits[:NEAREST_BY_WORDS], on))
    rankings = (_read(db, every, about_it, on), _recommendations(shelf, question, on))
    all_of_it = [replace(one, score=score) for one, score in fused(rankings, lambda passage: passage.id)]
    in_force = tuple(one for one in all_of_it if one.status in {"current", "draft"})
    old = tuple(one for one in all_of_it if one.status in {"superseded", "expired"})
    how = HOW_DENSE if index.dense or shelf.vectors else HOW
    trouble = " ".join(part for part in (trouble, told) if part)
    return Retrieved(in_force[:most], old[:most], trouble, len(present), nearest, how)


def _with_vectors(
    index: DocumentIndex, question: str, about_it: list[PassageHit], known: float
) -> tuple[list[PassageHit], str]:
    """``about_it`` fused with the passages near the question, where the words know enough of it; what went wrong.

    ``known`` is the best share of the question's information that a passage holds.
    """
    try:
        close = [hit for hit in index.near(question, NEAREST) if hit.score >= LEAST_COSINE]
    except GuidelineError as error:
        return about_it, "" if not index.path.exists() else str(error)
    if not close or not (about_it or covers(known, close[0].score)):
        return about_it, ""
    both = fused((about_it, close), lambda hit: (hit.document, hit.n), (1.0, WEIGHT_OF_PASSAGES))
    return [hit for hit, _ in both], ""


def _found(
    db: Database, index: DocumentIndex, present: Sequence[LibraryDocument], question: str
) -> tuple[tuple[PassageHit, ...], str]:
    """The passages that share a word with the question, best first, and which documents were not searched."""
    if not present:
        return (), ""
    trouble = ""
    fitting = index.fitting(tuple(present))
    try:
        if not fitting.fits:
            index.keep_up(db)
        hits = index.search(question, RANKED)
    except GuidelineError as error:
        trouble = str(error)
        try:  # with what it has
            hits = index.search(question, RANKED)
            trouble = f"{trouble} {len(fitting.missing)} of {len(present)} documents are not searched."
        except GuidelineError:
            return (), f"{trouble} None of the hospital's documents is searched."
    return hits, trouble


def _read(db: Database, every: Sequence[LibraryDocument], hits: Sequence[PassageHit], on: date) -> list[Passage]:
    """What the store has of ``hits``: a passage that is gone, or that is not what was indexed, is not told."""
    by_id = {one.id: one for one in every if one.removed is None}
    found = spans_at(db, [(hit.document, hit.n) for hit in hits])
    passages = []
    for hit in hits:
        if hit.document not in by_id or (hit.document, hit.n) not in found:
            continue
        document, (span, page) = by_id[hit.document], found[hit.document, hit.n]
        text = page.text[span.start : span.stop]
        if digest(text) != span.sha256:
            continue
        held = validity(document, every, on)
        if held.status == "not yet published":
            continue
        passages.append(
            Passage(
                id=f"{document.id}/{hit.n}",
                kind="document",
                hash=span.sha256,
                title=document.title,
                organisation=document.organisation,
                population=document.population,
                date=document.published,
                status=held.status,
                validity=held.told,
                page=span.page,
                label=place(document, page),
                start=span.start,
                stop=span.stop,
                text=text,
            )
        )
    return passages


def place(document: LibraryDocument, page: Page) -> str:
    """Where in a document something stands, as a person says it: its page, else its heading, else its part."""
    if document.format == "pdf":
        return f"page {page.page} of {document.pages}"
    return f"under '{page.label}'" if page.label else f"part {page.page} of {document.pages}"


def _recommendations(shelf: Shelf, question: str, on: date) -> list[Passage]:
    """The recommendations that the question's words find, whoever the patient is."""
    search, close = shelf.index.search(question), by_vectors(shelf, question)
    if not covers_question(search, close):
        return []
    found = []
    for hit, _ in fused((near(search), close), lambda hit: hit.id, (1.0, WEIGHT)):
        one = shelf.library.by_id[hit.id]
        guideline, status = shelf.library.guideline(one), shelf.library.status(one, on)
        if status == "not yet published":
            continue
        newer = ", ".join(shelf.library.replaced_by.get(one.id, ()))
        told = f"Superseded by {newer or guideline.superseded_by}." if status == "superseded" else f"It is {status}."
        found.append(
            Passage(
                id=one.id,
                kind="recommendation",
                hash=digest(one.statement),
                title=guideline.title,
                organisation=guideline.organisation,
                population=one.population,
                date=guideline.published,
                status=status,
                validity=told,
                page=0,
                label=one.section,
                start=0,
                stop=len(one.statement),
                text=one.statement,
            )
        )
    return found
