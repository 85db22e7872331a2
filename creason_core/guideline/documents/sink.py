"""Where readers put a document's pages: cleaned, counted, and passed on line by line. Runs in the reading process."""

import json
import re
from collections.abc import Callable

from creason_core.confined import peak_memory
from creason_core.errors import UploadError
from creason_core.guideline.documents import limits

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_SOFT_BREAK = re.compile(r"\u00ad[^\S\n]*\r?\n[^\S\n]*(?=\w)")  # a word that the page breaks
_UNREADABLE = re.compile("[\ufffd\ue000-\uf8ff]|\\(cid:\\d+\\)|/[gG]\\d{1,3}(?=/|\\b)")  # of fonts that say no letter
_BLANKS = re.compile(r"[^\S\n]+")
_GAPS = re.compile(r" ?\n ?(?:\n ?)+")


class PartSink:
    """Takes the parts of one document in order.

    Raises:
        UploadError: (its methods) The document is longer than any that is read.
    """

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._characters = 0
        self._part = 0
        self.empty_parts = 0
        self.unreadable = 0

    def said(self, title: str = "", organisation: str = "", published: str = "") -> None:
        """What the document says of itself."""
        self._say(
            kind="said",
            title=plain(title).replace("\n", " ")[:300],
            organisation=plain(organisation).replace("\n", " ")[:200],
            published=published[:10],
        )

    def part(self, text: str, label: str = "") -> None:
        """The next page or part; one without a letter is counted and passed on empty, so that pages keep their number.

        A character that no font of the document explains comes as U+FFFD and stays.
        """
        text = plain(text)
        self._part += 1
        self._characters += len(text)
        if self._part > limits.PAGES:
            raise UploadError(f"The document has more than {limits.PAGES:,} pages.", remedy="Split it.")
        if len(text) > limits.PAGE_CHARACTERS or self._characters > limits.TEXT_CHARACTERS:
            raise UploadError(
                f"The document has more text than is read: up to {limits.PAGE_CHARACTERS:,} characters a page and "
                f"{limits.TEXT_CHARACTERS:,} in all.",
                remedy="Split it.",
            )
        self.unreadable += len(_UNREADABLE.findall(text))
        self.empty_parts += not any(character.isalpha() for character in text)
        self._say(kind="part", page=self._part, label=plain(label).replace("\n", " ")[:200], text=text)

    @property
    def characters(self) -> int:
        """How many characters there have been."""
        return self._characters

    @property
    def parts(self) -> int:
        """How many parts there have been."""
        return self._part

    def note(self, message: str) -> None:
        """Something about the whole document."""
        self._say(kind="note", message=message)

    def end(self) -> None:
        """All has been said."""
        self._say(kind="end", peak=peak_memory())

    def _say(self, **line: object) -> None:
        self._write(json.dumps(line, ensure_ascii=True))


def plain(text: str) -> str:
    """``text`` without what cannot be seen or turns the order of writing, single blanks, at most one empty line."""
    lines = _UNSEEN.sub("", _SOFT_BREAK.sub("", text).replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n"))
    return _GAPS.sub("\n\n", _BLANKS.sub(" ", lines)).strip()
