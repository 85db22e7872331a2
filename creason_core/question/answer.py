r"""Reads the answer out of a completion: the one grammar for the app, the evaluation and the rewards.

A completion is thinking and reply. Only the reply answers: what a model boxed while it thought it may have dropped
since, and where its thinking was cut off it has not answered yet. In the reply the last ``\boxed{…}`` decides. It
holds the letter of one of *this* question's options in any dressing, alone or with that option's own text or number,
or that text alone where one option has it; anything else is not an option (``creason_core.question.box_content``),
and so is a box with "not" right before it.
Prose is never searched ("a better fit" contains the article *a*).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from creason_core.frozen import Frozen
from creason_core.model.engines.base import THINKING
from creason_core.question.box_content import letters_in, plain

Reading = Literal["answered", "no box", "empty box", "not an option", "prose", "no reply"]

_NAMES = (
    r"(?:\w+:)?(?:\w+[_-])?(?:think|thought|reason(?:ing)?(?![a-z])|reflect|scratch|analysis|rationale|(?:long)?cot\b"
    r"|(?:inner|internal)_|chain[-_▁]of[-_▁]thought|monologue|ponder|deliberat)\w*(?:\s[^<>]{0,80})?"
)
_OPEN, _CLOSE = r"(?:<[|｜]?|&lt;)", r"(?:[|｜]?>|&gt;)"
_THINKING = re.compile(
    rf"(?P<ends>{_OPEN}\s*/\s*{_NAMES}\s*{_CLOSE}|\[/(?:THINK|THOUGHT)\]|<\|thought_end\|>|◁/think▷"
    rf"|<\|?end_of_thought\|?>|<[|｜](?:end▁of▁thought|inner_suffix|(?:{_NAMES})_end)[|｜]>|<\|END_THINKING\|>|<unused95>"
    r"|<\|channel\|>\s*final\b|<channel\|>|assistantfinal|\.\.\.done thinking\.)"
    rf"|(?P<begins>{_OPEN}\s*{_NAMES}\s*{_CLOSE}|\[(?:THINK|THOUGHT)\]|◁think▷"
    r"|<[|｜]?begin[_▁]of[_▁]thought[|｜]?>|<\|START_THINKING\|>|<unused94>"
    r"|<\|channel\|>\s*(?:analysis|commentary)\b|<\|channel>\s*thought\b)",
    re.IGNORECASE,
)
# A backslash and its letter that a JSON reader took for a control character count as what they were.
_BOX = re.compile(r"(?:\\[bB]|\x08)oxed|(?:\\f|\x0c)box|\\framebox")
_NEGATED = re.compile(
    r"(?:(?:\b(?:not|cannot|rather than|instead of|nicht|kein|statt|не|değil)|n't)(?:\s(?:be|is|option|является))?"
    r"|\bn(?:either|or)(?:\s(?:is|option))?|\b(?:est pas|(?:no|non|nie) (?:es|è|jest))|不是)[\s$*_\\(\[]*$",
    re.IGNORECASE,
)
_AFTER = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]*(?:\{|(?<=\s)([A-Za-z])(?![A-Za-z]))")
_WIDE = str.maketrans("＼｛｝", r"\{}")


class ParsedAnswer(Frozen):
    """What a completion answers: the option letter as presented, or why there is none.

    ``boxes`` counts all boxes in the reply, whatever they hold; a box in another box is part of it. ``letters`` are
    those of an answer of more than one letter, as presented and each once; ``letter`` is None then.
    """

    letter: str | None
    reading: Reading
    boxes: int
    letters: tuple[str, ...] = ()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The letters answered, as presented; empty where there is no answer."""
        return self.letters or (() if self.letter is None else (self.letter,))


@dataclass(frozen=True, slots=True)
class _Box:
    """A box: where it starts in the completion, what it holds (None: it is never closed), whether it is an aside."""

    start: int
    content: str | None
    aside: bool = False


def parse_answer(
    text: str, letters: Sequence[str], texts: Sequence[str] = (), *, several: bool = False
) -> ParsedAnswer:
    """The answer in ``text``. Never raises.

    Args:
        text: The completion, thinking included.
        letters: The upper-case letters of the options shown.
        texts: Their texts with unit, in the same order. Without them any number may follow a letter, and no text
            names an option.
        several: Whether the answer may be more than one letter; else a box with two answers nothing.
    """
    boxes = _boxes(text)
    closed = sum(box.content is not None for box in boxes)
    deciding = _deciding(boxes)
    if deciding is None:
        return ParsedAnswer(letter=None, reading="empty box" if closed else "no box", boxes=closed)

    denied = _NEGATED.search(text[max(0, deciding.start - 24) : deciding.start]) is not None  # "not \boxed{B}"

    def read(content: str | None) -> tuple[str, ...]:
        return () if denied else letters_in(content or "", letters, texts, several=several)

    found = read(deciding.content)
    if found and deciding.aside:
        outside = [box for box in boxes if not box.aside and box.content]
        if outside and read(outside[-1].content) != found:
            found = ()  # "\boxed{D} (as asked, in the form \boxed{A})"
    if found:
        one = found[0] if len(found) == 1 else None
        return ParsedAnswer(letter=one, reading="answered", boxes=closed, letters=() if one else found)
    return ParsedAnswer(letter=None, reading="not an option" if closed else "no box", boxes=closed)


def up_to_box(text: str) -> str:
    r"""``text`` up to and including the opening of the box that decides, or with a box opened at its end.

    What comes next is the answer letter, so its probability can be read there. Thinking that was cut off is closed
    first, because a letter in it would be no answer.
    """
    deciding = _deciding(_boxes(text))
    if deciding is not None:
        return f"{text[: deciding.start]}\\boxed{{"
    closing = f"\n{THINKING[1]}\n\n" if _reply_start(text) is None else " "
    return f"{text.rstrip()}{closing}\\boxed{{"


def reply_of(text: str) -> str:
    """The reply in ``text``, without thinking; empty where the thinking has not ended."""
    begins = _reply_start(text)
    return "" if begins is None else text[begins:]


def _reply_start(text: str) -> int | None:
    """Where the reply begins, after all thinking; None where the thinking has not ended."""
    marks = list(_THINKING.finditer(text))
    if not marks:
        return 0
    return marks[-1].end() if marks[-1]["ends"] else None


def _deciding(boxes: Sequence[_Box]) -> _Box | None:
    """The last box that says anything; an empty one only repeats the form."""
    return next((box for box in reversed(boxes) if box.content is None or _says(box.content)), None)


def _says(content: str) -> bool:
    return bool(content.strip() and plain(content))


def _boxes(text: str) -> list[_Box]:
    """The boxes of the reply, from the first to the last, in time proportional to its length."""
    begins = _reply_start(text)
    if begins is None:
        return []
    text = text.translate(_WIDE)
    closings = _closings(text, begins)
    found: list[_Box] = []
    inside = begins  # up to here a box holds everything
    for match in _BOX.finditer(text, begins):
        after = _AFTER.match(text, match.end())
        if match.start() < inside or after is None:
            continue
        aside = _aside(text, inside, match.start())
        if after.group(1):
            found.append(_Box(match.start(), after.group(1), aside))
            continue
        closing = closings.get(after.end() - 1)
        found.append(_Box(match.start(), None if closing is None else text[after.end() : closing], aside))
        inside = after.end() if closing is None else closing + 1
    return found


def _closings(text: str, begins: int) -> dict[int, int]:
    """For every brace that is opened from ``begins`` on, where it is closed."""
    opened: list[int] = []
    closings = {}
    for match in re.compile(r"[{}]").finditer(text, begins):
        if match.group() == "{":
            opened.append(match.start())
        elif opened:
            closings[opened.pop()] = match.start()
    return closings


def _aside(text: str, since: int, until: int) -> bool:
    r"""Whether words stand between a bracket left open and the box; the brackets of ``\(…\)`` are LaTeX's."""
    before = text[max(since, text.rfind("\n", since, until) + 1) : until]
    opening = before.rfind("(")
    words = before[opening + 1 :]
    return opening >= 0 and before[opening - 1 : opening] != "\\" and ")" not in words and bool(re.search(r"\w", words))
