"""Which recommendations a question is about, by its words: BM25 in SQLite's full-text search (FTS5), in memory.

Robertson and Zaragoza, Foundations and Trends in Information Retrieval 2009;3:333-389. Words are stemmed (Porter).
"""

import math
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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
    in no statement, topic, population or section. ``between`` are the subjects of a question that offers two of them
    ("fluids or vasopressor"): a hit is then scored as the best of one of them, and not higher for naming both.
    ``misspelt`` are words that were read as another, one slip of the keys away.
    """

    hits: tuple[RecommendationHit, ...]
    known: float
    words: tuple[str, ...]
    unknown: tuple[str, ...]
    between: tuple[str, ...] = ()
    misspelt: Mapping[str, str] = field(default_factory=dict)


class Index:
    """The recommendations of a library by their words; safe to use from several threads.

    Raises:
        GuidelineError: SQLite has no full-text search here.
    """

    def __init__(self, library: Library, words: Words | None = None) -> None:
        self._words = words or shipped_words()
        self._ids = tuple(one.id for one in library.recommendations)
        self._known = frozenset(
            word
            for one in library.recommendations
            for word in self._words.indexed(f"{one.statement} {one.population}").split()
        )
        self._topics = tuple(one.topics for one in library.recommendations)
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
            spelt = {word: self._words.misspelt(word, self._known) for word in words if not self._with(word)}
            misspelt = {word: right for word, right in spelt.items() if right and self._with(right)}
            words = tuple(dict.fromkeys(misspelt.get(word, word) for word in words))
            with_word = {word: self._with(word) for word in words}
            words = tuple(word for word in words if with_word[word] or not word[0].isdigit())  # an age is no subject
            ranked, between = self._between(question, words, misspelt) or (self._ranked(words), ())
        # A number ranks and tells nothing of what a question is about: it is most often the patient's own.
        weight = {word: 0.0 if word[0].isdigit() else self._weight(word, len(with_word[word])) for word in words}
        total = sum(weight.values()) or 1.0
        hits = [
            RecommendationHit(
                self._ids[row], score, sum(weight[word] for word in words if row in with_word[word]) / total
            )
            for row, score in ranked.items()
        ]
        hits.sort(key=lambda hit: (-hit.score, hit.id))
        telling = [word for word in words if not self._words.is_place(word)]
        known = sum(weight[word] for word in telling if with_word[word]) / (
            sum(weight[word] for word in telling) or 1.0
        )
        unknown = tuple(word for word in words if not with_word[word])
        return LexicalSearch(tuple(hits), known, words, unknown, between, misspelt)

    def _ranked(self, words: Sequence[str]) -> dict[int, float]:
        """BM25's score (higher is better) of each row that holds one of ``words``."""
        any_word = " OR ".join(f'"{word}"' for word in words)
        return {row: -rank for row, rank in self._db.execute(_RANK, (any_word,))} if words else {}

    def _between(
        self, question: str, words: Sequence[str], misspelt: Mapping[str, str]
    ) -> tuple[dict[int, float], tuple[str, ...]] | None:
        """The scores of a choice between subjects, and these; None where ``question`` offers none.

        Drugs of one subject ("tenecteplase or alteplase") are no such choice: what names both is about just that.
        """
        offered = [[misspelt.get(word, word) for word in side] for side in self._words.offered(question)]
        sides = [self._ranked([word for word in side if word in words]) for side in offered]
        subjects = tuple(dict.fromkeys(self._subject(side) for side in sides))
        if len(subjects) < 2 or "" in subjects:
            return None
        best: dict[int, float] = {}
        for side in sides:
            first = max(side.values())
            best |= {row: max(score / first, best.get(row, 0.0)) for row, score in side.items()}
        whole = max(self._ranked(words).values())
        return {row: share * whole for row, share in best.items()}, subjects

    def _subject(self, ranked: dict[int, float]) -> str:
        """The topic that most of what was found is about; empty where nothing was."""
        found: defaultdict[str, float] = defaultdict(float)
        for row, score in ranked.items():
            for topic in self._topics[row]:
                found[topic] += score / len(self._topics[row])
        return max(found, key=lambda topic: found[topic], default="")

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
