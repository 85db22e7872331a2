"""The identifier guard: looks over text, columns and file names for what may name a person, and says what it saw.

It warns. It finds most of what has a form, part of the names, and nothing that only the context gives away; a text
in which it finds nothing is not thereby de-identified. How much it finds is measured: ``docs/identifiers.md``.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from pathlib import PurePath
from typing import Literal, get_args

from creason_core.frozen import Frozen
from creason_core.record.identifiers.forms import Form
from creason_core.record.identifiers.names import find_names, wider_name, words
from creason_core.record.identifiers.patterns import Kind, find_forms
from creason_core.record.identifiers.scripts import find_names_beyond
from creason_core.record.identifiers.widening import wider_number
from creason_core.record.languages import LOWER, UPPER
from creason_core.record.normalising import normal, unaccented

_PLAIN_CELL = re.compile(r"[\s\d.,+\-%<>=/()*]{0,6}|[A-Za-z]{1,2}|[A-Z]{3}")
# A number with decimals, or with a unit that nothing but a measurement has ("94 F" may be an age).
_MEASUREMENT = re.compile(
    r"[+-]?\d{1,6}[.,]\d+|[<>=≤≥~]?\s?\d{1,6}(?:[.,]\d+)?\s?"
    r"(?:%|(?![yY]|[MmFf]/[MmFf])[A-Za-zµμ°][A-Za-zµμ\d^]{0,7}/[A-Za-zµμ][A-Za-zµμ\d²³/.]{0,12}|mm ?Hg|kPa|mEq|bpm|°C|kg|cm|mL|ml|mg|IU|cmH2O)"
)
_INITIAL = Form(rf"^[{UPPER}](?=[{UPPER}][{LOWER}]{{2}})|(?<=[{LOWER}])[{UPPER}]{{1,2}}$")  # joined to a family name
_SAMPLE = 300
_MAX_ROUNDS = 5
_REPLACED = re.compile(rf"\[(?:{'|'.join(get_args(Kind))})\]")
LOOKED_AT = 4 * _SAMPLE  # of a column's values, to find so many different ones
_COLUMN_SHARE = 0.2


class Hit(Frozen):
    """Something that may identify a person, from ``start`` to ``end`` in the text; ``masked`` can be shown anywhere."""

    kind: Kind
    start: int
    end: int
    masked: str


class ColumnFinding(Frozen):
    """A column that may identify persons, by its name or by its values; ``share`` of the values looked at."""

    column: str
    kind: Kind
    by: Literal["name", "values"]
    share: float
    example: str
    sentence: str


def scan_text(text: str) -> tuple[Hit, ...]:
    """What may identify a person in ``text``, in its order, without overlaps; the form decides before the name.

    A find covers the whole run of numbers, or all words of the name, that it is part of.
    """
    if _PLAIN_CELL.fullmatch(text):
        return ()
    read = normal(text)
    plain = read.text
    found: list[tuple[Kind, int, int]] = [
        (kind, *wider_number(plain, kind, (start, end))) for kind, start, end in find_forms(plain) if end > start
    ]
    found.extend(("name", *wider_name(plain, span)) for span in find_names(plain))
    if not plain.isascii():
        found.extend(("name", start, end) for start, end in find_names_beyond(plain))
    return tuple(
        Hit(kind=kind, start=first, end=last, masked=masked(text[first:last]))
        for kind, start, end in _apart(plain, found)
        for first, last in [read.written(start, end)]
    )


def scan_cell(text: str) -> tuple[Hit, ...]:
    """As ``scan_text``, of a cell of a table, which may hold nothing but a measurement."""
    return () if is_measurement(text) else scan_text(text)


def is_measurement(cell: str) -> bool:
    """Whether a cell of a table is a measurement: a number with decimals, or with a unit."""
    return _MEASUREMENT.fullmatch(cell) is not None


def _apart(text: str, found: Iterable[tuple[Kind, int, int]]) -> list[tuple[Kind, int, int]]:
    """Finds in the order of the text: those that overlap become one, of the kind of the first in ``found``."""
    kept: list[tuple[Kind, int, int]] = []
    for kind, start, end in found:
        while start < end and text[start].isspace():
            start += 1  # noqa: PLW2901
        while end > start and text[end - 1].isspace():
            end -= 1  # noqa: PLW2901
        if start == end:
            continue
        touched = [item for item in kept if start < item[2] and item[1] < end]
        if touched:
            kind = touched[0][0]  # noqa: PLW2901
            start = min(start, *(item[1] for item in touched))  # noqa: PLW2901
            end = max(end, *(item[2] for item in touched))  # noqa: PLW2901
            first = kept.index(touched[0])
            kept = [item for item in kept if item not in touched]
            kept.insert(first, (kind, start, end))
        else:
            kept.append((kind, start, end))
    return sorted(kept, key=lambda item: item[1])


def masked(text: str) -> str:
    """A find as it may be shown: its first character and its length."""
    return f"{text[:1]}… ({len(text)} character{'' if len(text) == 1 else 's'})"


def shown_column(name: str) -> str:
    """A column's name as it may be shown: as it is where it says what the column holds, else without finds."""
    return name if kind_of_column(name) else redacted(name)


def redacted(text: str, cleared: Collection[str] = ()) -> str:
    """``text`` with every find replaced by its kind, for reports, logs and drafts; those in ``cleared`` stay.

    What is left is scanned again until nothing is found, because a find may have hidden another.
    """
    for _ in range(_MAX_ROUNDS):
        hits = [hit for hit in scan_text(text) if text[hit.start : hit.end] not in cleared]
        changed = text
        for hit in reversed(hits):
            if not _REPLACED.search(changed[hit.start : hit.end]):
                changed = f"{changed[: hit.start]}[{hit.kind}]{changed[hit.end :]}"
        if changed == text:
            return text
        text = changed
    return text


def scan_file_name(name: str) -> tuple[Hit, ...]:
    """What may identify a person in a file's name: as in a text, and any common name even in small letters."""
    stem = PurePath(name).stem
    parted = re.sub(r"[_+]|(?<=[a-z]{2})(?=[A-Z][a-z])", " ", normal(stem).text)
    text = re.sub(r"(?<=[A-Za-z])-?(?=\d{4})", " ", parted)
    known = words()
    common = (known.given | known.surnames) - known.plain - known.eponyms
    hits = scan_text(text)
    return hits or tuple(
        Hit(kind="name", start=word.start(), end=word.end(), masked=masked(word[0]))
        for word in re.finditer(r"[^\W\d_]{3,}", text)
        if not common.isdisjoint({unaccented(word[0]), unaccented(_INITIAL.sub("", word[0]))})
    )


@lru_cache(maxsize=4096)
def kind_of_column(name: str) -> Kind | None:
    """What a column holds if its name says that it identifies persons ("DOB", "환자명", "next of kin phone")."""
    return _kind_of(_folded(name)) or _kind_of(unaccented(_folded(name)))


def _kind_of(plain: str) -> Kind | None:
    kinds: tuple[Kind, ...] = (
        "birth date", "phone", "e-mail", "national number", "record number", "name", "address", "web address"
    )  # fmt: skip
    columns = words().columns
    for kind in kinds:
        if plain in columns[kind]:
            return kind
    tokens = plain.split()
    ends = [
        (at + len(parts), len(known), kind)  # of several, the last words say what it is: "next of kin phone"
        for kind in kinds
        for known in columns[kind]
        for parts in [known.split()]
        for at in range(len(tokens))
        if tokens[at : at + len(parts)] == parts and len(known) > 2
    ]
    return None if not ends or _names_a_thing(tokens) else max(ends)[2]


def is_free_text_column(name: str) -> bool:
    """Whether a column's name says that people wrote sentences into it."""
    plain = _folded(name)
    return not words().columns["free text"].isdisjoint({plain, unaccented(plain)})


def scan_column(name: str, values: Sequence[str]) -> ColumnFinding | None:
    """What a column seems to hold, by its name, else by the share of its values that the guard marks."""
    sample = [value for value in dict.fromkeys(values[:LOOKED_AT]) if value][:_SAMPLE]
    kind = kind_of_column(name)
    if kind:
        example = masked(sample[0]) if sample else ""
        sentence = f"The column '{shown_column(name)}' is called like {article(kind)}."
        return ColumnFinding(column=name, kind=kind, by="name", share=1.0, example=example, sentence=sentence)
    unlike = (value for value in sample if not _PLAIN_CELL.fullmatch(value))
    marked = [(hits[0], value) for value in unlike for hits in [scan_cell(value)] if hits]
    if not sample or not marked:
        return None
    share = len(marked) / len(sample)
    if share < _COLUMN_SHARE and len(marked) < 3 and not is_free_text_column(name) and len(sample) > 5:
        return None
    kinds = [hit.kind for hit, _ in marked]
    most = max(dict.fromkeys(kinds), key=kinds.count)
    sentence = f"{len(marked)} of {len(sample)} different values of '{shown_column(name)}' look like {article(most)}."
    return ColumnFinding(
        column=name, kind=most, by="values", share=share, example=masked(marked[0][1]), sentence=sentence
    )


def article(kind: Kind) -> str:
    """The kind with its article: "an e-mail address"."""
    return {"age over 89": "an age over 89", "e-mail": "an e-mail address", "address": "an address",
            "phone": "a phone number"}.get(kind, f"a {kind}")  # fmt: skip


_THINGS = frozenset(
    "drug drugs medication test unit feature variable organism ward antibiotic procedure file column type count rate pressure "
    "precautions isolation triage monitoring consult consults consultation score lens medikament médicament medicament medicamento fármaco farmaco medicatie geneesmiddel lek препарат "
    "ilaç thuốc examen esame".split()
)


def _names_a_thing(tokens: Sequence[str]) -> bool:
    """Whether it is the name of a thing, as in "name of drug" or "device type"."""
    return not _THINGS.isdisjoint(tokens)


def _folded(name: str) -> str:
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.sub(r"[\s_.,;:\-/()\[\]#'\"]+", " ", normal(split).text).strip().casefold()
