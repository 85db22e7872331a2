"""Harmless clinical notes, made of the sentences in ``harmless.txt``: what the guard marks in them is a false alarm."""

import random
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

SENTENCES = Path(__file__).parent / "harmless.txt"
NOTES = 500
_SLOT = re.compile(r"\{(-?[\d.]+)-(-?[\d.]+)\}")


@cache
def notes() -> tuple[str, ...]:
    """Five hundred notes of two to four sentences of one language; every sentence comes up at least once."""
    chance = random.Random(20)
    by_language: dict[str, list[str]] = defaultdict(list)
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            language, sentence = line[1:].split("] ", 1)
            by_language[language].append(sentence)
    firsts = [(language, sentence) for language, sentences in by_language.items() for sentence in sentences]
    firsts += chance.choices(firsts, k=NOTES - len(firsts))
    made = []
    for language, first in firsts:
        others = [sentence for sentence in by_language[language] if sentence != first]
        more = chance.sample(others, min(len(others), chance.randint(1, 3)))
        made.append(_SLOT.sub(lambda slot: _drawn(slot, chance), " ".join([first, *more])))
    chance.shuffle(made)
    return tuple(made)


def _drawn(slot: re.Match[str], chance: random.Random) -> str:
    low, high = slot[1], slot[2]
    decimals = len(low.partition(".")[2])
    return f"{chance.uniform(float(low), float(high)):.{decimals}f}"
