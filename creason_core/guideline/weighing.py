"""How much a recommendation that shares words with a question counts beside others, by fit, status and topics."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from creason_core.guideline.lexical import LexicalSearch
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
# Who asks which of two subjects comes next asks for the first steps: what is about a later phase stands lower unless
# it is asked for by that word, and what says of itself that it comes first stands higher.
_LATER = frozenset({"deresuscitation"})
_LATER_WEIGHT = 0.6
_FIRST_STEP = re.compile(r"\b(first|initial|start)\b", re.IGNORECASE)
_FIRST_STEP_WEIGHT = 1.4
# Where a question names nothing but topics ("Fluids or vasopressor next?"), what is about these alone comes before
# what is about something else besides, such as how they are given. Chosen on the questions that are not kept for the
# end (docs/guidelines.md).
_OTHER_TOPICS = 0.7


@dataclass(frozen=True, slots=True)
class QuestionSubjects:
    """The ``words`` of a question.

    ``topics_alone`` where each of them is a topic of the library; ``choice`` where it offers two subjects.
    """

    words: frozenset[str]
    topics_alone: bool
    choice: bool


def asked_of(library: Library, search: LexicalSearch) -> QuestionSubjects:
    """What a question asks for, as the library was searched for it."""
    words = search.words
    topics = {word for one in library.recommendations for topic in one.topics for word in _words_of(topic)}
    return QuestionSubjects(frozenset(words), bool(words) and topics.issuperset(words), bool(search.between))


def weight(one: Recommendation, fit: Fit, status: Status, asked: QuestionSubjects) -> float:
    """How much the words' score of ``one`` counts."""
    aside = (_ASIDE & set(one.topics)) - asked.words
    draft = _DRAFT_WEIGHT if status == "draft" else 1.0
    brought_about = _NOW if one.when and fit == "applies" else 1.0
    aside_weight = _ASIDE_WEIGHT if aside else 1.0
    return _WEIGHT[fit] * draft * brought_about * aside_weight * _by_topics(one, asked) * _by_phase(one, asked)


def is_aside(one: Recommendation) -> bool:
    """Whether ``one`` is nothing to do for a patient: it defines or classifies something, or is about a hospital."""
    return bool(_ASIDE & set(one.topics))


def _by_topics(one: Recommendation, asked: QuestionSubjects) -> float:
    if not asked.topics_alone:
        return 1.0
    share = sum(not asked.words.isdisjoint(_words_of(topic)) for topic in one.topics) / len(one.topics)
    return _OTHER_TOPICS + (1 - _OTHER_TOPICS) * share


def _by_phase(one: Recommendation, asked: QuestionSubjects) -> float:
    if not asked.choice:
        return 1.0
    if any(asked.words.isdisjoint(_words_of(topic)) for topic in _LATER & set(one.topics)):
        return _LATER_WEIGHT
    return _FIRST_STEP_WEIGHT if _FIRST_STEP.search(one.statement) else 1.0


@lru_cache(maxsize=1024)
def _words_of(topic: str) -> frozenset[str]:
    return frozenset(shipped_words().indexed(topic).split())
