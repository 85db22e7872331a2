"""A find made as wide as what it is part of, so that its removal leaves no rest that still tells something.

What is joined to a number without a space goes with it ("-48" after "12-MAR"), and so do further groups of digits where
the number is in groups; a measurement with its unit, a ratio and a number with decimals stay.
"""

import re

from creason_core.record.identifiers.forms import Form

Span = tuple[int, int]

_NUMBERS = frozenset({"record number", "birth date", "date", "phone", "national number"})
_NETWORK = frozenset({"e-mail", "web address"})
_MAX_DIGITS = {"birth date": 8, "date": 8, "phone": 17}
_MAX_OTHERWISE = 24
_JOINED_AFTER = Form(r"[-./'\\]{0,2}(?=\w*[\d-])\w+|[-./\\]\w+")
_JOINED_BEFORE = Form(r"(?<!\w)[^\W_]+(?:[-./'\\]\w+)*[-./'\\]?$")
_MEASURED = (
    r"(?!\s?(?:mg|mcg|µg|ug|g|kg|ml|l|dl|mmol|mmhg|kpa|bpm|cm|mm|%|°|x|units?|iu|years?|yrs?|yo|y|h|hrs?|hours?|min|days?|"
    r"d|weeks?|months?|times|doses?|jahre?|ans|años|anni|anos|лет|세)(?![^\W\d_]))"
)
_GROUP = rf"(?:\d+[A-Z]?|[A-Z]\d+|[A-Z]{{1,2}}-?\d+)(?![\w°%:])(?![.,]\d){_MEASURED}"
_GROUPS_AFTER = Form(rf"\s?[-/.]\s?{_GROUP}|\s{_GROUP}|\s[A-Z](?=\s*$|[,;.)])", re.IGNORECASE)
_TIME_AFTER = Form(r"(?:T|,?\s)\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?Z?(?!\d)")
_EXTENSION_AFTER = Form(
    r",?\s?(?:ext(?:ension)?|x|int(?:erno)?|poste|durchwahl|доб|dahili|내선|内線)\.?\s?\d{1,5}(?!\d)", re.IGNORECASE
)


def wider_number(text: str, kind: str, span: Span) -> Span:
    """The span with all of the token that it is part of and, for a number, the groups of digits that belong to it."""
    start, end = span
    if kind in _NETWORK:
        while end < len(text) and not text[end].isspace() and text[end] not in ',;)>]}"':
            end += 1
    if kind == "address":
        while end < len(text) and text[end].isalnum():
            end += 1
    if kind not in _NUMBERS:
        return start, end
    if text[start].isalnum() and (before := _JOINED_BEFORE.search(text, max(0, start - 40), start)):
        start = before.start() if any(sign.isdigit() for sign in before[0]) or before[0].isalpha() else start
    while more := _more(text, kind, (start, end)):
        end = more
    return start, end


def _more(text: str, kind: str, span: Span) -> int | None:
    """The end of what follows and belongs to the number; None where nothing does."""
    end = span[1]
    extra = {"birth date": _TIME_AFTER, "date": _TIME_AFTER, "phone": _EXTENSION_AFTER}.get(kind)
    if extra and (found := extra.match(text, end)):
        return found.end()
    if text[end - 1].isalnum() and (found := _JOINED_AFTER.match(text, end)):
        return found.end()
    found = _GROUPS_AFTER.match(text, end)
    return found.end() if found and _goes_on(text, kind, span, found[0]) else None


def _goes_on(text: str, kind: str, span: Span, more: str) -> bool:
    """Whether a group belongs to the number: a sign parts them, or it is itself in groups, or cut short."""
    number = text[span[0] : span[1]].strip()
    digits = sum(sign.isdigit() for sign in number)
    grouped = " " in number or digits < 4 or more.strip()[0] in "-/."
    return grouped and digits + sum(sign.isdigit() for sign in more) <= _MAX_DIGITS.get(kind, _MAX_OTHERWISE)
