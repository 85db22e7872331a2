"""The index of the hospital's documents where the store is PostgreSQL: words in its full text, vectors in the file."""

import math
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from creason_core.guideline.documents.index import DocumentIndex, Fitting, PassageHit
from creason_core.guideline.documents.ranking import weighed
from creason_core.guideline.words import Words
from creason_core.model.embedding.encoder import Encoder
from creason_core.store.hospital.library import LibraryDocument, documents_in
from creason_core.store.hospital.library_words import (
    drop_all_words,
    indexed_documents,
    passages_with,
    put_words,
    ranked_passages,
)
from creason_core.store.sql.transactions import Database

_MOST_RANKED = 5_000  # passages that are ranked: it costs the time


def index_of(db: Database, folder: Path, words: Words | None = None, encoder: Encoder | None = None) -> DocumentIndex:
    """The index of the documents in ``db``; what of it is a file is in ``folder``."""
    return DocumentIndex(folder, words, encoder) if db.sqlite else StoredIndex(db, folder, words, encoder)


class StoredIndex(DocumentIndex):
    """Finds as ``DocumentIndex`` does, and ranks by PostgreSQL's full text, with each word weighed by its rarity.

    One for all computers that run the app. Without an embedding model there is no file.
    """

    def __init__(self, db: Database, folder: Path, words: Words | None = None, encoder: Encoder | None = None) -> None:
        super().__init__(folder, words, encoder)
        self._db = db

    def rebuild(self, db: Database) -> None:
        """Makes the index anew from the library, words and vectors."""
        drop_all_words(db)
        super().rebuild(db)

    def fitting(self, present: tuple[LibraryDocument, ...]) -> Fitting:
        """Whether the words in the store, and the file of vectors, fit the documents that are ``present``."""
        held, size = indexed_documents(self._db, self.form)
        missing = tuple(one.id for one in present if held.get(one.id) != one.passages)
        if not self.dense:
            return Fitting(missing, (), "", size)
        file = super().fitting(present)
        lacking = tuple(dict.fromkeys((*missing, *file.missing)))
        return replace(file, missing=lacking, size=size + file.size)

    def search(self, question: str, most: int) -> tuple[PassageHit, ...]:
        """The passages that share a word with ``question``, best first, at most ``most``.

        Raises:
            StoreError: The store cannot be read.
        """
        asked = self._words.asked(question)
        held, total = passages_with(self._db, asked)
        read = weighed([word for word in asked if word in held], held, total)
        if not read.rare:
            return ()
        weights = {word: math.log1p((total - held[word] + 0.5) / (held[word] + 0.5)) for word in read.rare}
        found = ranked_passages(self._db, weights, _narrow(read.rare, held), read.known, most)
        return tuple(PassageHit(one.document, one.n, one.score, read.coverage(one.words)) for one in found)

    def _bring_up(self, db: Database) -> None:
        present = documents_in(db)
        held, _ = indexed_documents(db, self.form)
        for document in present:
            if held.get(document.id) != document.passages:
                put_words(db, document.id, self.form, self._texts(db, document))
        if self.dense:
            super()._bring_up(db)

    def _take_in(self, connection: sqlite3.Connection, db: Database, document: LibraryDocument) -> None:  # noqa: ARG002
        """Notes of which document there may be vectors: its words stand in the store."""
        (first,) = connection.execute("SELECT coalesce(max(first + passages), 1) FROM documents").fetchone()
        connection.execute("INSERT INTO documents VALUES (?, ?, ?)", (document.id, first, document.passages))


def _narrow(words: Sequence[str], held: Mapping[str, int]) -> tuple[str, ...]:
    """The rarest of ``words``, as many as find few enough passages; at least one."""
    chosen, found = list[str](), 0
    for word in sorted(words, key=lambda one: held[one]):
        found += held[word]
        if chosen and found > _MOST_RANKED:
            break
        chosen.append(word)
    return tuple(chosen)
