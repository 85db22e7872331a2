"""Which values of the record a reply cites, and whether the numbers that it quotes of them are theirs.

A feature is cited where its label or an alias stands in the reply; of names that overlap the longest counts, so that
"PaO2/FiO2 ratio" names one feature. A number names a feature where no name stands before it, when exactly one value
that was shown is that number in that unit. Of a name that several features have, the one with the label is meant, then
the only one that was shown; else nobody is. Short names are told from words by their capitals ("MAP", "MI").

Numbers are looked up by ``grounding``, the check that evaluations count with; a number is held against a feature where
it is told right after its name, or where it is that feature's own and follows in the same sentence.

What is cited is what the prompt showed as measured: naming a hidden value, or the one that is asked about, is no
evidence. Whether the answer hangs on it, no text can say; ``probing`` asks.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from creason_core.question.asked import QuestionBase
from creason_core.question.grounding import Quotation, quotations
from creason_core.question.masked_value import visible_entries
from creason_core.record.ages import shown_value
from creason_core.record.case import Entry, PatientCase
from creason_core.record.codebook import Codebook, Feature

_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SHORT = 4  # letters: a name that short is told from a word by its capitals
_SENTENCE = re.compile(r"[.;!?\n](?:\s|$)|→")


@dataclass(frozen=True, slots=True)
class Quoted:
    """A number as the reply writes it, and whether it is right; ``rounded``: it is the value with digits left out."""

    text: str
    true: bool
    rounded: bool = False


@dataclass(frozen=True, slots=True)
class Citation:
    """A feature that a reply cites. ``shown`` is its value as the record shows it."""

    feature: str
    label: str
    shown: str
    numbers: tuple[Quoted, ...] = ()


@dataclass(frozen=True, slots=True)
class Citations:
    """What a reply cites, in the order of first mention, and the numbers in it that belong to none of that."""

    cited: tuple[Citation, ...]
    others: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class _Mention:
    start: int
    end: int
    feature: str


def citations(text: str, prompt: str, case: PatientCase, question: QuestionBase, codebook: Codebook) -> Citations:
    """What ``text`` (a reply) cites of the values that ``prompt`` showed: the user message, or all as one text."""
    shown = _shown(case, question, codebook)
    features = {name: codebook.feature(name) for name in shown}
    told = text.translate(_SUBSCRIPTS)
    mentions = list(_mentions(told, codebook, shown))
    names = tuple((alias, one.label) for one in features.values() for alias in one.aliases)
    values = {name: {_number(features[name], one.value) for one in entries} for name, entries in shown.items()}
    by_number_only: list[_Mention] = []
    numbers: dict[str, dict[str, Quoted]] = {}
    others: dict[str, Quoted] = {}
    for one in quotations(text, prompt, names):
        if one.status == "of patients":
            continue
        owner = _owner(one, told, mentions, values, features)
        written = text[one.start : one.end]
        if owner is None:
            others[written] = Quoted(written, one.status == "true" and others.get(written, _TRUE).true)
            continue
        feature, alone = owner
        if alone:
            by_number_only.append(_Mention(one.start, one.end, feature))
        true = one.status == "true"
        of_it = numbers.setdefault(feature, {})
        of_it[written] = Quoted(
            written,
            true and of_it.get(written, _TRUE).true,
            rounded=not true and any(_rounded(one.value, written, each) for each in values[feature]),
        )
    order = dict.fromkeys(
        mention.feature for mention in sorted([*mentions, *by_number_only], key=lambda mention: mention.start)
    )
    cited = tuple(
        Citation(
            name,
            features[name].label,
            _as_shown(features[name], shown[name], codebook),
            tuple(numbers.get(name, {}).values()),
        )
        for name in order
    )
    return Citations(cited, tuple(others.values()))


_TRUE = Quoted("", true=True)


def _shown(case: PatientCase, question: QuestionBase, codebook: Codebook) -> dict[str, list[Entry]]:
    """The measured values that the prompt shows, by feature."""
    shown: dict[str, list[Entry]] = {}
    for entry in visible_entries(case, question, codebook):
        if entry.measured:
            shown.setdefault(entry.feature, []).append(entry)
    return shown


def _as_shown(feature: Feature, entries: Sequence[Entry], codebook: Codebook) -> str:
    if len(entries) == 1 and entries[0].hours is None:
        return shown_value(feature, entries[0].value)
    return "; ".join(f"{shown_value(feature, one.value)} {codebook.at(one.hours or 0.0)}" for one in entries)


def _mentions(told: str, codebook: Codebook, shown: dict[str, list[Entry]]) -> Iterator[_Mention]:
    pattern, named = _names(tuple((one.name, one.label, one.aliases) for one in codebook.features))
    for found in pattern.finditer(told):
        name = found[0]
        by_label, by_alias = named[name.casefold()]
        if not by_label and len(name) <= _SHORT and not any(name == alias for alias, _ in by_alias):
            continue  # "map" is a word, "MAP" a pressure
        meant = [one for one in by_label if one in shown] or [one for _, one in by_alias if one in shown]
        if len(by_label) == 1 and by_label[0] not in shown:
            continue  # the name is that of a feature that was not shown
        if len(set(meant)) == 1:
            yield _Mention(found.start(), found.end(), meant[0])


@lru_cache(maxsize=16)
def _names(
    features: tuple[tuple[str, str, tuple[str, ...]], ...],
) -> tuple[re.Pattern[str], dict[str, tuple[list[str], list[tuple[str, str]]]]]:
    """A pattern of every name of every feature, longest first; by name in lower case whose label or alias it is."""
    named: dict[str, tuple[list[str], list[tuple[str, str]]]] = {}
    for feature, label, aliases in features:
        named.setdefault(label.translate(_SUBSCRIPTS).casefold(), ([], []))[0].append(feature)
        for alias in aliases:
            written = alias.translate(_SUBSCRIPTS)
            named.setdefault(written.casefold(), ([], []))[1].append((written, feature))
    longest = sorted(named, key=len, reverse=True)
    return re.compile(rf"(?<![\w/])(?:{'|'.join(map(re.escape, longest))})(?![\w/])", re.IGNORECASE), named


def _owner(
    number: Quotation,
    told: str,
    mentions: Sequence[_Mention],
    values: dict[str, set[Decimal | None]],
    features: dict[str, Feature],
) -> tuple[str, bool] | None:
    """Whose value a number is held against, and whether the number alone says so."""
    place = bisect_right(mentions, number.start, key=lambda one: one.end)
    last = mentions[place - 1] if place else None
    if last is not None and not _SENTENCE.search(told, last.end, number.start):
        if number.label and number.label == features[last.feature].label.translate(_SUBSCRIPTS).casefold():
            return last.feature, False
        if not number.label and number.value in values[last.feature]:
            return last.feature, False
    if number.label:  # of the value that is asked about, which is no evidence
        return None
    after = told[number.end :].lstrip(" \u202f")
    meant = [
        name
        for name in values
        if (unit := features[name].unit_label.translate(_SUBSCRIPTS))
        and re.match(rf"{re.escape(unit)}(?!\w)", after)
        and number.value in values[name]
    ]
    return (meant[0], True) if len(meant) == 1 else None


def _number(feature: Feature, value: float | str) -> Decimal | None:
    """The number as the prompt shows it; None of a level."""
    return None if isinstance(value, str) else Decimal(feature.text(value))


def _rounded(number: Decimal, written: str, value: Decimal | None) -> bool:
    """Whether ``written`` is ``value`` with digits left out, rounded."""
    return value is not None and number == round(value, len(written.partition(".")[2]))
