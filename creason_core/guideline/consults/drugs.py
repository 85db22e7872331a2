"""Antibiotics by name: which of them a text names, itself or by a class, and by which name a table calls one."""

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Self

import yaml
from pydantic import Field, model_validator

from creason_core.frozen import Frozen
from creason_core.guideline.words import plain
from creason_core.record.codebook import SafeLoader


class Antibiotic(Frozen):
    """A drug by its name, other names, and the classes by which a text may mean it too."""

    name: str = Field(min_length=3)
    also: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


class Antibiotics(Frozen):
    """The table ``antibiotics.yaml``; its head says how names are compared."""

    antibiotics: tuple[Antibiotic, ...]

    @cached_property
    def _by_word(self) -> Mapping[str, str]:
        return {_key(word): one.name for one in self.antibiotics for word in (one.name, *one.also)}

    @cached_property
    def _of_class(self) -> Mapping[str, tuple[str, ...]]:
        classes = {name for one in self.antibiotics for name in one.classes}
        return {
            _key(name): tuple(one.name for one in self.antibiotics if name in one.classes) for name in sorted(classes)
        }

    @cached_property
    def _words(self) -> re.Pattern[str]:
        longest_first = sorted({*self._by_word, *self._of_class}, key=len, reverse=True)
        return re.compile(rf"\b({'|'.join(re.escape(word) for word in longest_first)})s?\b")

    def called(self, text: str) -> str:
        """The name of the drug that ``text``, as a whole, calls; empty where it is none of the table's."""
        return self._by_word.get(_key(text), "")

    def named(self, text: str) -> tuple[str, ...]:
        """The drugs and classes that ``text`` names, by their own names in its order, each once.

        A combination is not its parts: "piperacillin-tazobactam" names one drug.
        """
        found = (match[1] for match in self._words.finditer(_key(text)))
        return tuple(dict.fromkeys(self._by_word.get(word, word) for word in found))

    def members(self, name: str) -> tuple[str, ...]:
        """The drugs that a name of ``named`` stands for: itself, or those of its class."""
        return (name,) if name in self._by_word.values() else self._of_class.get(_key(name), ())

    @model_validator(mode="after")
    def _once(self) -> Self:
        words = [_key(word) for one in self.antibiotics for word in (one.name, *one.also)]
        if twice := sorted({word for word in words if words.count(word) > 1}):
            raise ValueError(f"names of two antibiotics: {', '.join(twice)}")
        return self


def _key(text: str) -> str:
    """``text`` in plain words; "beta-lactam" and "beta lactam" are one, and so are "TMP-SMX" and "tmp/smx"."""
    return plain(text.replace("–", "-").replace("+", " "))


@lru_cache(maxsize=1)
def antibiotics() -> Antibiotics:
    """The table that ships."""
    text = (files("creason_core.guideline") / "antibiotics.yaml").read_text(encoding="utf-8")
    return Antibiotics.model_validate(yaml.load(text, Loader=SafeLoader))  # noqa: S506 — both are safe loaders
