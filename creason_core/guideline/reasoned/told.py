"""What a source says, part by part, and the words of it."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from creason_core.guideline.reasoned.claims import Part

T = TypeVar("T")

_FUNCTION = frozenset(
    "the and when with for are was were that which not but from its has have should may recommended "
    "suggested preferred over than rather instead versus used".split()
)


@dataclass(frozen=True, slots=True)
class Told:
    """A source: what it says, and whom that is about."""

    says: tuple[Part, ...]
    about: tuple[Part, ...]

    @property
    def every(self) -> tuple[Part, ...]:
        """All of its parts."""
        return (*self.says, *self.about)

    def speaking(self, of: Callable[[Part], bool]) -> tuple[Part, ...]:
        """The parts that speak of something: those of what it says, else of whom it is about."""
        return tuple(part for part in self.says if of(part)) or tuple(part for part in self.about if of(part))


def spelt_words(parts: Sequence[Part]) -> frozenset[str]:
    """The words of ``parts`` as they are spelt, also those that say nothing of a subject ("rising"), without drugs."""
    words = (word.casefold() for part in parts for word in re.findall(r"[^\W\d_]{3,}", part.text))
    return frozenset(words) - united(part.drugs for part in parts) - _FUNCTION


def united(sets: Iterable[frozenset[T]]) -> frozenset[T]:
    """All items of ``sets``."""
    return frozenset(item for one in sets for item in one)
