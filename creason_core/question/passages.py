"""Passages as a model is given them: under marks that nobody can guess, as quoted text that orders nothing.

A mark is made from the seed, what is asked and all of the passages, so that no passage can hold its own, and so that
the same question gives the same bytes. What in a passage looks like a mark or like the frame around it is taken apart.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence

from pydantic import Field

from creason_core.frozen import Frozen

_LETTERS = "bcdfghjkmnpqrstvwxz23456789"  # no vowel, so no word; none that reads as another
_LENGTH = 6
_LIKE_A_MARK = re.compile(r"[\[【⟦(]\s*#|#(?=\w)")
_FRAME = re.compile(r"<{2,}|>{2,}")


class Given(Frozen):
    """A passage that is given to a model. ``id`` and ``hash`` are those of what was found; ``text`` is what was sent.

    ``source`` says whose it is, ``date`` when it was published, ``label`` where it stands, ``population`` whom it is
    about, ``grade`` how strong it is (empty where nobody saw it), ``url`` where it can be read (empty for a document).
    """

    id: str
    hash: str
    text: str = Field(min_length=1)
    source: str
    date: str
    label: str
    population: str
    grade: str = ""
    url: str = ""
    mark: str = ""

    @property
    def about(self) -> str:
        """What counts as said by it beside its text."""
        return f"{self.population}. {self.grade}"


def marked(passages: Sequence[Given], seed: int, asked: str) -> tuple[Given, ...]:
    """``passages`` with a mark each, all different, such as "#k7qx3m"."""
    whole = json.dumps([seed, asked, [[one.id, one.text] for one in passages]], ensure_ascii=False)
    found: list[str] = []
    turn = 0
    while len(found) < len(passages):
        drawn = hashlib.sha256(f"{turn}/{whole}".encode()).digest()
        mark = "#" + "".join(_LETTERS[byte % len(_LETTERS)] for byte in drawn[:_LENGTH])
        if mark not in found and mark not in whole:
            found.append(mark)
        turn += 1
    return tuple(one.model_copy(update={"mark": mark}) for one, mark in zip(passages, found, strict=True))


def quoted(text: str) -> str:
    """``text`` of a passage on one line, in which nothing looks like a mark, a frame or a control sign."""
    plain = "".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in text
                    if unicodedata.category(sign) not in {"Cf", "Co", "Cs", "Cn"})  # fmt: skip
    plain = _LIKE_A_MARK.sub(lambda found: found[0].replace("#", "no. "), plain)
    return " ".join(_FRAME.sub(lambda found: found[0][0], plain).split())


def listed_passages(passages: Sequence[Given]) -> str:
    """The passages as the prompt has them, each in a frame with its mark."""
    return "\n".join(
        f"<<< [{one.mark}] {quoted(one.source)}, {quoted(one.date)}. For: {quoted(one.population)}.\n"
        f"{quoted(one.text)}\n>>>"
        for one in passages
    )
