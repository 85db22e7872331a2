r"""Reads the answer out of a completion: the one grammar for the app, the evaluation and the rewards.

The answer is the last ``\boxed{X}`` whose X is a letter of *this* question's options. X may be dressed as
models dress it: ``(B)``, ``**B**``, ``$B$``, ``\text{B}``, ``B) 4.2``, lower case. Without such a box the
question is unanswered; prose is never searched ("a better fit" contains the article *a*).
"""

import re
from collections.abc import Sequence
from typing import Literal

from creason_core.codebook import Frozen

Reading = Literal["answered", "no box", "empty box", "not an option"]

_BOX = re.compile(r"\\boxed\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_WRAPPED = re.compile(r"\\(?:text|textbf|textrm|mathrm|mathbf|rm|bf)\s*\{([^{}]*)\}")
_DRESSING = "*_$`\"' \t\r\n"
_LETTER = re.compile(r"\(?\s*([A-Za-z])\s*(?:\)|(?:[.):]).*)?", re.DOTALL)


class ParsedAnswer(Frozen):
    """What a completion answers: the option letter as presented, or why there is none.

    ``boxes`` counts all boxes in the text, whatever they hold.
    """

    letter: str | None
    reading: Reading
    boxes: int


def parse_answer(text: str, letters: Sequence[str]) -> ParsedAnswer:
    """The answer in ``text``, given the upper-case ``letters`` of the options shown. Never raises."""
    contents = _BOX.findall(text)
    for content in reversed(contents):
        letter = _letter(content)
        if letter in letters:
            return ParsedAnswer(letter=letter, reading="answered", boxes=len(contents))
    if not contents:
        return ParsedAnswer(letter=None, reading="no box", boxes=0)
    empty = not contents[-1].strip(_DRESSING)
    return ParsedAnswer(letter=None, reading="empty box" if empty else "not an option", boxes=len(contents))


def up_to_box(text: str) -> str:
    r"""``text`` up to and including the opening of its last box, or with a box opened at its end.

    What comes next is the answer letter, so its probability can be read there.
    """
    start = text.rfind("\\boxed{")
    return f"{text[:start] if start >= 0 else text.rstrip() + ' '}\\boxed{{"


def _letter(content: str) -> str | None:
    bare = _WRAPPED.sub(r"\1", content).strip(_DRESSING)
    bare = bare.replace("**", "").strip(_DRESSING)
    match = _LETTER.fullmatch(bare)
    return match.group(1).upper() if match else None
