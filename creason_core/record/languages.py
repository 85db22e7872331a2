"""The words beside which identifiers stand in clinical notes (``languages.yaml``), and forms made of them.

The languages are those that hospitals write most. A list is not complete, and a word may be one of another language.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

from creason_core.record.codebook import SafeLoader
from creason_core.record.normalising import normal

List = Literal["person", "titled", "plain", "bed", "years", "age", "born", "aged", "record", "phone", "address"]
UNSPACED = ("zh", "ja", "th", "ko")  # where a word may follow another without a space


def _ranges(category: frozenset[str]) -> str:
    """The letters of these categories in scripts that have capitals, as the inside of a character class."""
    found = [n for n in (*range(0x41, 0x590), *range(0x1E00, 0x2000)) if unicodedata.category(chr(n)) in category]
    runs: list[list[int]] = []
    for number in found:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return "".join(chr(low) if low == high else f"{chr(low)}-{chr(high)}" for low, high in runs)


UPPER = _ranges(frozenset({"Lu", "Lt"}))
LOWER = _ranges(frozenset({"Ll"}))
# Vowels and accents that some scripts write as signs of their own.
MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0955-\u0957\u0962\u0963"
    "\u0980-\u0983\u09bc-\u09cd\u0b82\u0bbe-\u0bcd\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
)
LETTER = rf"(?:[^\W\d_]|[{MARKS}])"
START = rf"(?<![^\W_])(?<![{MARKS}])"  # where a word can begin
END = rf"(?![^\W_]|[{MARKS}])"


@cache
def languages() -> Mapping[str, Mapping[List, tuple[str, ...]]]:
    """Language → list → its words, as the rules read them."""
    text = (files("creason_core.record") / "languages.yaml").read_text(encoding="utf-8")
    raw = yaml.load(normal(text).text, Loader=SafeLoader)  # noqa: S506 — safe
    return {
        language: {
            name: tuple(word.strip() for word in (listed.split() if name == "plain" else listed.split("|")))
            for name, listed in lists.items()
        }
        for language, lists in raw.items()
    }


def listed(name: List, *, only: Iterable[str] = (), without: Iterable[str] = ()) -> frozenset[str]:
    """The words of one list, of all languages or of some."""
    chosen = tuple(only) or tuple(language for language in languages() if language not in set(without))
    return frozenset(word for language in chosen for word in languages()[language].get(name, ()))


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of ``words``, the longest first, grouped by their first letter so that it fails early."""
    groups: dict[str, list[str]] = defaultdict(list)
    for word in sorted(words, key=len, reverse=True):
        bare = word.rstrip(".")
        groups[bare[0]].append(re.escape(bare[1:]).replace(r"\ ", r"\s+"))
    inside = "|".join(f"{re.escape(first)}(?:{'|'.join(rests)})" for first, rests in groups.items())
    return f"(?:{inside})"


def word_of(name: List) -> str:
    """A pattern for a word of the list in every language: whole where words are parted, else anywhere."""
    spaced = any_of(listed(name, without=UNSPACED))
    unspaced = listed(name, only=[language for language in UNSPACED if name in languages()[language]])
    glued = any_of(word for word in unspaced if not word.isascii())
    return rf"(?:{START}{spaced}{END}\.?|{glued})"
