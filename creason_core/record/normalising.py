"""A text as the rules read it: one way of writing each letter, digit, space and dash, with the way back.

Compatibility forms are folded (Unicode NFKC: full-width letters, ligatures, Roman numerals in one sign, no-break
spaces), letters and their accents joined, Hangul put together, digits of every script made 0 to 9, dashes and quotes
plain, and signs that nobody sees (category Cf: zero-width spaces, joiners, marks of direction) left out. Exponents
stay as they are.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_PLAIN = str.maketrans(
    dict.fromkeys("‐‑‒–—―−﹘﹣", "-")
    | dict.fromkeys("‘’‛ʼ′`´", "'")
    | dict.fromkeys("“”„‟″", '"')
    | {"∕": "/", "⁄": "/"}
)
_STROKES = str.maketrans("łøđıæœßþð", "lodiaosdd")
_SMALL = {"<super>", "<sub>"}
_JAMO = re.compile(r"[\u1160-\u11ff]")  # vowels and endings of Hangul, which follow their first consonant


@dataclass(frozen=True)
class Normal:
    """``text`` as the rules read it; its sign ``i`` is ``starts[i]`` to ``ends[i]`` of what was written."""

    text: str
    starts: tuple[int, ...] | range
    ends: tuple[int, ...] | range

    def written(self, start: int, end: int) -> tuple[int, int]:
        """Where ``start`` to ``end`` (not empty) stands in what was written."""
        return self.starts[start], self.ends[end - 1]


def normal(written: str) -> Normal:
    """``written`` as the rules read it."""
    if written.isascii():
        return Normal(written, range(len(written)), range(1, len(written) + 1))
    signs, starts, ends = [], [], []
    at = 0
    while at < len(written):
        end = at + 1
        while end < len(written) and _joins(written[end]):
            end += 1
        for sign in _folded(written[at:end]):
            signs.append(sign)
            starts.append(at)
            ends.append(end)
        at = end
    return Normal("".join(signs), tuple(starts), tuple(ends))


def _joins(sign: str) -> bool:
    """Whether the sign is part of the letter before it."""
    return sign > "\u02ff" and (unicodedata.combining(sign) > 0 or _JAMO.match(sign) is not None)


@lru_cache(maxsize=8192)
def _folded(cluster: str) -> str:
    if len(cluster) == 1 and (sign := unicodedata.decimal(cluster, None)) is not None:
        return str(sign)
    if unicodedata.decomposition(cluster[0]).split(" ")[0] in _SMALL:
        return cluster
    plain = unicodedata.normalize("NFKC", cluster.translate(_PLAIN)).translate(_PLAIN)
    kept = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    return "".join(" " if sign.isspace() and sign not in "\n\r\t" else sign for sign in kept)


@lru_cache(maxsize=16_384)
def unaccented(word: str) -> str:
    """The word in small letters without accents and strokes, as many people type names."""
    small = word.casefold()
    if small.isascii():
        return small
    parted = unicodedata.normalize("NFD", small.translate(_STROKES))
    return "".join(sign for sign in parted if not unicodedata.combining(sign))
