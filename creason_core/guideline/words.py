"""How a question and the library become words: one spelling, one word for each idea, and none that says nothing."""

import re
from functools import cached_property, lru_cache
from importlib.resources import files

import yaml

from creason_core.frozen import Frozen
from creason_core.record.codebook import SafeLoader

_WORD = re.compile(r"[^\W_]+")
_JOINED = re.compile(r"(?<=\w)[-/.](?=\w)")  # "de-escalate" is one word or two, as people please


class Words(Frozen):
    """The table ``words.yaml``; its head says what each list is."""

    same: tuple[tuple[str, ...], ...]
    stop: str
    emergency: tuple[str, ...]
    child: tuple[str, ...]
    pregnancy: tuple[str, ...]

    @cached_property
    def _one_word(self) -> dict[str, str]:
        return {plain(phrase): plain(line[0]).replace(" ", "") for line in self.same for phrase in line}

    @cached_property
    def _phrases(self) -> re.Pattern[str]:
        longest_first = sorted(self._one_word, key=len, reverse=True)
        return re.compile(rf"\b({'|'.join(re.escape(phrase) for phrase in longest_first)})\b")

    @cached_property
    def stopped(self) -> frozenset[str]:
        """The words that say nothing of what a text is about."""
        return frozenset(plain(self.stop).split())

    def text(self, text: str) -> str:
        """``text`` in plain words, each idea by its one word."""
        return self._phrases.sub(lambda found: self._one_word[found[0]], plain(text))

    def asked(self, question: str) -> tuple[str, ...]:
        """The words of ``question`` that say what it is about, in its order, each once."""
        words = (word for word in self.text(question).split() if word not in self.stopped)
        return tuple(dict.fromkeys(word for word in words if len(word) > 1 or word.isdigit()))


def plain(text: str) -> str:
    """``text`` in lower case, in one spelling of English, its words parted by single spaces."""
    lower = _JOINED.sub(" ", text.casefold()).replace("ae", "e").replace("oe", "e")
    return " ".join(_WORD.findall(lower))


@lru_cache(maxsize=1)
def shipped_words() -> Words:
    """The table that ships."""
    text = (files("creason_core.guideline") / "words.yaml").read_text(encoding="utf-8")
    return Words.model_validate(yaml.load(text, Loader=SafeLoader))  # noqa: S506 — both are safe loaders
