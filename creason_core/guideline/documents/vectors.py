"""Vectors of the hospital's passages, in the file of the index: a row a document, each made with one embedding model.

A passage's vector has a byte a dimension and a scale. A question's is held against all of them, a block at a time:
100,000 passages are 26 MB, so that nothing cleverer is needed.
"""

import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from creason_core.model.embedding.encoder import Encoder, Vectors
from creason_core.store.sql.sqlite import sqlite_module

_CREATE = (
    "CREATE TABLE IF NOT EXISTS vectors "
    "(document TEXT PRIMARY KEY, model TEXT NOT NULL, passages INTEGER NOT NULL, quantised BLOB NOT NULL, "
    "scales BLOB NOT NULL)"
)
_FLOAT = 4  # bytes of a scale
_BLOCK = 4_096  # rows: as floats they fit the processor's cache


@dataclass(frozen=True, slots=True)
class NearPassage:
    """The ``n``-th passage of a document, near a question: the ``cosine`` of their vectors."""

    document: str
    n: int
    cosine: float


@dataclass(frozen=True, slots=True)
class Held:
    """Of which documents the index has vectors that can be used, and how many are damaged or of ``other`` models."""

    documents: frozenset[str]
    other: int


def held(connection: sqlite3.Connection, encoder: Encoder | None, wanted: Mapping[str, int]) -> Held:
    """What vectors there are of the ``wanted`` documents (id → passages); without a model none can be used."""
    if not _there(connection):
        return Held(frozenset(), 0)
    query = "SELECT document, model, passages, length(quantised), length(scales) FROM vectors"
    rows = connection.execute(query).fetchall()
    usable = frozenset(
        name
        for name, model, passages, quantised, scales in rows
        if encoder and model == encoder.hash and passages == wanted.get(name)
        and (quantised, scales) == (passages * encoder.dimensions, passages * _FLOAT)
    )  # fmt: skip
    return Held(usable, len(rows) - len(usable))


def keep(connection: sqlite3.Connection, document: str, texts: Sequence[str], encoder: Encoder) -> None:
    """Puts the vectors of a document's passages in place of those that it has, in a transaction of its own."""
    quantised, scales = quantise(encoder.encode(texts))
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(_CREATE)
    row = (document, encoder.hash, len(texts), quantised.tobytes(), scales.astype(np.float32).tobytes())
    connection.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?, ?)", row)
    connection.execute("COMMIT")


@dataclass(frozen=True)
class _Loaded:
    """All vectors of one state of the file: document ids, the row where each begins, and the rows."""

    stamp: tuple[object, ...]
    documents: tuple[str, ...]
    firsts: NDArray[np.int64]
    quantised: NDArray[np.int8]
    scales: Vectors


class VectorSearch:
    """Searches the vectors of one index; what was read stays in memory until the file changes. For several threads."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None

    def search(
        self, connection: sqlite3.Connection, stamp: tuple[object, ...], question: str, most: int
    ) -> tuple[NearPassage, ...]:
        """The ``most`` passages nearest to ``question``, nearest first; ``stamp`` says which state the file has.

        Raises:
            DatabaseError: The vectors cannot be read, or are not as many as there are passages.
        """
        with self._lock:
            if self._loaded is None or self._loaded.stamp != stamp:
                self._loaded = _read(connection, self.encoder, stamp)
            loaded = self._loaded
        if not loaded.documents:
            return ()
        cosines = product(loaded.quantised, loaded.scales, self.encoder.encode([question])[0])
        found = []
        for row in best(cosines, most):
            at = int(np.searchsorted(loaded.firsts, row, side="right")) - 1
            found.append(NearPassage(loaded.documents[at], row - int(loaded.firsts[at]) + 1, float(cosines[row])))
        return tuple(found)


def _read(connection: sqlite3.Connection, encoder: Encoder, stamp: tuple[object, ...]) -> _Loaded:
    nothing = np.zeros((0, encoder.dimensions), np.int8)
    if not _there(connection):
        return _Loaded(stamp, (), np.zeros(0, np.int64), nothing, np.zeros(0, np.float32))
    query = "SELECT document, passages, quantised, scales FROM vectors WHERE model = ? ORDER BY document"
    documents, counts, blocks, scales = [], [], [nothing], [np.zeros(0, np.float32)]
    for document, passages, quantised, scale in connection.execute(query, (encoder.hash,)):
        if len(quantised) != passages * encoder.dimensions or len(scale) != passages * _FLOAT:
            raise sqlite_module().DatabaseError(f"the vectors of {document} are damaged")
        documents.append(document)
        counts.append(passages)
        blocks.append(np.frombuffer(quantised, np.int8).reshape(passages, encoder.dimensions))
        scales.append(np.frombuffer(scale, np.float32))
    firsts = np.concatenate([[0], np.cumsum(counts)[:-1]]) if counts else np.zeros(0)
    return _Loaded(stamp, tuple(documents), firsts.astype(np.int64), np.concatenate(blocks), np.concatenate(scales))


def _there(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'vectors'").fetchone())


def quantise(vectors: Vectors) -> tuple[NDArray[np.int8], Vectors]:
    """``vectors`` (rows × dimensions) in 8 bits, and the scale of each row."""
    scales = np.abs(vectors).max(axis=1, initial=0.0).astype(np.float32) / np.float32(127)
    scales[scales == 0] = 1
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales


def product(quantised: NDArray[np.int8], scales: Vectors, vector: Vectors) -> Vectors:
    """Each row of ``quantised`` (rows × dimensions) times its scale, multiplied with ``vector``; a block at a time."""
    made = np.empty(len(quantised), np.float32)
    for start in range(0, len(quantised), _BLOCK):
        np.matmul(quantised[start : start + _BLOCK].astype(np.float32), vector, out=made[start : start + _BLOCK])
    return made * scales


def best(scores: Vectors, most: int) -> list[int]:
    """The places of the ``most`` highest of ``scores``, highest first."""
    chosen = np.argpartition(-scores, most)[:most] if len(scores) > most else np.arange(len(scores))
    return [int(place) for place in chosen[np.argsort(-scores[chosen], kind="stable")]]
