"""Near misses by one word: another thing of its kind, a condition that is lifted, the opposite of a word.

Each rule takes the parts of a sentence and what the source says, and gives why the source does not support it, as a
sentence; empty where it sees nothing against it.
"""

import re
from collections.abc import Iterable, Sequence

from creason_core.guideline.reasoned.claims import Part
from creason_core.guideline.reasoned.told import Told, spelt_words, united

_WITHOUT = re.compile(
    r"\b(?:without|no|absence of|free of|lacking|ohne|sans|sin)\s(?:any\s|an?\s|the\s)?"
    r"(?!routine|more\b|less\b|later\b|longer\b|higher\b|lower\b|greater\b|fewer\b)([^\W\d_]{4,})",
    re.IGNORECASE,
)
_OPPOSITES = (("", "un"), ("", "in"), ("", "non"), ("hypo", "hyper"), ("tachy", "brady"), ("pre", "post"))
_SHORTEST = 4  # letters behind a beginning that turns a word into its opposite


def things(said: Sequence[Part], told: Told) -> str:
    """A thing that the passage does not name, or of which it says less of this than of another of its kind."""
    known = united(part.objects for part in told.every)
    mine = united(part.objects for part in said)
    if missing := sorted(name for _, name in mine - known):
        return f"The passage does not name {', '.join(missing)}."
    words = spelt_words(said) - {name for _, name in mine}
    for kind, name in sorted(mine):
        if sum(one == kind for one, _ in mine) > 1:
            continue  # the two are set against each other
        rivals = (part for part in told.says if (kind, name) not in part.objects and kind in dict(part.objects))
        own = _most(words, (part for part in told.says if (kind, name) in part.objects))
        other = _most(words, rivals)
        if other > max(own, 1):
            return f"The passage says it of something else than {name}."
    return ""


def _most(words: frozenset[str], parts: Iterable[Part]) -> int:
    """The most of ``words`` in one of ``parts``."""
    return max((len(words & spelt_words([part])) for part in parts), default=0)


def conditions(said: Sequence[Part], told: Told) -> str:
    """A condition that the passage has the other way round: "if" for "unless", "with" for "without"."""
    for part in said:
        if not part.opens:
            continue
        alike, other = (
            max((len(part.words & one.words) for one in told.says if one.opens in kinds), default=0)
            for kinds in ({part.opens}, {"if", "unless"} - {part.opens})
        )
        if other > alike:
            return "The passage has this condition the other way round."
    mine, theirs = (_with_and_without(parts) for parts in (said, told.every))
    for have, lack in ((0, 1), (1, 0)):
        if turned := sorted(mine[have] & (theirs[lack] - theirs[have])):
            return f"The passage says the opposite of {turned[0]}."
    return ""


def turned_words(said: Sequence[Part], told: Told) -> str:
    """A word that the passage does not have, and has the opposite of."""
    theirs = spelt_words(told.every)
    for word in sorted(spelt_words(said) - theirs):
        if any(one in theirs for one in _opposites(word)):
            return f"The passage says the opposite of {word}."
    return ""


def _opposites(word: str) -> Iterable[str]:
    """What a word may be the opposite of, by how it begins: known and unknown, hypokalaemia and hyperkalaemia."""
    for pair in _OPPOSITES:
        for begins, other in (pair, pair[::-1]):
            if word.startswith(begins) and len(word) - len(begins) >= _SHORTEST:
                yield other + word[len(begins) :]


def _with_and_without(parts: Sequence[Part]) -> tuple[frozenset[str], frozenset[str]]:
    """The words of ``parts`` that are said to be there, and those that are said to be lacking."""
    text = " ".join(part.text for part in parts)
    lacking = frozenset(word.casefold() for word in _WITHOUT.findall(text))
    there = frozenset(re.findall(r"[^\W\d_]{4,}", _WITHOUT.sub(" ", text).casefold()))
    return there, lacking
