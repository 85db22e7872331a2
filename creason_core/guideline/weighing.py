"""How much a recommendation that shares words with a question counts beside others, by fit, status and topics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from creason_core.guideline.library import Library, Recommendation, Status
from creason_core.guideline.words import shipped_words

Fit = Literal["applies", "not checked", "fact missing", "out of range", "other patients"]

_WEIGHT: Mapping[Fit, float] = {
    "applies": 1.0, "not checked": 1.0, "fact missing": 0.9, "out of range": 0.7, "other patients": 0.5
}  # fmt: skip
_NOW = 1.4  # where the patient's own values bring a recommendation about
_DRAFT_WEIGHT = 0.7
# No next step for a patient, unless it is asked for by that word.
_ASIDE = frozenset({"definition", "quality improvement", "classification"})
_ASIDE_WEIGHT = 0.6
# Where a question names nothing but topics ("Fluids or vasopressor next?"), what is about these alone comes before
# what is about something else besides, such as how they are given. Chosen on the questions that are not kept for the
# end (docs/guidelines.md).
_OTHER_TOPICS = 0.7


@dataclass(frozen=True, slots=True)
class Asked:
    """The ``words`` of a question; ``topics_alone`` where each of them is a topic of the library."""

    words: frozenset[str]
    topics_alone: bool


def asked_of(library: Library, words: Sequence[str]) -> Asked:
    """What a question asks for, by its ``words`` as the library is searched by them."""
    topics = {word for one in library.recommendations for topic in one.topics for word in _words_of(topic)}
    return Asked(frozenset(words), bool(words) and topics.issuperset(words))


def weight(one: Recommendation, fit: Fit, status: Status, asked: Asked) -> float:
    """How much the words' score of ``one`` counts."""
    aside = (_ASIDE & set(one.topics)) - asked.words
    draft = _DRAFT_WEIGHT if status == "draft" else 1.0
    brought_about = _NOW if one.when and fit == "applies" else 1.0
    return _WEIGHT[fit] * draft * brought_about * (_ASIDE_WEIGHT if aside else 1.0) * _by_topics(one, asked)


def is_aside(one: Recommendation) -> bool:
    """Whether ``one`` is nothing to do for a patient: it defines or classifies something, or is about a hospital."""
    return bool(_ASIDE & set(one.topics))


def _by_topics(one: Recommendation, asked: Asked) -> float:
    if not asked.topics_alone:
        return 1.0
    share = sum(not asked.words.isdisjoint(_words_of(topic)) for topic in one.topics) / len(one.topics)
    return _OTHER_TOPICS + (1 - _OTHER_TOPICS) * share


@lru_cache(maxsize=1024)
def _words_of(topic: str) -> frozenset[str]:
    return frozenset(shipped_words().indexed(topic).split())
