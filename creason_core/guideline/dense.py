"""Dense retrieval, where there is an embedding model: what is near a question by its vector, not by its words.

Optional: without the model everything is found by words alone, and ``here`` says so. What a vector finds is fused
by rank with what words find. A vector has something near every question, so that it cannot say that nothing is: a
question that the words do not cover is answered only where they know part of it and something stands very near.
"""

from dataclasses import dataclass

import numpy as np

from creason_core.guideline.library import Library, Recommendation
from creason_core.model.embedding.encoder import Encoder, Vectors

# Chosen on the questions that are not kept for the end (docs/guidelines.md).
NEAREST = 20  # that a vector brings
WEIGHT = 0.5  # of the ranking by vectors, beside 1 of that by words
# The same for passages of documents. By the questions that are not kept for the end anything from 0.02 to 0.5 is as
# good; PubMedQA loses 0.016 of nDCG with 0.5 and nothing with this (docs/guidelines.md).
WEIGHT_OF_PASSAGES = 0.1
LEAST_COSINE = 0.55  # of the nearest, where the words alone do not cover the question
LEAST_KNOWN = 0.4  # of the question's information, by words, for the same


@dataclass(frozen=True, slots=True)
class Near:
    """A recommendation near the question: the ``cosine`` of their vectors, at most 1."""

    id: str
    cosine: float


class RecommendationVectors:
    """The recommendations of a library by their vectors."""

    def __init__(self, library: Library, encoder: Encoder) -> None:
        self._ids = tuple(one.id for one in library.recommendations)
        self._encoder = encoder
        self._vectors: Vectors = encoder.encode([_text(one) for one in library.recommendations])

    def search(self, question: str, most: int = NEAREST) -> tuple[Near, ...]:
        """The ``most`` that are nearest to ``question``, nearest first."""
        cosines = self._vectors @ self._encoder.encode([question])[0]
        order = np.argsort(-cosines, kind="stable")[:most]
        return tuple(Near(self._ids[row], float(cosines[row])) for row in order)


def covers(known: float, nearest: float) -> bool:
    """Whether vectors add to words enough to say that something is about the question.

    ``known`` is the share of its information that the words know, ``nearest`` the best cosine.
    """
    return known >= LEAST_KNOWN and nearest >= LEAST_COSINE


def _text(one: Recommendation) -> str:
    return f"{one.section}. {', '.join(one.topics)}. {one.statement} ({one.population})"
