"""Which passages of the index a question's words are in, and how much of its information each holds."""

import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_RANK = "SELECT rowid, bm25(texts, 1.0, 0.4) AS score FROM texts WHERE texts MATCH ? ORDER BY score LIMIT ?"
# A word that stands in more than this share of the passages is left out where rarer ones are there: it costs the time.
_COMMON = 0.1
_SMALL = 200  # passages: a smaller library cannot say how rare a word is, and counts as one of this size
_MOST_FOR_COMMON = 2_000  # passages; in a small library no word is too common


@dataclass(frozen=True, slots=True)
class WeighedWords:
    """The words of a question: the ``known`` stand in the index, ``rare`` are those of them by which it is searched.

    ``weight`` is the information of each word, known or not.
    """

    weight: Mapping[str, float]
    known: tuple[str, ...]
    rare: tuple[str, ...]

    def coverage(self, words: Iterable[str]) -> float:
        """The share of the question's information that ``words`` hold."""
        return sum(self.weight[word] for word in words) / (sum(self.weight.values()) or 1.0)


def weighed(asked: Sequence[str], held: Mapping[str, int], total: int) -> WeighedWords:
    """The words of a question by ``held``, in how many of the ``total`` passages each stands."""
    words = [word for word in asked if held.get(word) or not word[0].isdigit()]  # an age is no subject
    weight = {
        word: 0.0 if word[0].isdigit() else math.log((max(total, _SMALL) + 1) / (held.get(word, 0) + 0.5))
        for word in words
    }
    known = tuple(word for word in words if held.get(word))
    rare = tuple(word for word in known if held[word] <= max(_COMMON * total, _MOST_FOR_COMMON)) or known[:1]
    return WeighedWords(weight, known, rare)


def ranked_by_words(
    connection: sqlite3.Connection, asked: tuple[str, ...], total: int, most: int
) -> list[tuple[int, float, float]]:
    """Row, BM25 score (lower is better) and coverage of the best passages."""
    count = "SELECT count(*) FROM texts WHERE texts MATCH ?"
    held = {word: connection.execute(count, (f'"{word}"',)).fetchone()[0] for word in asked}
    read = weighed(asked, held, total)
    if not read.rare:
        return []
    ranked = connection.execute(_RANK, (" OR ".join(f'"{word}"' for word in read.rare), most)).fetchall()
    rows = ", ".join(str(int(row)) for row, _ in ranked)
    within = f"SELECT rowid FROM texts WHERE texts MATCH ? AND rowid IN ({rows})"  # noqa: S608 — whole numbers
    where = {word: {row for (row,) in connection.execute(within, (f'"{word}"',))} for word in read.known}
    return [(row, score, read.coverage(word for word in read.known if row in where[word])) for row, score in ranked]
