"""Cuts pages into passages: whole paragraphs, together up to a length that one reads at a glance; none crosses a page.

A passage is a place in its page, from character to character, so that a citation can be held against the page.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence

from creason_core.store.hospital.library import Page, Span

LENGTH = 900  # characters: a passage takes no further paragraph beyond that
LONGEST = 1_200  # and no paragraph is longer than that: it is cut after a sentence, else after a word

_GAP = re.compile(r"\n\n+")
_SENTENCE = re.compile(r"[.!?;:]['\")\]]?\s+|\n")
_WORD = re.compile(r"\s+")


def cut(pages: Sequence[Page]) -> tuple[Span, ...]:
    """The passages of a document, numbered from 1; a page without a letter has none."""
    found: list[Span] = []
    for page in pages:
        for start, stop in _joined(page.text):
            text = page.text[start:stop]
            if any(character.isalpha() for character in text):
                found.append(Span(len(found) + 1, page.page, start, stop, digest(text)))
    return tuple(found)


def digest(text: str) -> str:
    """The SHA-256 (hex) by which a passage is held against its page."""
    return hashlib.sha256(text.encode()).hexdigest()


def _joined(text: str) -> Iterator[tuple[int, int]]:
    start: int | None = None
    stop = 0
    for begin, end in _pieces(text):
        if start is not None and end - start > LENGTH:
            yield start, stop
            start = None
        start = begin if start is None else start
        stop = end
    if start is not None:
        yield start, stop


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Paragraphs, those that are too long in pieces."""
    at = 0
    for gap in [*_GAP.finditer(text), None]:
        end = gap.start() if gap else len(text)
        yield from _split(text, at, end)
        at = gap.end() if gap else end


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST:
        cuts = [found.end() for found in _SENTENCE.finditer(text, start + LENGTH // 2, start + LONGEST)]
        cuts = cuts or [found.end() for found in _WORD.finditer(text, start + LENGTH // 2, start + LONGEST)]
        stop = cuts[-1] if cuts else start + LONGEST
        yield start, start + len(text[start:stop].rstrip())
        start = stop
    if text[start:end].strip():
        yield start, end
