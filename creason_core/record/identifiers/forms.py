"""A regular expression that is compiled when it is first used: whoever imports the guard need not scan anything."""

import re
import sys
from collections.abc import Iterator, Mapping
from functools import cached_property


class Form:
    """What an identifier looks like; used as a compiled pattern is."""

    def __init__(self, source: str, flags: int = 0) -> None:
        self._source, self._flags = source, flags

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self._source, self._flags)

    @property
    def groupindex(self) -> Mapping[str, int]:
        """The names of groups, with their numbers."""
        return self._pattern.groupindex

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """Every place in ``text``, from ``start`` to ``end``, that looks so."""
        return self._pattern.finditer(text, start, end)

    def findall(self, text: str) -> list[str]:
        """What looks so in ``text``, for a form without groups."""
        return self._pattern.findall(text)

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """The first such place."""
        return self._pattern.search(text, start, end)

    def match(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Such a place that begins at ``start``."""
        return self._pattern.match(text, start, end)

    def fullmatch(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Whether all of ``text``, from ``start`` to ``end``, looks so."""
        return self._pattern.fullmatch(text, start, end)

    def sub(self, by: str, text: str) -> str:
        """``text`` with each such place replaced."""
        return self._pattern.sub(by, text)
