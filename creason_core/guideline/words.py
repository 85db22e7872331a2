"""How a question and the library become words: one spelling, one word for each idea, and none that says nothing."""

import re
from functools import cached_property, lru_cache
from hashlib import sha256
from importlib.resources import files

import yaml

from creason_core.frozen import Frozen
from creason_core.record.codebook import SafeLoader

_WORD = re.compile(r"[^\W_]+")
_JOINED = re.compile(r"(?<=\w)[-/.](?=\w)")  # "de-escalate" is one word or two, as people please
_DECIMAL = re.compile(r"(?<=\d)\.(?=\d)")
_INFLECTED = ("s", "es", "d", "ed", "ing", "ly")  # no "er": the liver is no form of "live"
_SHORTEST = 3  # letters of what an ending is taken off
_BEFORE_ENDING = 2  # letters before the ending of a drug's class


class Words(Frozen):
    """The table ``words.yaml``; its head says what each list is."""

    same: tuple[tuple[str, ...], ...]
    classes: tuple[tuple[str, ...], ...] = ()
    stop: str
    aside: str = ""
    everyday: str = ""
    emergency: tuple[str, ...]
    child: tuple[str, ...]
    pregnancy: tuple[str, ...]

    @cached_property
    def _one_word(self) -> dict[str, str]:
        found = {}
        for line in self.same:
            for phrase in line:
                words = _searched(phrase)
                found[words] = found[words.replace(" ", "")] = plain(line[0]).replace(" ", "")
        return found

    @cached_property
    def _phrases(self) -> re.Pattern[str]:
        longest_first = sorted(self._one_word, key=len, reverse=True)
        return re.compile(rf"\b({'|'.join(re.escape(phrase) for phrase in longest_first)})\b")

    @cached_property
    def stopped(self) -> frozenset[str]:
        """The words that say nothing of what a text is about."""
        return frozenset(plain(self.stop).split())

    @cached_property
    def _empty(self) -> frozenset[str]:
        return self.stopped | frozenset(plain(self.aside).split())

    @cached_property
    def _class_by_ending(self) -> dict[str, str]:
        return {ending: self.text(name) for name, *endings in self.classes for ending in endings}

    @cached_property
    def _endings(self) -> tuple[str, ...]:
        return tuple(self._class_by_ending)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of what decides which word a text is found by."""
        return sha256(repr((self.same, self.classes)).encode()).hexdigest()

    def text(self, text: str) -> str:
        """``text`` in plain words, each idea by its one word."""
        return self._phrases.sub(lambda found: self._one_word[found[0]], _searched(text))

    def indexed(self, text: str) -> str:
        """``text`` as it is searched: as ``text`` has it, and behind it the parts of its phrases and classes of drugs.

        So "stress ulcer" is found by "ulcer" too, and a question for beta-blockers finds what names metoprolol.
        """
        parted: list[str] = []

        def read(found: re.Match[str]) -> str:
            if " " in found[0]:
                parted.extend(found[0].split())
            return self._one_word[found[0]]

        words = self._phrases.sub(read, _searched(text))
        classes = (self._class_of(word) for word in words.split() if word.endswith(self._endings))
        return " ".join([words, *parted, *filter(None, classes)])

    def subjects(self, text: str) -> tuple[str, ...]:
        """The words of ``text`` that say what it is about, in its order, each once."""
        words = (word for word in self.text(text).split() if word not in self.stopped)
        return tuple(dict.fromkeys(word for word in words if len(word) > 1 or word.isdigit()))

    def asked(self, question: str) -> tuple[str, ...]:
        """The words by which ``question`` is searched, in its order, each once; that of a drug may be its class."""
        words = (self._class_of(word) or word for word in self.text(question).split() if not self._says_nothing(word))
        return tuple(dict.fromkeys(word for word in words if len(word) > 1 or word.isdigit()))

    def _class_of(self, word: str) -> str:
        """The class of a drug by the ending of its international name; empty where there is none."""
        if not word.endswith(self._endings):
            return ""
        classes = (
            name
            for ending, name in self._class_by_ending.items()
            if word.endswith(ending) and len(word) >= len(ending) + _BEFORE_ENDING
        )
        return next(classes, "")

    def is_everyday(self, word: str) -> bool:
        """Whether a word, or what it is inflected from, is of no trade, so that its lack says little."""
        return self._inflected_from(word, self._everyday)

    @cached_property
    def _everyday(self) -> frozenset[str]:
        return frozenset(plain(self.everyday).split())

    def _says_nothing(self, word: str) -> bool:
        """Whether a word, or what it is inflected from ("stopping", "managed"), says nothing of a subject."""
        return self._inflected_from(word, self._empty)

    @staticmethod
    def _inflected_from(word: str, those: frozenset[str]) -> bool:
        if word in those:
            return True
        bases = [word[: -len(end)] for end in _INFLECTED if word.endswith(end) and len(word) - len(end) >= _SHORTEST]
        whole = [base[:-1] for base in bases if base[-1] == base[-2]]
        return any(base in those or f"{base}e" in those for base in (*bases, *whole))


def plain(text: str) -> str:
    """``text`` in lower case, in one spelling of English, its words parted by single spaces."""
    lower = _JOINED.sub(" ", text.casefold()).replace("ae", "e").replace("oe", "e")
    return " ".join(_WORD.findall(lower))


def _searched(text: str) -> str:
    """``text`` as ``plain`` has it, with "7.4" as one number: its halves would find whatever has a 7 or a 4."""
    return plain(_DECIMAL.sub("\u01c0", text)).replace("\u01c0", ".")


@lru_cache(maxsize=1)
def shipped_words() -> Words:
    """The table that ships."""
    text = (files("creason_core.guideline") / "words.yaml").read_text(encoding="utf-8")
    return Words.model_validate(yaml.load(text, Loader=SafeLoader))  # noqa: S506 — both are safe loaders
