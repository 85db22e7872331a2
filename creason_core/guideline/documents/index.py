"""The index of the hospital's documents: BM25 in SQLite's full-text search (FTS5), in a file of its own.

It is made from the store and can be thrown away: it holds the words of passages and no text. Where the store is
PostgreSQL the words stand there (``stored_index``), and this file holds vectors alone.
"""

import logging
import re
import sqlite3
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import Timeout

from creason_core.errors import GuidelineError
from creason_core.guideline.documents.ranking import ranked_by_words
from creason_core.guideline.documents.vectors import VectorSearch, held, keep
from creason_core.guideline.words import Words, shipped_words
from creason_core.model.embedding.encoder import Encoder
from creason_core.private import private_folder, private_lock
from creason_core.store.hospital.library import LibraryDocument, documents_in, pages_of, spans_of
from creason_core.store.sql.sqlite import BUSY_MS, sqlite_module
from creason_core.store.sql.transactions import Database

_log = logging.getLogger(__name__)

_FORM = "2"  # of the file; behind it stands by which table words were read
FILE = "documents.index"
_CREATE = (
    "CREATE TABLE form (form TEXT NOT NULL)",
    "CREATE TABLE documents (id TEXT PRIMARY KEY, first INTEGER NOT NULL, passages INTEGER NOT NULL)",
    # Without the text, which the store has; so nothing can be taken out of it, and it is made anew instead.
    "CREATE VIRTUAL TABLE texts USING fts5(text, about, content='', tokenize='porter unicode61 remove_diacritics 2')",
)
_BROKEN = re.compile(r"(\w+)-\n(\w+)")


@dataclass(frozen=True, slots=True)
class PassageHit:
    """A passage that shares words with the question: the ``n``-th of a document.

    ``score`` is BM25's (higher is better); ``coverage`` is the share of the question's information that it holds, each
    word weighed by its rarity.
    """

    document: str
    n: int
    score: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Fitting:
    """Whether the index fits the library: ``missing`` and ``extra`` documents, and its size in bytes (0: none).

    ``unembedded`` documents lack vectors of the model that takes part; ``idle`` is of how many documents there are
    vectors that nobody can use, since another model made them or none takes part.
    """

    missing: tuple[str, ...]
    extra: tuple[str, ...]
    broken: str
    size: int
    unembedded: tuple[str, ...] = ()
    idle: int = 0

    @property
    def fits(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.missing or self.extra or self.broken or self.unembedded)


class DocumentIndex:
    """The index in ``folder``; safe to use from several threads and processes.

    With an ``encoder`` it holds a vector a passage too; what another model made is replaced.
    """

    def __init__(self, folder: Path, words: Words | None = None, encoder: Encoder | None = None) -> None:
        self._folder = folder
        self._words = words or shipped_words()
        self._encoder = encoder
        self._vectors = VectorSearch(encoder) if encoder else None

    @property
    def path(self) -> Path:
        """Its file."""
        return self._folder / FILE

    @property
    def form(self) -> str:
        """How it is made; one of another form, or with other synonyms, is made anew."""
        return f"{_FORM} {self._words.digest[:12]}"

    @property
    def dense(self) -> bool:
        """Whether an embedding model takes part."""
        return self._encoder is not None

    def keep_up(self, db: Database) -> None:
        """Takes in what came to the library and takes out what went, one process at a time.

        Raises:
            GuidelineError: Another process is at it, the file cannot be written, or SQLite has no full-text search.
            StoreError: The library cannot be read.
        """
        try:
            private_folder(self._folder)
            with private_lock(self._folder / f"{FILE}.lock"):
                self._bring_up(db)
        except Timeout:
            raise GuidelineError(
                "The index of the hospital's documents is being brought up to date just now.",
                remedy="Ask again in a moment.",
            ) from None
        except OSError as error:
            raise GuidelineError(
                f"The index of the hospital's documents cannot be written: {error.strerror}.",
                remedy=f"Make {self._folder} writable.",
            ) from error

    def rebuild(self, db: Database) -> None:
        """Makes the index anew from the library.

        Raises:
            GuidelineError, StoreError: As ``keep_up``.
        """
        try:
            private_folder(self._folder)
            with private_lock(self._folder / f"{FILE}.lock"):
                self._throw_away()
        except Timeout:
            pass  # ``keep_up`` tells it
        self.keep_up(db)

    def fitting(self, present: tuple[LibraryDocument, ...]) -> Fitting:
        """Whether the index fits the documents that are ``present``; nothing is changed."""
        wanted = {one.id: one.passages for one in present}
        try:
            size = self.path.stat().st_size
        except OSError:
            return Fitting(tuple(wanted), (), "", 0, tuple(wanted) if self._encoder else ())
        try:
            with self._open() as connection:
                if (form := _form(connection)) != self.form:
                    told = f"it is of the form {form}, and this program makes the form {self.form}"
                    return Fitting((), (), told, size)
                indexed = dict(connection.execute("SELECT id, passages FROM documents"))
                vectors = held(connection, self._encoder, wanted)
        except sqlite_module().DatabaseError as error:
            return Fitting((), (), f"it cannot be read ({type(error).__name__})", size)
        extra = tuple(name for name, passages in indexed.items() if wanted.get(name) != passages)
        bare = tuple(name for name in wanted if self._encoder and name not in vectors.documents)
        return Fitting(tuple(name for name in wanted if name not in indexed), extra, "", size, bare, vectors.other)

    def search(self, question: str, most: int) -> tuple[PassageHit, ...]:
        """The passages that share a word with ``question``, best first, at most ``most``.

        Raises:
            GuidelineError: The index is missing or broken.
        """
        asked = self._words.asked(question)
        try:
            with self._open() as connection:
                (total,) = connection.execute("SELECT coalesce(sum(passages), 0) FROM documents").fetchone()
                found = ranked_by_words(connection, asked, total, most)
                places = connection.execute("SELECT first, id FROM documents ORDER BY first").fetchall()
        except sqlite_module().DatabaseError as error:
            raise _unreadable(error) from error
        firsts = [first for first, _ in places]
        hits = []
        for row, score, coverage in found:
            first, document = places[bisect_right(firsts, row) - 1]
            hits.append(PassageHit(document, row - first + 1, -score, coverage))
        return tuple(hits)

    def near(self, question: str, most: int) -> tuple[PassageHit, ...]:
        """The passages whose vectors are nearest to that of ``question``, nearest first; none without a model.

        ``score`` is the cosine, ``coverage`` nothing.

        Raises:
            GuidelineError: The index is missing or broken.
        """
        if self._vectors is None:
            return ()
        try:
            with self._open() as connection:
                state = self.path.stat()
                stamp = (state.st_ino, state.st_mtime_ns, state.st_size)
                found = self._vectors.search(connection, stamp, question, most)
        except (sqlite_module().DatabaseError, OSError) as error:
            raise _unreadable(error) from error
        return tuple(PassageHit(one.document, one.n, one.cosine, 0.0) for one in found)

    def _bring_up(self, db: Database) -> None:
        present = documents_in(db)
        fitting = self.fitting(present)
        if fitting.broken or fitting.extra:
            _log.warning("the index of documents is made anew: %s", fitting.broken or "a document was taken out")
            self._throw_away()
            fitting = self.fitting(present)
        if fitting.fits:
            return
        module = sqlite_module()
        try:
            with self._open(making=True) as connection:
                for document in present:
                    if document.id in fitting.missing:
                        self._take_in(connection, db, document)
                    if self._encoder and document.id in fitting.unembedded:
                        keep(connection, document.id, _passages(db, document), self._encoder)
        except module.OperationalError as error:
            if "fts5" in str(error):
                raise GuidelineError(
                    "The hospital's documents cannot be searched: this Python's SQLite has no full-text search (FTS5).",
                    remedy="Install pysqlite3, or a Python whose SQLite has it.",
                ) from error
            raise GuidelineError(
                f"The index of the hospital's documents cannot be written ({error}).",
                remedy="Make room on the disk, then: creason library check --rebuild.",
            ) from error

    def _take_in(self, connection: sqlite3.Connection, db: Database, document: LibraryDocument) -> None:
        (first,) = connection.execute("SELECT coalesce(max(first + passages), 1) FROM documents").fetchone()
        rows = ((first + n - 1, text, about) for n, text, about in self._texts(db, document))
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO texts (rowid, text, about) VALUES (?, ?, ?)", rows)
        connection.execute("INSERT INTO documents VALUES (?, ?, ?)", (document.id, first, document.passages))
        connection.execute("COMMIT")

    def _texts(self, db: Database, document: LibraryDocument) -> Iterator[tuple[int, str, str]]:
        """Of each passage its number, its text and what it stands under, in plain words."""
        pages = {page.page: page for page in pages_of(db, document.id)}
        for span in spans_of(db, document.id):
            if page := pages.get(span.page):
                text = self._words.indexed(_joined(page.text[span.start : span.stop]))
                yield span.n, text, self._words.indexed(f"{document.title} {document.population} {page.label}")

    def _throw_away(self) -> None:
        for ending in ("", "-journal", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                self.path.with_name(FILE + ending).unlink()

    @contextmanager
    def _open(self, *, making: bool = False) -> Iterator[sqlite3.Connection]:
        """A connection; the file is made only where ``making``."""
        if making and not self.path.exists():
            self.path.touch(mode=0o600)
        address = f"{self.path.absolute().as_uri()}?mode={'rw' if making else 'ro'}"
        connection: sqlite3.Connection = sqlite_module().connect(address, uri=True, isolation_level=None)
        try:
            connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
            if making and not _form(connection):
                connection.execute("BEGIN IMMEDIATE")
                for statement in _CREATE:
                    connection.execute(statement)
                connection.execute("INSERT INTO form VALUES (?)", (self.form,))
                connection.execute("COMMIT")
            yield connection
        finally:
            connection.close()


def _passages(db: Database, document: LibraryDocument) -> list[str]:
    """The texts of a document's passages in the order of their numbers, each behind what it stands under."""
    pages = {page.page: page for page in pages_of(db, document.id)}
    texts = [""] * document.passages
    for span in spans_of(db, document.id):
        if (page := pages.get(span.page)) and span.n <= len(texts):
            texts[span.n - 1] = f"{document.title}. {page.label} {page.text[span.start : span.stop]}"
    return texts


def _unreadable(error: Exception) -> GuidelineError:
    return GuidelineError(
        f"The index of the hospital's documents cannot be read ({type(error).__name__}).",
        remedy="Make it anew: creason library check --rebuild.",
    )


def _joined(text: str) -> str:
    """``text`` with each word that is broken at the end of a line whole beside its halves."""
    whole = (f"{first}{second}" for first, second in _BROKEN.findall(text))
    return " ".join([text, *whole])


def _form(connection: sqlite3.Connection) -> str:
    """The form of the index; empty where there is nothing in the file yet."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'form'").fetchone():
        return ""
    return str(connection.execute("SELECT form FROM form").fetchone()[0])
