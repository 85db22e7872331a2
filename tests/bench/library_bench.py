"""A hospital's library of 100,000 passages: its index, and a question to it: `-m tests.bench.run --only library`.

The passages are made of the words of the library that ships, as often as they come there, a tenth of them codes that
come once. The questions are those of ``creason ask evaluate`` that are not kept for the end. A question is
timed with all that a page does for it: the store read, the index looked at, passages found, read and held against
their hash.
"""

import random
import tempfile
import time
from collections.abc import Iterator, Sized
from dataclasses import replace
from datetime import date
from pathlib import Path

from creason_core.evaluation.guideline_answers.question_set import read_question_set
from creason_core.guideline.applying import Shelf, starter_shelf
from creason_core.guideline.dense import RecommendationVectors
from creason_core.guideline.documents.index import DocumentIndex
from creason_core.guideline.documents.passages import cut
from creason_core.guideline.reading import starter_library
from creason_core.guideline.retrieval import retrieve
from creason_core.model.embedding.encoder import Encoder
from creason_core.model.embedding.weights import embedding_folder
from creason_core.model.engines.weights import MANIFEST
from creason_core.settings import settings
from creason_core.store.hospital.library import LibraryDocument, Page, add_document
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now
from creason_core.store.upkeep.database import open_store
from tests.bench.figures import Figure, figure

PASSAGES = 100_000
DOCUMENTS = 50
MOST_SECONDS = 0.150
_WORDS = 130  # of a passage: about 850 characters


def documents(seed: int = 7) -> Iterator[tuple[LibraryDocument, tuple[Page, ...]]]:
    """Documents of 2,000 pages of one passage each."""
    words = [word for one in starter_library().recommendations for word in one.statement.split()]
    made = random.Random(seed)
    for number in range(DOCUMENTS):
        pages = tuple(
            Page(page, "", " ".join(_word(made, words) for _ in range(_WORDS)))
            for page in range(1, PASSAGES // DOCUMENTS + 1)
        )
        yield made_document(f"{number:08x}", pages, pages), pages


def made_document(name: str, pages: tuple[Page, ...], passages: Sized) -> LibraryDocument:
    """A document called ``name``."""
    return LibraryDocument(
        id=name, sha256=name, file_name="x.pdf", format="pdf", size=1, population="adults",
        title=f"Guideline {name}", organisation="Hospital", published="2025", valid_until="", supersedes=None,
        pages=len(pages), passages=len(passages), added_by="bench", created=now(),
    )  # fmt: skip


def _word(made: random.Random, words: list[str]) -> str:
    return f"code{made.randrange(10**9)}" if made.random() < 0.1 else made.choice(words)


def measure() -> list[Figure]:
    """Adds, indexes and asks."""
    with tempfile.TemporaryDirectory() as folder:
        db = open_store(f"sqlite:///{folder}/creason.db", Path(folder))
        index = DocumentIndex(Path(folder) / "library")
        began = time.perf_counter()
        for document, pages in documents():
            add_document(db, document, pages, cut(pages), lambda _: None)
        added = time.perf_counter() - began
        began, busy = time.perf_counter(), time.process_time()
        index.keep_up(db)
        built, worked = time.perf_counter() - began, time.process_time() - busy
        size, store = index.path.stat().st_size / 1e6, (Path(folder) / "creason.db").stat().st_size / 1e6
        seconds, processor, note = _asked(db, index, starter_shelf())
        dense = list(_with_vectors(db, Path(folder) / "library"))
        db.close()
    held = f"index {size:.0f} MB, the database with the text {store:.0f} MB; adding to it took {added:.0f} s"
    return [
        figure("a question over 100,000 passages", seconds, goal=MOST_SECONDS, note=note),
        figure("  its processor time", processor),
        figure("building the index of 100,000 passages", [built], note=held),
        figure("  its processor time", [worked]),
        *dense,
    ]


def _asked(db: Database, index: DocumentIndex, shelf: Shelf) -> tuple[list[float], list[float], str]:
    """Seconds, and seconds of the processor, of each question; five are asked before, to warm up."""
    asked = [one.ask for one in read_question_set(None, starter_library()).part(held_out=False)]
    seconds, processor, found = [], [], 0
    for question in [*asked[:5], *asked]:
        began, busy = time.perf_counter(), time.process_time()
        found += bool(retrieve(db, index, question, date(2026, 11, 30), shelf=shelf).of("document"))
        seconds.append(time.perf_counter() - began)
        processor.append(time.process_time() - busy)
    note = f"{PASSAGES:,} passages of {DOCUMENTS} documents; {found} of {len(seconds)} questions found some"
    return seconds[5:], processor[5:], note


def _with_vectors(db: Database, folder: Path) -> Iterator[Figure]:
    """The same with vectors, where the embedding model was brought to this computer."""
    if not (embedding_folder(settings().models_dir) / MANIFEST).exists():
        return
    encoder = Encoder(embedding_folder(settings().models_dir))
    index = DocumentIndex(folder, encoder=encoder)
    before = index.path.stat().st_size
    began, busy = time.perf_counter(), time.process_time()
    index.keep_up(db)
    built, worked = time.perf_counter() - began, time.process_time() - busy
    size = (index.path.stat().st_size - before) / 1e6
    shelf = replace(starter_shelf(), vectors=RecommendationVectors(starter_library(), encoder))
    seconds, processor, note = _asked(db, index, shelf)
    yield figure("  with vectors too", seconds, goal=MOST_SECONDS, note=note)
    yield figure("  its processor time, with vectors", processor)
    yield figure("adding the vectors to the index", [built], note=f"{size:.0f} MB more")
    yield figure("  its processor time, vectors", [worked])
