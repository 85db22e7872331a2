"""How a question and the library become words: one spelling, one word for each idea, and none that says nothing."""

import re
from collections.abc import Container, Iterator, Sequence
from functools import cached_property, lru_cache
from hashlib import sha256
from importlib.resources import files
from string import ascii_lowercase
from unicodedata import combining, normalize

import yaml

from creason_core.frozen import Frozen
from creason_core.record.codebook import SafeLoader

_WORD = re.compile(r"[^\W_]+")
_JOINED = re.compile(r"(?<=\w)[-/.](?=\w)")  # "de-escalate" is one word or two, as people please
_BROKEN = re.compile(r"(?<=[^\W\d_])[-‐]\s*\n\s*(?=[^\W\d_])")  # a word broken at the end of a line, or a hyphen
_BROKEN_WORD = re.compile(rf"[^\W\d_]+{_BROKEN.pattern}[^\W\d_]+")
_DECIMAL = re.compile(r"(?<=\d)\.(?=\d)")
# What "don't", "he's" and "I've" are short for says nothing of a subject, and their halves are no words.
_SHORT_FOR = re.compile(r"\b(?:ca|wo|sha|ai)n['’]t\b|n['’]t\b|['’](?:s|d|m|ll|re|ve)\b", re.IGNORECASE)
_INFLECTED = ("s", "es", "d", "ed", "ing", "ly")  # no "er": the liver is no form of "live"
_SHORTEST = 3  # letters of what an ending is taken off
# A phrase is also found in other forms of its words and turned round: "a stomach protector", "protecting the stomach".
_FORMS = ("ations", "ation", "ions", "ors", "ers", "ings", "ion", "ive", "ing", "ies", "or", "er", "ed", "es", "al",
          "s", "d", "e", "y")  # fmt: skip
_OR = re.compile(r"\b(?:or|versus|vs|oder|ou|o|u)\b", re.IGNORECASE)  # English, German, French, Spanish
_BETWEEN = frozenset("a an any for from in my of on our some the this to with".split())  # the words of a phrase
_PHRASES = (3, 2)  # words of a phrase that is found in other forms
_LEAST_TO_SPELL = 8  # letters of a word that may be another, misspelt: short ones are too near one another
_BEFORE_ENDING = 2  # letters before the ending of a drug's class


class Words(Frozen):
    """The tables ``words.yaml`` and ``languages.yaml``; their heads say what each list is."""

    same: tuple[tuple[str, ...], ...]
    classes: tuple[tuple[str, ...], ...] = ()
    stop: str
    aside: str = ""
    foreign: str = ""
    compounds: str = ""
    everyday: str = ""
    places: str = ""
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
    def _formed(self) -> dict[frozenset[str], str]:
        """The ideas of phrases of two or three words that all say something, by the stems of their words."""
        found: dict[frozenset[str], str] = {}
        for line in self.same:
            for phrase in line:
                words = _searched(phrase).split()
                stems = frozenset(map(_stem, words))
                if len(words) in _PHRASES and len(stems) == len(words) and not self.stopped & set(words):
                    found.setdefault(stems, self._one_word[_searched(line[0])])
        return found

    @cached_property
    def stopped(self) -> frozenset[str]:
        """The words that say nothing of what a text is about."""
        return frozenset(plain(self.stop).split())

    @cached_property
    def _empty(self) -> frozenset[str]:
        return self.stopped | frozenset(plain(self.aside).split())

    @cached_property
    def _foreign(self) -> frozenset[str]:
        return frozenset(_searched(self.foreign).split())

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

        So "stress ulcer" is found by "ulcer" too, and a question for beta-blockers finds what names metoprolol. A word
        that a line breaks is there whole besides.
        """
        parted = [self.text(unbroken(found[0])) for found in _BROKEN_WORD.finditer(text)]

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
        ideas = self._in_other_forms(self.text(question).split())
        words = (self._class_of(word) or word for word in ideas if not self._says_nothing(word))
        return tuple(dict.fromkeys(word for word in words if len(word) > 1 or word.isdigit()))

    def misspelt(self, word: str, known: Container[str] = ()) -> str:
        """The one word of the table that ``word`` is one slip of the keys away from; empty where there is none or two.

        ``known`` are words that are to be found beside those of the table.
        """
        if len(word) < _LEAST_TO_SPELL or not word.isalpha() or word in self._one_word:
            return ""
        near = {self._one_word.get(one, one) for one in _slips(word) if one in self._one_word or one in known}
        return near.pop() if len(near) == 1 else ""

    def offered(self, question: str) -> tuple[tuple[str, ...], ...]:
        """The words of each side of a question that offers a choice ("fluids or vasopressor"); else one side."""
        return tuple(self.asked(side) for side in _OR.split(question))

    def _in_other_forms(self, words: Sequence[str]) -> Iterator[str]:
        """``words`` with the ideas of what is spelt in a form that the table does not have."""
        words = [word for word in words if word not in _BETWEEN]
        place = 0
        while place < len(words):
            for length in _PHRASES:
                idea = self._formed.get(frozenset(map(_stem, words[place : place + length])), "")
                if idea and len(words) - place >= length:
                    yield idea
                    place += length
                    break
            else:
                yield self._base(words[place])
                place += 1

    def _base(self, word: str) -> str:
        """The idea of the word of the table of which ``word`` is an inflection; else ``word``."""
        if word in self._one_word or word in self._ideas or self._says_nothing(word):
            return word
        heads = (word.removesuffix(head) for head in self.compounds.split() if word.endswith(head))
        bases = (*_bases(word), *heads)
        return next((self._one_word[base] for base in bases if base in self._one_word), word)

    @cached_property
    def _ideas(self) -> frozenset[str]:
        return frozenset(self._one_word.values())

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

    def is_place(self, word: str) -> bool:
        """Whether a word is where a patient lies: alone it tells nothing of what a question is about."""
        return word in self.places.split()

    def is_everyday(self, word: str) -> bool:
        """Whether a word, or what it is inflected from, is of no trade, so that its lack says little."""
        return self._inflected_from(word, self._everyday)

    @cached_property
    def _everyday(self) -> frozenset[str]:
        return frozenset(plain(self.everyday).split())

    def _says_nothing(self, word: str) -> bool:
        """Whether a word, or what it is inflected from ("stopping", "managed"), says nothing of a subject."""
        return word in self._foreign or self._inflected_from(word, self._empty)

    @staticmethod
    def _inflected_from(word: str, those: frozenset[str]) -> bool:
        return word in those or any(base in those for base in _bases(word))


def _bases(word: str) -> Iterator[str]:
    """What ``word`` may be an inflection of."""
    for end in _INFLECTED:
        if word.endswith(end) and len(word) - len(end) >= _SHORTEST:
            base = word[: -len(end)]
            yield from (base, f"{base}e")
            if base[-1] == base[-2]:
                yield from (base[:-1], f"{base[:-1]}e")


def _slips(word: str) -> Iterator[str]:
    """What ``word`` may have been before one letter of it was left out, doubled, mistaken or swapped with the next."""
    for place in range(1, len(word) + 1):  # few mistake the first letter
        head, rest = word[:place], word[place:]
        yield from (f"{head}{letter}{rest}" for letter in ascii_lowercase)
        if rest:
            yield f"{head}{rest[1:]}"
            yield from (f"{head}{letter}{rest[1:]}" for letter in ascii_lowercase)
            yield f"{head}{rest[1:2]}{rest[0]}{rest[2:]}"


def _stem(word: str) -> str:
    """``word`` without the ending of its form, as far as enough of it stays."""
    ending = next((end for end in _FORMS if word.endswith(end) and len(word) - len(end) >= _SHORTEST), "")
    return word[: len(word) - len(ending)]


def plain(text: str) -> str:
    """``text`` in lower case, in one spelling of English, its words parted by single spaces."""
    lower = _JOINED.sub(" ", text.casefold()).replace("ae", "e").replace("oe", "e")
    return " ".join(_WORD.findall(lower))


def unbroken(text: str) -> str:
    """``text`` with the words whole that are broken at the end of a line."""
    return _BROKEN.sub("", text)


def _searched(text: str) -> str:
    """``text`` as ``plain`` has it, without accents and without what "don't" is short for.

    "7.4" is one number: its halves would find whatever has a 7 or a 4.
    """
    bare = "".join(sign for sign in normalize("NFKD", text) if not combining(sign))
    return plain(_DECIMAL.sub("\u01c0", _SHORT_FOR.sub(" ", bare))).replace("\u01c0", ".")


@lru_cache(maxsize=1)
def shipped_words() -> Words:
    """The table that ships."""
    english, others = (
        yaml.load((files("creason_core.guideline") / name).read_text(encoding="utf-8"), Loader=SafeLoader)  # noqa: S506 — a safe loader
        for name in ("words.yaml", "languages.yaml")
    )
    return Words.model_validate(english | others | {"same": english["same"] + others["same"]})
