"""What a text claims, part by part: its words, drugs, quantities and directions, and whether it is denied.

A part is what stands between two marks or conjunctions. Pure text: what is meant and not said is not read.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib.resources import files

import yaml

from creason_core.frozen import Frozen
from creason_core.guideline.reasoned.quantities import Comparator, Quantity, quantities
from creason_core.guideline.words import plain, shipped_words, unbroken
from creason_core.record.codebook import SafeLoader

_STATEMENT = re.compile(r"[.;:!?](?=\s|$)|\s[–—-]\s")
_ASIDE = re.compile(r"\(([^()]*)\)")
_OPENERS = (
    "when|if|unless|while|whereas|where|once|after|before|in|with|without|for|to|until|among|whenever|as|on|during"
)
_EXCEPTIONS = "except|excluding|apart from|other than"
_BREAK = re.compile(
    rf",?\s(?=(?:but|while|whereas|unless|when|if|without|once|and not|{_EXCEPTIONS}"
    r"|aber|sondern|und nicht|mais|et non|pero|y no)\s)"
    r"|,\s(?=(?:with|not|nor|then|where|so|nicht|ohne|pas|non|sans|no|sin)\s)"
    r"|\s(?=and\s(?:re-?)?(?:started|stopped|given|raised|lowered)\b)"
    r"|,?\s(?=(?:and|but)\s(?:suggested|recommended|considered|discouraged)\b)"
    r"|,\s(?=(?:and|or)\s(?:[^\s,;]+\s+){3})",
    re.IGNORECASE,
)
# Of what stands behind it.
_NOT_YET = re.compile(r"[\s,]*(?:but |and )?(?:not|nor|only|nicht|pas|non|no)\s*", re.IGNORECASE)
_UNLESS = re.compile(r"\s*unless\b", re.IGNORECASE)
_IF = re.compile(r"\s*(?:if|when|where|once)\b", re.IGNORECASE)
_EXCEPTED = re.compile(rf"\s*(?:{_EXCEPTIONS})\b", re.IGNORECASE)
_OPENED = re.compile(rf"^\s*(?:{_OPENERS})\b[^,]*,", re.IGNORECASE)
_BEHIND_ENDS = re.compile(r"\s(?=(?:as|for|when|if|once|in|where)\s)", re.IGNORECASE)
_SPELT = re.compile(r"[^\W_]+")
_GOES_ON = re.compile(r"\s*(?:but|and|it|they|these)\b", re.IGNORECASE)
_ENDINGS = "ations ation ments ment ively ings ing ive ally ions ion ity ies ied ed es s ly al e".split()
_SHORTEST = 4  # letters of a word that stay


class ClaimWords(Frozen):
    """The table ``claims.yaml``; its head says what each list is."""

    drugs: tuple[str, ...]
    endings: str
    people: tuple[str, ...]
    turns: tuple[tuple[str, str], ...]
    loose: tuple[int, ...]
    negations: str
    denying: tuple[str, ...]
    instead: tuple[str, ...]
    fillers: str
    alike: tuple[tuple[str, ...], ...]
    objects: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def drug(self) -> "Names":
        """The drugs, those without an entry by what they end in."""
        return Names(self.drugs, rf"[a-z]{{3,}}(?:{'|'.join(self.endings.split())})s?|cef[a-z]{{4,}}")

    @cached_property
    def person(self) -> "Names":
        """Whom or what a sentence is about."""
        return Names(self.people)

    @cached_property
    def kinds(self) -> tuple["Names", ...]:
        """Things of which none stands for another, kind by kind."""
        return tuple(Names(those) for those in self.objects)

    @cached_property
    def denial(self) -> re.Pattern[str]:
        """What denies a part."""
        single = [re.escape(word).replace(r"\*", r"\w*") for word in self.negations.split()]
        spelt = "|".join([*(re.escape(words) for words in self.denying), *single])
        limit = r"not?\s(?:more|less|fewer|lower|higher|greater|longer|later)\sthan\b"  # denies nothing
        return re.compile(rf"(?<![\w-])(?!{limit})(?:{spelt})(?![\w-])|n't\b", re.IGNORECASE)

    @cached_property
    def behind(self) -> re.Pattern[str]:
        """What sets what follows behind something else; "over 2" is no such thing."""
        return re.compile(rf"(?<!\bor)\s(?=(?:{'|'.join(self.instead)})\s(?!the first\b)\D)", re.IGNORECASE)

    @cached_property
    def filler(self) -> frozenset[str]:
        """Words that claim nothing."""
        return frozenset(self.fillers.split())

    def one_spelling(self, text: str) -> str:
        """``text`` with what is spelt in several ways in the first of them."""
        for first, *others in self.alike:
            text = re.sub(rf"\b(?:{'|'.join(others)})\b", first, text, flags=re.IGNORECASE)
        return re.sub(r"\bnon-(?=\w)", "non", text, flags=re.IGNORECASE)

    @cached_property
    def direction(self) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
        """The two poles of each turn."""
        return tuple((_beginning(one), _beginning(other)) for one, other in self.turns)


class Names:
    """Names with their other spellings, found as whole words, the longest first."""

    def __init__(self, lines: tuple[str, ...], pattern: str = "") -> None:
        self._first = {name: line.split("|")[0] for line in lines for name in line.split("|")}
        spelt = [re.escape(name) for name in sorted(self._first, key=len, reverse=True)]
        self._found = re.compile(
            rf"(?<![\w-])(?:{'|'.join(spelt + ([pattern] if pattern else []))})(?!\w)", re.IGNORECASE
        )

    def find(self, text: str) -> tuple[tuple[str, int, int], ...]:
        """Each name as its line's first, with where it stands."""
        return tuple(
            (self._first.get(found[0].casefold(), found[0].casefold()), found.start(), found.end())
            for found in self._found.finditer(text)
        )


@lru_cache(maxsize=1)
def claim_words() -> ClaimWords:
    """The table that ships."""
    text = (files("creason_core.guideline.reasoned") / "claims.yaml").read_text(encoding="utf-8")
    return ClaimWords.model_validate(yaml.load(text, Loader=SafeLoader))  # noqa: S506 — both are safe loaders


@dataclass(frozen=True)
class Part:
    """A part of a text.

    ``statement`` numbers the statements of the text. ``words`` are the stems of what it is about, other than drugs;
    ``plain`` the same as they are spelt, without synonyms. ``subject`` are the drugs that it speaks of, those of the
    part before where it goes on about them. ``turns`` are (pair, pole); ``doses`` the drugs of each quantity. It is
    ``behind`` where something else is preferred to it, and ``excepted`` where it is an exception to what stands before.
    ``objects`` are (kind, name).
    """

    text: str
    statement: int
    behind: bool
    excepted: bool
    denied: bool
    words: frozenset[str]
    plain: frozenset[str]
    drugs: frozenset[str]
    subject: frozenset[str]
    people: frozenset[str]
    turns: frozenset[tuple[int, int]]
    objects: frozenset[tuple[int, str]]
    quantities: tuple[Quantity, ...]
    doses: tuple[frozenset[str], ...]

    @property
    def opens(self) -> str:
        """Whether it is a condition ("if") or what lifts one ("unless"); empty where it is neither."""
        return "unless" if _UNLESS.match(self.text) else "if" if _IF.match(self.text) else ""

    def spelt(self, stems: frozenset[str]) -> tuple[str, ...]:
        """The words of ``text`` whose stems, by themselves or by the idea that they stand for, are among ``stems``."""
        return tuple(
            word
            for word in _SPELT.findall(self.text)
            if stems & (_stems([plain(word)]) | _stems(shipped_words().subjects(word)))
        )


@lru_cache(maxsize=512)
def parts(text: str) -> tuple[Part, ...]:
    """The parts of ``text``, in order; what stands in brackets is denied with the part that it stands in."""
    text = claim_words().one_spelling(unbroken(text.replace("\x00", " ")))
    found: list[Part] = []
    asides = [inside[1] for inside in _ASIDE.finditer(text)]
    marked = _ASIDE.sub("\x00", text)
    waiting = iter(asides)
    for number, statement in enumerate(_STATEMENT.split(marked)):
        subject: frozenset[str] = frozenset()
        for piece, behind in _pieces(statement):
            part = _part(piece.replace("\x00", " "), number, behind, subject)
            found.append(part)
            subject = subject if behind or part.excepted else part.subject
            for before in piece.split("\x00")[:-1]:
                found.append(_aside(next(waiting), before, part))
    return tuple(found)


def _aside(inside: str, before: str, host: Part) -> Part:
    """What stands in brackets, in the part ``host``: a quantity there is of the drug before it, within its limit."""
    made = _part(inside, host.statement, host.denied, frozenset())
    of = frozenset(name for name, _, _ in claim_words().drug.find(before)[-1:])
    numbers = made.quantities
    if len(numbers) == 1 and numbers[0].text.strip() == inside.strip():  # the same in another unit
        told = quantities(before)[-1:]
        limit: Comparator = next((one.comparator for one in host.quantities if told and one.value == told[0].value), "")
        numbers = (replace(numbers[0], comparator=numbers[0].comparator or limit),)
    return replace(made, behind=host.behind, quantities=numbers, doses=tuple(drugs or of for drugs in made.doses))


def _pieces(statement: str) -> list[tuple[str, bool]]:
    """The pieces of a statement, each with whether it is what something else is set before."""
    pieces = []
    if opened := _OPENED.match(statement):
        pieces.append(statement[: opened.end() - 1])
        statement = statement[opened.end() :]
    waiting = ""
    for piece in _BREAK.split(statement):  # "not" belongs to what it stands before
        waiting = f"{waiting} {piece}" if waiting else piece
        if not _NOT_YET.fullmatch(waiting):
            pieces.append(waiting)
            waiting = ""
    pieces.append(waiting)
    found = []
    for piece in pieces:
        first, *rest = claim_words().behind.split(f" {piece}")
        found.append((first, False))
        for one in rest:
            named, *after = _BEHIND_ENDS.split(one, maxsplit=1)
            found += [(named, True), *((other, False) for other in after)]
    return [(piece, behind) for piece, behind in found if piece.strip()]


def _part(text: str, statement: int, denied: bool, subject: frozenset[str]) -> Part:
    words = claim_words()
    drugs, numbers = words.drug.find(text), quantities(text)
    named = frozenset(name for name, _, _ in drugs)
    bare = _without(text, (*((one.start, one.end) for one in numbers), *((start, end) for _, start, end in drugs)))
    return Part(
        text=text,
        statement=statement,
        behind=denied,
        excepted=bool(_EXCEPTED.match(text)),
        denied=(len(words.denial.findall(text)) + denied) % 2 == 1,
        words=_stems(shipped_words().subjects(bare)),
        plain=_stems(word for word in plain(bare).split() if word not in shipped_words().stopped),
        drugs=named,
        subject=named or (subject if _GOES_ON.match(text) else named),
        people=frozenset(name for name, _, _ in words.person.find(text)),
        turns=frozenset(
            (place, pole)
            for place, poles in enumerate(words.direction)
            for pole, pattern in enumerate(poles)
            if pattern.search(bare)
        ),
        objects=frozenset((kind, name) for kind, names in enumerate(words.kinds) for name, _, _ in names.find(text)),
        quantities=numbers,
        doses=tuple(_drugs_of(one, drugs, text) for one in numbers),
    )


def _drugs_of(one: Quantity, drugs: tuple[tuple[str, int, int], ...], text: str) -> frozenset[str]:
    """The drugs that a quantity stands with: those listed just before it in the part, else the next behind it."""
    before = [drug for drug in drugs if drug[2] <= one.start]
    if not before:
        return frozenset(name for name, start, _ in drugs[:1] if start >= one.end)
    listed = [before[-1]]
    for drug in reversed(before[:-1]):
        if not re.fullmatch(r"[\s,/]*(?:or|and)?\s*", text[drug[2] : listed[-1][1]]):
            break
        listed.append(drug)
    return frozenset(name for name, _, _ in listed)


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """``text`` with what stands at ``spans``, and the comparators, as blanks."""
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return re.sub(r"\b(?:higher|lower|longer|shorter|later|older) than\s", " ", text)


def _stems(words: Iterable[str]) -> frozenset[str]:
    filler = claim_words().filler
    return frozenset(_stem(word) for word in words if len(word) > 1 and word not in filler)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST and not word.endswith("ss"):
            stem = word[: -len(ending)]
            return stem[:-1] if stem[-1] == stem[-2] and stem[-1] not in "sz" else stem
    return word


def _beginning(words: str) -> re.Pattern[str]:
    whole = {"high", "low", "before", "prior", "after", "late", "later", "short", "long", "early", "rise"}
    spelt = [rf"{word}\b" if word in whole else rf"{word}\w*" for word in words.split()]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(spelt)})", re.IGNORECASE)
