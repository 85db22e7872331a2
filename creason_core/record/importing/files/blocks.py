"""Rows below the column names that are no values: the names again, another table's names, and legends.

A page's head that comes again is left away; under another head the cells mean something else, and the file is refused.
A legend ("Sex: 1 = male, 2 = female", "* haemolysed") is kept, for what it says of codes and marks. Runs in the parsing
process.
"""

import re
from collections.abc import Callable, Sequence
from typing import Literal

from creason_core.record.importing.files.header_rows import begins_as_number, is_name

_LEGEND = re.compile(
    r"(?:.*?[^\w.,]|)-?\d{1,4}\s*[=:：]\s*[^\W\d].*|.*[^\W\d]\s*=\s*-?\d{1,4}(?![\w]|[.,]\d).*|"
    r"[*†‡§#!]+\s*[=:]?\s*[^\W\d].{2,}",
    re.DOTALL,
)
_LONGEST = 500  # characters of a legend
Kind = Literal["values", "again", "other table", "maybe other", "legend"]


def is_legend(texts: Sequence[str]) -> bool:
    """Whether a row holds one cell, which says what codes or marks stand for."""
    filled = [text for text in texts if text]
    return len(filled) == 1 and len(filled[0]) <= _LONGEST and _LEGEND.fullmatch(filled[0]) is not None


class Below:
    """What each row below the column names is; ``maybe other`` is settled by the row that follows it."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names, self._known = list(names), {name for name in names if name}
        self._gap = self._titled = self._begun = False

    def kind(self, cells: Sequence[object], clean: Callable[[Sequence[object]], Sequence[str]]) -> Kind:
        """What a row of ``cells`` is, after those that were asked about before; most need no cleaning to tell."""
        if len(cells) - cells.count("") - cells.count(None) < 2:
            return self._alone(clean(cells))
        gap, titled, self._gap, self._titled = self._gap and self._begun, self._titled, False, False
        self._begun = True  # the first row may hold units
        if not gap and self._known.isdisjoint(cells):
            return "values"
        filled = [(at, text) for at, text in enumerate(clean(cells)) if text]
        if all(text in self._known for _, text in filled):
            if not all(at < len(self._names) and self._names[at] == text for at, text in filled):
                return "other table"
            if len(filled) >= len(self._known):
                return "other table" if titled else "again"
        if not gap or not all(is_name(text) for _, text in filled):
            return "values"
        return "other table" if any(text in self._known for _, text in filled) else "maybe other"

    def _alone(self, texts: Sequence[str]) -> Kind:
        """The kind of a row of one cell or none, after which another head may follow."""
        self._gap = True
        self._titled = any(texts) or self._titled
        return "legend" if is_legend(texts) else "values"


def heads(names: Sequence[str], below: Sequence[str]) -> bool:
    """Whether a row of words stands above numbers."""
    return any(name and begins_as_number(text) for name, text in zip(names, below, strict=False) if text)
