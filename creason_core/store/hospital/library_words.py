"""The words of the hospital's passages where the store is PostgreSQL, ranked by its own full-text search.

They are made from the passages and can be thrown away. PostgreSQL's ``ts_rank`` says how often and where a word stands
in a passage, and not how rare it is: each word's rank is therefore weighed by its rarity, and a passage's by its
length, as BM25 does. Words are stemmed by PostgreSQL (``english``); accents are taken off here, as SQLite's tokenizer
does.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from creason_core.store.schema.library_tables import library_indexed as indexed
from creason_core.store.schema.library_tables import library_words as rows
from creason_core.store.sql.transactions import Database

_CHANGING = "*library*"  # the lock under which documents are added and taken out
_AT_ONCE = 400  # rows of one statement
_PUT = sa.text(
    "INSERT INTO library_words (document_id, n, words) VALUES (:document, :n, "
    "setweight(to_tsvector('pg_catalog.english', :text), 'A') "
    "|| setweight(to_tsvector('pg_catalog.english', :about), 'D'))"
)
_WORDS = sa.text("SELECT coalesce(sum(length(words)), 0) FROM library_words WHERE document_id = :document")
_HELD = sa.text(
    "SELECT word, (SELECT count(*) FROM library_words WHERE words @@ query) "
    "FROM (SELECT word, plainto_tsquery('pg_catalog.english', word) AS query "
    "FROM unnest(CAST(:asked AS text[])) AS word) AS read WHERE numnode(query) > 0"
)
# Passages with one of the ``narrow`` words, ranked by all of them. K1 of BM25 has no part: ``ts_rank`` has a saturation
# of its own. 0.75 is BM25's b.
_RANK = sa.text(
    "WITH asked AS MATERIALIZED (SELECT weight, plainto_tsquery('pg_catalog.english', word) AS query "
    "FROM unnest(CAST(:asked AS text[]), CAST(:weights AS float8[])) AS read (word, weight)), "
    "best AS (SELECT document_id, n, words, (SELECT sum(weight * ts_rank('{0.4, 0.4, 0.4, 1.0}', words, query)) "
    "FROM asked WHERE words @@ query) / (0.25 + 0.75 * length(words) / CAST(:usual AS float8)) AS score "
    "FROM library_words WHERE words @@ (SELECT CAST(string_agg(CAST(plainto_tsquery('pg_catalog.english', word) "
    "AS text), ' | ') AS tsquery) FROM unnest(CAST(:narrow AS text[])) AS word) "
    "ORDER BY score DESC, document_id, n LIMIT :most) "
    "SELECT document_id, n, score, ARRAY(SELECT word FROM unnest(CAST(:known AS text[])) AS word "
    "WHERE words @@ plainto_tsquery('pg_catalog.english', word)) FROM best ORDER BY score DESC, document_id, n"
)
_SIZE = sa.text("SELECT pg_total_relation_size('library_words')")


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """The ``n``-th passage of a document; ``score`` (higher is better), and which of the words it holds."""

    document: str
    n: int
    score: float
    words: frozenset[str]


def put_words(db: Database, document: str, form: str, texts: Iterable[tuple[int, str, str]]) -> None:
    """Puts the words of a document in place of those that are there, all or none.

    Args:
        db: A store on PostgreSQL.
        document: Its id; nothing is done where it was taken out.
        form: How the texts were read, to tell them from those of another program.
        texts: Of each passage its number, its text, and what it stands under, in plain words.

    Raises:
        StoreError: Nothing was written.
    """
    read = [{"document": document, "n": n, "text": _bare(text), "about": _bare(about)} for n, text, about in texts]

    def work(connection: sa.Connection) -> None:
        drop_words(connection, document)
        gone = "SELECT 1 FROM library_removals WHERE document_id = :document"
        if connection.execute(sa.text(gone), {"document": document}).first():
            return
        for at in range(0, len(read), _AT_ONCE):
            connection.execute(_PUT, read[at : at + _AT_ONCE])
        words = connection.execute(_WORDS, {"document": document}).scalar_one()
        row = {"document_id": document, "form": form, "passages": len(read), "words": words}
        connection.execute(indexed.insert(), row)

    db.write_as(_CHANGING, work)


def drop_words(connection: sa.Connection, document: str) -> None:
    """Deletes the words of a document, where there are any."""
    for table in (rows, indexed):
        connection.execute(sa.delete(table).where(table.c.document_id == document))


def drop_all_words(db: Database) -> None:
    """Deletes the words of every document.

    Raises:
        StoreError: Nothing was written.
    """

    def work(connection: sa.Connection) -> None:
        for table in (rows, indexed):
            connection.execute(sa.delete(table))

    db.write_as(_CHANGING, work)


def indexed_documents(db: Database, form: str) -> tuple[Mapping[str, int], int]:
    """Of which documents the words are there in this form (id → passages), and how many bytes they take.

    Raises:
        StoreError: The database cannot be read.
    """
    query = sa.select(indexed.c.document_id, indexed.c.passages).where(indexed.c.form == form)
    with db.read() as connection:
        held = {row.document_id: row.passages for row in connection.execute(query)}
        return held, int(connection.execute(_SIZE).scalar_one()) if held else 0


def passages_with(db: Database, asked: Sequence[str]) -> tuple[Mapping[str, int], int]:
    """In how many passages each word stands, without words that PostgreSQL does not index, and how many there are.

    Raises:
        StoreError: The database cannot be read.
    """
    with db.read() as connection:
        total = connection.execute(sa.select(sa.func.coalesce(sa.func.sum(indexed.c.passages), 0))).scalar_one()
        bare = {_bare(word): word for word in asked}
        found = {bare[word]: held for word, held in connection.execute(_HELD, {"asked": list(bare)})}
    return found, int(total)


def ranked_passages(
    db: Database, weights: Mapping[str, float], narrow: Sequence[str], known: Sequence[str], most: int
) -> tuple[RankedPassage, ...]:
    """The ``most`` passages that hold a word of ``narrow``, ranked by those of ``weights`` (word → its weight).

    Of each it is told which of the ``known`` words it holds.

    Raises:
        StoreError: The database cannot be read.
    """
    bare = {_bare(word): word for word in known}
    usual = sa.select(sa.func.sum(indexed.c.words) / sa.func.nullif(sa.func.sum(indexed.c.passages), 0))
    with db.read() as connection:
        asked = {
            "asked": [_bare(word) for word in weights],
            "narrow": [_bare(word) for word in narrow],
            "weights": list(weights.values()),
            "known": list(bare),
            "usual": max(float(connection.execute(usual).scalar_one() or 0), 1.0),
            "most": most,
        }
        found = connection.execute(_RANK, asked).all()
    return tuple(
        RankedPassage(document, n, float(score), frozenset(bare[word] for word in words))
        for document, n, score, words in found
    )


def _bare(text: str) -> str:
    """``text`` without accents and NUL."""
    apart = unicodedata.normalize("NFKD", text.replace("\0", ""))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
