"""Identifiers with a form of their own: those of networks here, the others gathered.

Each find is a warning, not a proof. ``find_forms`` reads a normal text; the more specific kind comes first.
"""

import re
from collections.abc import Iterator
from typing import Literal

from creason_core.record.identifiers.addresses import find_addresses
from creason_core.record.identifiers.dates import find_births, find_dates, find_worded_days
from creason_core.record.identifiers.forms import Form
from creason_core.record.identifiers.numbers import find_national, find_phones, find_records
from creason_core.record.identifiers.old_ages import find_old_ages

Span = tuple[int, int]
Kind = Literal[
    "name", "record number", "birth date", "date", "phone", "e-mail", "address", "national number", "web address",
    "age over 89",
]  # fmt: skip

_AT = r"(?:@|[(\[{<]\s?(?:at|a|ät|@|arroba|arobase|chiocciola|małpa|собака)\s?[)\]}>]|\s(?:at|ät|arroba|arobase|chiocciola|małpa|собака|zavináč|kukac)\s|\(arroba\))"
_DOT = (
    r"(?:\.|[(\[{<]\s?(?:dot|punkt|point|punto|ponto|kropka|точка|\.)\s?[)\]}>]"
    r"|\s(?:dot|punkt|point|punto|ponto|kropka|tečka|точка|pont|nokta|punt)\s)"
)
_MAILS = (
    Form(r"(?<![\w.+%-])[\w.+%-]{1,64}\s?@\s?[\w-]{1,63}(?:\s?\.\s?[\w-]{2,63}){1,6}", re.IGNORECASE),
    Form(r"(?<![\w.+%-])[a-z][\w.+%-]{1,63}@[a-z][\w-]{1,62}(?:[.,;][a-z]{2,63}){1,4}(?!\w)", re.IGNORECASE),  # mistyped
    Form(rf"(?<![\w.+%-])[\w.+%-]{{1,64}}(?:\s?{_DOT}\s?[\w+-]{{1,64}})?\s?{_AT}\s?[\w-]{{1,63}}(?:\s?{_DOT}\s?[\w-]{{2,63}}){{1,6}}", re.IGNORECASE),
)  # fmt: skip
_WEB = Form(
    r"\b(?:https?|hxxps?|ftp)\s?:\s?//\S+|\bwww\s?\.\s?\S+|\b(?:fb|facebook|instagram|linkedin|t|wa)\.(?:com|me)/\S+"
    r"|\b[a-z\d-]{2,63}\.(?:com|org|net|edu|gov|info|de|fr|es|it|uk|nl|pl|ru|kr|jp|cn)(?:\.[a-z]{2})?/\S+"
    r"|(?<![\w@])@[a-z_][\w.]{2,30}\b(?!\()",  # with a bracket behind it, it is a formula's function
    re.IGNORECASE,
)
_NETWORK = Form(
    r"(?<![\d.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![\d.])"
    r"|(?<![\w:])(?=[\da-f:-]*\d)(?:[\da-f]{2}[:-]){5}[\da-f]{2}(?![\w:])|(?<![\w:])(?=[\da-f:]*\d)(?:[\da-f]{1,4}:){4,7}[\da-f]{1,4}(?![\w:])",
    re.IGNORECASE,
)
_DIGIT = Form(r"\d")


def find_forms(text: str) -> Iterator[tuple[Kind, int, int]]:
    """Everything with a form of its own in a normal text."""
    digit = _DIGIT.search(text) is not None
    for form in _MAILS:
        yield from (("e-mail", *found.span()) for found in form.finditer(text))
    yield from (("web address", *found.span()) for found in _WEB.finditer(text))
    yield from (("age over 89", *span) for span in find_old_ages(text))
    yield from (("date", *span) for span in find_worded_days(text))
    if digit:
        yield from (("web address", *span) for span in find_networks(text))
        yield from (("birth date", *span) for span in find_births(text))
        yield from (("national number", *span) for span in find_national(text))
        yield from (("date", *span) for span in find_dates(text))
        yield from (("phone", *span) for span in find_phones(text))
        yield from (("record number", *span) for span in find_records(text))
    yield from (("address", *span) for span in find_addresses(text, digit=digit))


def find_networks(text: str) -> Iterator[Span]:
    """Addresses of computers in a normal text with a digit."""
    return (found.span() for found in _NETWORK.finditer(text))
