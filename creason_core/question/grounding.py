"""Whether the numbers that a reply quotes are those of the record that it was shown: pure text, no model.

Every quantity in the reply is looked up among the numbers of the prompt: the values, and the options of the
question (those of the masked value among them). Equal quantities are equal however they are written: 7.4 and
7.40, 1200 and 1,200, 0.66 and 66 %. A number told right after a label of the record ("creatinine of 3.1") must be
that label's own. A quantity is counted once a reply, and is true only where it is true each time, so that a reply
which repeats a line a hundred times says no more than one which says it once.

What counts as quoted and not shown: a rounded value, anything derived (differences, ratios), and knowledge from
elsewhere, such as a normal range: it may be right, and is no number of this record.

What is not counted at all: digits in names (PaO2, IL-6, day 1), powers and times in units (10^9/L, mL/24 h), the
numbering of lists and steps, ordinals (2nd), and whole numbers up to ten that count parts of the reply itself
("3 findings").

What is counted apart, as of patients: statistics told about other patients ("66 % of similar patients", "40 of 60
cases", "the 95th percentile", "a median of 82"). No record shows them, so this check cannot say whether they hold.

It does not look at words: "high" beside a low value is not found.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

_NUMBER = re.compile(
    r"\b10\s?(?:\^\{?[-−]?[0-9]+\}?|\*{1,2}[-−]?[0-9]+|[⁻⁰¹²³⁴-⁹]+)"  # a power of a unit, passed over
    r"|(?<![\w.])(?<![A-Za-z]-)(?<![A-Za-z]/)"
    r"(?P<sign>(?<![)\]%])[-−–])?"
    r"(?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
)
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_HEADING = re.compile(r"^#+ .*$", re.MULTILINE)
_LINE = re.compile(r"^(?P<label>[^:\n]+): (?P<told>[^\n]*[0-9][^\n]*)$", re.MULTILINE)
# What may stand between a label and its value.
_JOINED = r"\**(?:\s+(?:level|value|count|reading))?\s*(?:[:=,(]|\b(?:of|is|was|at)\b)?\s*\**(?:\b(?:about|only)\s+)?$"

_PERCENT = re.compile(r"\s?(?:%|percent\b|per cent\b)", re.IGNORECASE)
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b", re.IGNORECASE)
_LISTED = re.compile(r"(?:^|\n)[ \t>*#_-]*\(?$")
_LIST_MARK = re.compile(r"[.):]\**(?:\s|$)")
_PART = re.compile(r"\b(?:step|option|choice|point|reason|finding|item|part|day)\s+#?$", re.IGNORECASE)
_PARTS = re.compile(
    r"\s+(?:of\s+(?:the\s+)?[0-9]+\s+)?(?:[a-z]+\s+)?"
    r"(?:options|choices|answers|findings|values|reasons|factors|steps|signs|features)\b",
    re.IGNORECASE,
)
_MAX_PARTS, _MAX_LISTED = 10, 20

_WHO = (
    r"(?:(?:all|the|these|those|such|similar|comparable|matched|nearest|other|training|septic)\s+){0,3}"
    r"(?:patients?|cases|people|persons|subjects|records|neighbou?rs|cohort|registry|population)\b"
)
_SHARE_OF = re.compile(
    rf"\s?(?:%|percent|per cent)\s+(?:(?:of|among)\s+)?(?:the\s+)?(?:[0-9][0-9,]*\s+)?{_WHO}", re.IGNORECASE
)
_COUNT_OF = re.compile(
    rf"(?:\s+(?:out\s+of|of|in)\s+(?:the\s+|every\s+)?[0-9][0-9,]*|/[0-9]+)?\s+{_WHO}", re.IGNORECASE
)
_CENTILE = re.compile(r"(?:st|nd|rd|th)?[\s-](?:percentile|centile|decile|quintile|quartile)\b", re.IGNORECASE)
_AVERAGE = re.compile(
    r"\b(?:mean|median|average|percentile|centile)(?:\s+(?:value|of|is|was|about|around))*\s*[:=]?\s*$", re.IGNORECASE
)
_AMONG = re.compile(
    rf"\b(?:of|among|in|for)\s+{_WHO}(?:\s+like\s+this)?,?\s*(?:about|some|only|nearly)?\s*$", re.IGNORECASE
)
_NEAR = 80  # characters looked at on either side of a number


@dataclass(frozen=True, slots=True)
class NumberCheck:
    """How many different numbers a reply quotes, and how many of them the record shows.

    ``of_patients`` are statistics about other patients, which are neither.
    """

    quoted: int
    true: int
    of_patients: int = 0

    @property
    def share(self) -> float | None:
        """The share that is true, 0 to 1; None where no number is quoted."""
        return self.true / self.quoted if self.quoted else None


@dataclass(frozen=True, slots=True)
class Quotation:
    """A number in a reply: where it stands (``start`` to ``end``), and whether it is one of those that were shown.

    ``label`` is the label that it is told right after, in lower case; empty where there is none.
    """

    start: int
    end: int
    value: Decimal
    status: Literal["true", "other", "of patients"]
    label: str = ""


def quotations(text: str, prompt: str, names: tuple[tuple[str, str], ...] = ()) -> Iterator[Quotation]:
    """Every number that ``text`` (a reply) quotes, in order, looked up in ``prompt`` as ``check_numbers`` does.

    ``names`` are other names of labels, as (name, label): a number told after one must be that label's own too.
    """
    shown = _shown(prompt, names)
    told = text.translate(_SUBSCRIPTS)
    for found, value in _numbers(told):
        before, after = told[max(0, found.start() - _NEAR) : found.start()], told[found.end() : found.end() + _NEAR]
        label = shown.label(before)
        if not label and _about_patients(value, before, after):
            yield Quotation(found.start(), found.end(), value, "of patients")
        elif label or not _of_the_text(value, before, after):
            known = shown.by_label[label] if label else shown.numbers
            true = value in known or (_PERCENT.match(after) is not None and value / 100 in known)
            yield Quotation(found.start(), found.end(), value, "true" if true else "other", label)


def check_numbers(text: str, prompt: str) -> NumberCheck:
    """The numbers of ``text`` (a reply) looked up in ``prompt``: the user message, or all messages as one text."""
    quoted: dict[Decimal, bool] = {}
    of_patients: set[Decimal] = set()
    for one in quotations(text, prompt):
        if one.status == "of patients":
            of_patients.add(one.value)
        else:
            quoted[one.value] = quoted.get(one.value, True) and one.status == "true"
    return NumberCheck(len(quoted), sum(quoted.values()), len(of_patients))


@dataclass(frozen=True, slots=True)
class _Shown:
    """The numbers of a prompt: all of them, and those of each label that has any."""

    numbers: frozenset[Decimal]
    by_label: Mapping[str, frozenset[Decimal]]
    labelled: re.Pattern[str] | None
    known_as: Mapping[str, str]

    def label(self, before: str) -> str:
        """The label that ends the text before a number, as a key of ``by_label``; empty where none does."""
        found = self.labelled.search(before) if self.labelled else None
        name = found["label"].casefold() if found else ""
        return self.known_as.get(name, name)


@lru_cache(maxsize=1024)
def _shown(prompt: str, also: tuple[tuple[str, str], ...] = ()) -> _Shown:
    record = _HEADING.sub("", prompt.translate(_SUBSCRIPTS))
    by_label: dict[str, frozenset[Decimal]] = {}
    for line in _LINE.finditer(record):
        label = line["label"].casefold()
        by_label[label] = by_label.get(label, frozenset()) | _values(line["told"])
    told = {name.translate(_SUBSCRIPTS).casefold(): label.translate(_SUBSCRIPTS).casefold() for name, label in also}
    known_as = {name: label for name, label in told.items() if label in by_label and name not in by_label}
    names = "|".join(re.escape(name) for name in sorted({*by_label, *known_as}, key=len, reverse=True))
    labelled = re.compile(rf"(?<![\w/])(?P<label>{names}){_JOINED}", re.IGNORECASE) if names else None
    return _Shown(_values(record), by_label, labelled, known_as)


def _values(text: str) -> frozenset[Decimal]:
    """The numbers of a text, and the fractions that its percentages are; the 1 of "day 1" is a name."""
    found = [
        (match, value)
        for match, value in _numbers(text)
        if not _PART.search(text[max(0, match.start() - _NEAR) : match.start()])
    ]
    fractions = {value / 100 for match, value in found if _PERCENT.match(text, match.end())}
    return frozenset(value for _, value in found) | fractions


def _numbers(text: str) -> Iterator[tuple[re.Match[str], Decimal]]:
    for match in _NUMBER.finditer(text):
        if match["number"]:
            value = Decimal(match["number"].replace(",", ""))
            yield match, -value if match["sign"] else value


def _about_patients(value: Decimal, before: str, after: str) -> bool:
    """Whether a number is a share, a count or a quantile of patients."""
    if _SHARE_OF.match(after) or _CENTILE.match(after) or _AVERAGE.search(before):
        return True
    if _PERCENT.match(after) and _AMONG.search(before):
        return True
    return _whole(value) and _COUNT_OF.match(after) is not None


def _of_the_text(value: Decimal, before: str, after: str) -> bool:
    """Whether a number numbers or counts parts of the reply."""
    if not _whole(value) or _ORDINAL.match(after):
        return _whole(value)
    if value <= _MAX_LISTED and _LISTED.search(before) and _LIST_MARK.match(after):
        return True
    return value <= _MAX_PARTS and bool(_PART.search(before) or _PARTS.match(after))


def _whole(value: Decimal) -> bool:
    return value >= 0 and value == value.to_integral_value()
