"""Harmless clinical notes, made of the sentences in ``harmless.txt``: what the guard marks in them is a false alarm."""

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

SENTENCES = Path(__file__).parent / "harmless.txt"
UNSEEN = Path(__file__).parent / "harmless_unseen.txt"
NOTES = 500
_SLOT = re.compile(r"\{(-?[\d.]+)-(-?[\d.]+)\}")


@cache
def notes() -> tuple[str, ...]:
    """Five hundred different notes of two to four sentences of one language; every sentence comes up at least once."""
    chance = random.Random(20)
    by_language: dict[str, list[str]] = defaultdict(list)
    for language, sentence in _lines(SENTENCES):
        by_language[language].append(sentence)
    firsts = [(language, sentence) for language, sentences in by_language.items() for sentence in sentences]
    made: dict[str, None] = {}
    while len(made) < NOTES:
        language, first = firsts[len(made)] if len(made) < len(firsts) else chance.choice(firsts)
        others = [sentence for sentence in by_language[language] if sentence != first]
        more = chance.sample(others, min(len(others), chance.randint(1, 3)))
        made[_SLOT.sub(lambda slot: _drawn(slot, chance), " ".join([first, *more]))] = None
    written = list(made)
    chance.shuffle(written)
    return tuple(written)


def unseen() -> tuple[str, ...]:
    """Sentences that were written when the rules were done, and never looked at again."""
    return tuple(sentence for _, sentence in _lines(UNSEEN))


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            language, sentence = line[1:].split("] ", 1)
            yield language, sentence


def _drawn(slot: re.Match[str], chance: random.Random) -> str:
    low, high = slot[1], slot[2]
    decimals = len(low.partition(".")[2])
    return f"{chance.uniform(float(low), float(high)):.{decimals}f}"
