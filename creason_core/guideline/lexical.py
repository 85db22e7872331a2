"""Which recommendations a question is about, by its words: BM25 in SQLite's full-text search (FTS5), in memory.

Robertson and Zaragoza, Foundations and Trends in Information Retrieval 2009;3:333-389. Words are stemmed (Porter).
"""

import math
import threading
from dataclasses import dataclass

from creason_core.errors import GuidelineError
from creason_core.guideline.library import Library
from creason_core.guideline.words import Words, shipped_words
from creason_core.store.sql.sqlite import sqlite_module

# How much a word weighs by where it stands.
_WEIGHTS = {"statement": 1.0, "topics": 2.0, "population": 0.6, "section": 0.6, "needs": 0.3}
_SUBJECT = "{statement topics population section}"  # what a text is about: a patient fact that it needs is not
_CREATE = (
    f"CREATE VIRTUAL TABLE texts USING fts5({', '.join(_WEIGHTS)}, tokenize = 'porter unicode61 remove_diacritics 2')"
)
_RANK = f"SELECT rowid, bm25(texts, {', '.join(map(str, _WEIGHTS.values()))}) FROM texts WHERE texts MATCH ?"  # noqa: S608 — fixed names
# Fitted on the questions of `creason ask evaluate` that are not kept for the end (docs/guidelines.md).
# Below it a question is about something else; one told at length has words of all kinds, so that some are enough.
LEAST_KNOWN = 0.6
ENOUGH_WORDS = 4
LEAST_OF_BEST = 0.3
OF_EVERYDAY = 0.3  # of the weight of a word that the library lacks, where it is one of everyday language


@dataclass(frozen=True, slots=True)
class RecommendationHit:
    """A recommendation that shares words with the question.

    ``score`` is BM25's (higher is better, 0 is none), ``coverage`` the share of the question's information that its
    words hold: each word weighs by its rarity in the library, one that the library lacks more than the rarest,
    and less where it is a word of everyday language.
    """

    id: str
    score: float
    coverage: float


@dataclass(frozen=True, slots=True)
class LexicalSearch:
    """What the ``words`` of a question found.

    ``known`` is the share of their information that the library knows at all, and ``unknown`` are the words that stand
    in no statement, topic, population or section.
    """

    hits: tuple[RecommendationHit, ...]
    known: float
    words: tuple[str, ...]
    unknown: tuple[str, ...]


class Index:
    """The recommendations of a library by their words; safe to use from several threads.

    Raises:
        GuidelineError: SQLite has no full-text search here.
    """

    def __init__(self, library: Library, words: Words | None = None) -> None:
        self._words = words or shipped_words()
        self._ids = tuple(one.id for one in library.recommendations)
        self._lock = threading.Lock()
        module = sqlite_module()
        self._db = module.connect(":memory:", check_same_thread=False)
        try:
            self._db.execute(_CREATE)
        except module.OperationalError as error:
            raise GuidelineError(
                "The library of guidelines cannot be searched: this Python's SQLite has no full-text search (FTS5).",
                remedy="Install pysqlite3, or a Python whose SQLite has it.",
            ) from error
        rows = [
            (
                number,
                *(
                    self._words.indexed(part)
                    for part in (
                        one.statement,
                        " ".join(one.topics),
                        one.population,
                        f"{one.section} {library.guideline(one).organisation}",
                        " ".join(one.needs),
                    )
                ),
            )
            for number, one in enumerate(library.recommendations)
        ]
        marks = ", ".join("?" * (len(_WEIGHTS) + 1))
        self._db.executemany(f"INSERT INTO texts (rowid, {', '.join(_WEIGHTS)}) VALUES ({marks})", rows)  # noqa: S608

    def search(self, question: str) -> LexicalSearch:
        """The recommendations that share a word with ``question``, best first."""
        words = self._words.asked(question)
        with self._lock:
            with_word = {word: self._with(word) for word in words}
            words = tuple(word for word in words if with_word[word] or not word[0].isdigit())  # an age is no subject
            any_word = " OR ".join(f'"{word}"' for word in words)
            ranked = self._db.execute(_RANK, (any_word,)).fetchall() if words else []
        # A number ranks and tells nothing of what a question is about: it is most often the patient's own.
        weight = {word: 0.0 if word[0].isdigit() else self._weight(word, len(with_word[word])) for word in words}
        total = sum(weight.values()) or 1.0
        hits = [
            RecommendationHit(
                self._ids[row], -rank, sum(weight[word] for word in words if row in with_word[word]) / total
            )
            for row, rank in ranked
        ]
        hits.sort(key=lambda hit: (-hit.score, hit.id))
        known = sum(weight[word] for word in words if with_word[word]) / total
        return LexicalSearch(tuple(hits), known, words, tuple(word for word in words if not with_word[word]))

    def _with(self, word: str) -> frozenset[int]:
        found = self._db.execute("SELECT rowid FROM texts WHERE texts MATCH ?", (f'{_SUBJECT} : "{word}"',))
        return frozenset(row for (row,) in found)

    def _weight(self, word: str, with_word: int) -> float:
        lacking = OF_EVERYDAY if not with_word and self._words.is_everyday(word) else 1.0
        return lacking * math.log((len(self._ids) + 1) / (with_word + 0.5))


def covered(search: LexicalSearch) -> bool:
    """Whether the library knows enough of the question's words to be about it."""
    known, unknown = len(search.words) - len(search.unknown), len(search.unknown)
    return search.known >= LEAST_KNOWN or (known >= ENOUGH_WORDS and known >= unknown)


def near(search: LexicalSearch) -> tuple[RecommendationHit, ...]:
    """The hits that share enough with the question beside the best."""
    best = max((hit.coverage for hit in search.hits), default=0.0)
    return tuple(hit for hit in search.hits if hit.coverage >= LEAST_OF_BEST * best)
