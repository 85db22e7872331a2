"""What a model's reply about passages comes to: sentences, each with the sources that hold it up, or with none.

The program and not the model says what is cited. A mark counts where it is one of those that were given; every other
mark, number in brackets, reference or address is dropped (``references``), and a source is named only beside a sentence
that its passage supports (``support``).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from creason_core.guideline.applying import why_no_dose
from creason_core.guideline.reasoned.references import FIRST, SIGNS, resolved
from creason_core.guideline.reasoned.support import unsupported
from creason_core.question.passages import Given

Section = Literal["gist", "options", "because", "change"]
HEADINGS: dict[Section, str] = {
    "gist": "Gist", "options": "Options to consider", "because": "Because", "change": "Would change this"
}  # fmt: skip
NO_SOURCE = "model knowledge, no source"

_PRIVATE = re.compile(SIGNS)
_BULLET = re.compile(r"^\s*(?:[-*•–]|\(?\d{1,2}[.)])\s+")
_HEADING = re.compile(
    r"^[\s#*_>\d.)]*(?:(?P<gist>gist|summary|answer)|(?P<options>options?(?: to consider)?)"
    r"|(?P<because>because|reasoning|rationale)|(?P<change>(?:what )?(?:would|could) change(?: this| that)?))"
    r"\s*(?:[*_]*:[*_]*\s*(?P<rest>.*)|[*_\s]*)$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(rf".+?(?:[.!?]+[\"'”)]*(?:\s*{SIGNS})*(?=\s|$)|$)", re.DOTALL)
_NO_END = re.compile(
    r"(?:\b(?:e\.g|i\.e|i\.v|vs|approx|resp|cf|dr|no|fig|max|min|incl|spp|etc|[A-Z])\.|\d\.)$", re.IGNORECASE
)


_LAST = 40  # characters by which it is seen whether a sentence ends


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a reply, without marks.

    ``cited`` are the places (from 1) of the passages that support it; ``unsupported`` those that were cited and do
    not, each with why. ``withheld`` is why the text is not shown, empty where it may be.
    """

    text: str
    cited: tuple[int, ...] = ()
    unsupported: tuple[tuple[int, str], ...] = ()
    withheld: str = ""

    @property
    def supported(self) -> bool:
        """Whether a passage supports it."""
        return bool(self.cited)

    @property
    def label(self) -> str:
        """What stands beside it: its sources, those that do not say it, or that it has none."""
        against = "".join(f"[{place}]" for place, _ in self.unsupported)
        told = ["".join(f"[{place}]" for place in self.cited)] if self.cited else []
        told += [f"not supported by {against}"] if against else []
        return ", ".join(told) or NO_SOURCE


@dataclass(frozen=True, slots=True)
class Card:
    """A reply as it is shown: of each section its paragraphs (of the options one each), and of those the sentences.

    ``dropped`` counts marks, references and addresses that were taken out since no passage was given under them.
    """

    sections: dict[Section, tuple[tuple[Sentence, ...], ...]] = field(default_factory=dict)
    dropped: int = 0

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All of them, in the order of the card."""
        return tuple(one for section in HEADINGS for paragraph in self.sections.get(section, ()) for one in paragraph)

    @property
    def cited(self) -> tuple[int, ...]:
        """The places of the passages that any sentence names, rising."""
        return tuple(sorted({place for one in self.sentences for place in (*one.cited, *dict(one.unsupported))}))


def resolve(reply: str, given: Sequence[Given], lacking: Sequence[str] = ()) -> Card:
    """What ``reply``, without thinking, comes to. Never raises.

    Args:
        reply: The text, whole or as far as it has come.
        given: The passages, in the order in which they were given.
        lacking: What the record lacks of the facts without which no dose is shown.
    """
    text, dropped = resolved(reply, [one.mark for one in given])
    sections: dict[Section, list[tuple[Sentence, ...]]] = {section: [] for section in HEADINGS}
    section: Section = "because"
    for line in text.splitlines():
        body = line
        if heading := _HEADING.match(_PRIVATE.sub("", line)):
            section = next(name for name in HEADINGS if heading[name])
            body = (_HEADING.match(line) or heading)["rest"] or ""
        body = _BULLET.sub("", body.strip().strip("*_").strip())
        if sentences := tuple(_sentence(one, given, lacking) for one in sentences_of(body)):
            sections[section].append(sentences)
    return Card({name: tuple(those) for name, those in sections.items() if those}, dropped)


def sentences_of(text: str) -> Iterator[str]:
    """The sentences of a paragraph; resolved marks behind a full stop belong to what stands before it."""
    begins = 0
    for found in _SENTENCE.finditer(text):
        ending = _PRIVATE.sub("", text[max(begins, found.end() - _LAST) : found.end()]).rstrip()
        if not _NO_END.search(ending) or found.end() == len(text):
            waiting = text[begins : found.end()]
            if any(sign.isalnum() for sign in waiting):
                yield waiting
            begins = found.end()


def _sentence(text: str, given: Sequence[Given], lacking: Sequence[str]) -> Sentence:
    bare = " ".join(_PRIVATE.sub(" ", text).replace("**", "").split())
    bare = re.sub(r"\s+([.,;:!?])", r"\1", bare)
    places = tuple(dict.fromkeys(ord(sign) - FIRST for sign in _PRIVATE.findall(text)))
    why = {place + 1: unsupported(bare, given[place].text, given[place].about) for place in places}
    return Sentence(
        bare,
        cited=tuple(place for place, reason in why.items() if not reason),
        unsupported=tuple((place, reason) for place, reason in why.items() if reason),
        withheld=why_no_dose(bare, lacking),
    )
