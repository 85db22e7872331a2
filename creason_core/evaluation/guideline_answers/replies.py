"""What one reply comes to, by the marks that it names and the passages that support it.

Whether a reply that no passage supports declines is told by words, in English. How often those are right of able
models has not been measured.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from creason_core.guideline.reasoned.asking import card_of
from creason_core.guideline.reasoned.resolving import Card, sentences_of
from creason_core.question.answer import reply_of
from creason_core.question.guideline import GuidelineQuestion
from creason_core.question.passages import Given

PASSAGES_ALONE, FIRST_PASSAGE = "passages alone", "first passage copied"
FLOORS = (PASSAGES_ALONE, FIRST_PASSAGE)
_NOT = r"(?:can ?not|can't|could not|couldn't|unable to|not able to|won't|will not)"
_OF = r"(?:passages?|sources?|guidelines?|documents?|recommendations?)"
_ANSWER = r"(?:answers?|covers?|address(?:es)?|mentions?|says?|speaks?|contains?|discuss(?:es)?|includes?)"
_DECLINES = re.compile(
    rf"\b{_NOT}\b[^.]{{0,40}}\b(?:answer(?:ed)?|say|tell|advise|help|determine|recommend|provide|conclude)\b"
    rf"|\b(?:none|neither) of (?:\w+ ){{0,2}}{_OF}\b|\bno {_OF} {_ANSWER}\b"
    rf"|\b(?:there (?:is|are)|i (?:have|find|see)|we have) no (?:\w+ ){{0,2}}{_OF}\b"
    rf"|\b{_OF}(?: \w+){{0,3}} (?:do|does) not (?:\w+ ){{0,2}}{_ANSWER}\b"
    r"|\b(?:not enough|insufficient|too little) (?:\w+ )?information\b"
    r"|\bno (?:relevant )?information (?:on|about|to)\b|\b(?:do not|don't) know\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reply:
    """A reply as it was read. ``empty``: there is no text beside thinking; ``declined``: it gives no answer."""

    card: Card
    empty: bool
    declined: bool

    @property
    def supported(self) -> frozenset[int]:
        """The places (from 1) of the passages that support a sentence which names them."""
        return frozenset(place for one in self.card.sentences for place in one.cited)

    @property
    def named(self) -> int:
        """How often a passage that was given is named."""
        return sum(len(one.cited) + len(one.unsupported) for one in self.card.sentences)

    @property
    def rightly_named(self) -> int:
        """How often it supports the sentence that names it."""
        return sum(len(one.cited) for one in self.card.sentences)


def read(question: GuidelineQuestion, text: str) -> Reply:
    """The reply ``text``, with its thinking, to ``question``. Never raises."""
    card = card_of(question, text)
    empty = not reply_of(text).strip()
    return Reply(card, empty, _declines(card))


def _declines(card: Card) -> bool:
    """Whether it says that it cannot answer, offers nothing all the same, and says nothing that a passage supports."""
    if any(one.supported for one in card.sentences):
        return False
    options = [one for paragraph in card.sections.get("options", ()) for one in paragraph]
    says = any(_DECLINES.search(one.text) for one in card.sentences)
    return says and all(_DECLINES.search(one.text) for one in options)


def alike(one: Reply, other: Reply) -> float | None:
    """How much two replies to one question agree, from 0 to 1; None where there is nothing to compare.

    Two that decline agree, one that declines and one that does not differ; else it is the share of the passages that
    support both among those that support either.
    """
    if one.declined or other.declined:
        return float(one.declined == other.declined)
    either = one.supported | other.supported
    return len(one.supported & other.supported) / len(either) if either else None


def agreement(repeats: Sequence[Reply]) -> float | None:
    """The mean over all pairs of ``repeats`` that can be compared; None where there is none."""
    found = [value for one, other in combinations(repeats, 2) if (value := alike(one, other)) is not None]
    return sum(found) / len(found) if found else None


def copied(question: GuidelineQuestion, floor: str) -> str:
    """The reply of a floor: the passages, or the first of them, word for word, each sentence under its mark."""
    passages = question.passages if floor == PASSAGES_ALONE else question.passages[:1]
    return "\n".join(_marked(one) for one in passages)


def _marked(passage: Given) -> str:
    return " ".join(f"{sentence} [{passage.mark}]" for sentence in sentences_of(passage.text))
