"""Levels of a column: which there are, what they are called, and whether they seem to have an order."""

import re
from collections.abc import Sequence

_ORDERS = tuple(
    tuple(line.split("|"))
    for line in """
none|minimal|trace|mild|moderate|severe|very severe|critical
no|possible|probable|yes|definite
absent|trace|present
never|rarely|sometimes|often|usually|always
never|former|current
never|ex|current
negative|trace|weak|positive|strong
very low|low|medium|moderate|high|very high
low|intermediate|high
very small|small|medium|large|very large|extra large
xs|s|m|l|xl|xxl
very poor|poor|fair|average|good|very good|excellent|premium|ideal
strongly disagree|disagree|neutral|agree|strongly agree
worse|same|better
primary|secondary|tertiary
first|second|third|fourth
i|ii|iii|iv|v|vi
ia|ib|iia|iib|iiia|iiib|iiic|iv
mon|tue|wed|thu|thur|fri|sat|sun
monday|tuesday|wednesday|thursday|friday|saturday|sunday
jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec
breakfast|lunch|dinner
child|adolescent|adult|elderly
""".strip().splitlines()
)
_DROPPED = re.compile(
    r"^(?:stage|grade|class|level|type|nyha|asa|child|score|killip)\s+|\s+(?:grade|risk|stage|class)$"
)
_NO_YES = {("0", "1"): ("No", "Yes"), ("n", "y"): ("No", "Yes"), ("no", "yes"): ("No", "Yes"),
           ("false", "true"): ("No", "Yes"), ("f", "t"): ("No", "Yes")}  # fmt: skip
_START = re.compile(
    r"(?:(?P<under>under|below|less than|up to|<=?|≤)|over|above|more than|>=?|≥)?\s*\$?\s*(?P<n>\d+(?:\.\d+)?)"
)


def in_order(levels: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """The levels in their seeming order and how it was found; in the given order with "" where there is none."""
    folded = {_DROPPED.sub("", level.casefold().strip()): level for level in levels}
    if len(folded) == len(levels):
        for order in _ORDERS:
            if len(levels) > 1 and set(folded) <= set(order):
                return tuple(folded[word] for word in order if word in folded), "the words have an order"
    starts = [_START.match(level.casefold().strip()) for level in levels]
    if len(levels) > 2 and all(starts):
        keys = {
            level: (float(found["n"]) - (0.5 if found["under"] else 0))
            for level, found in zip(levels, starts, strict=True)
            if found
        }
        if len(set(keys.values())) == len(levels):
            return tuple(sorted(levels, key=keys.__getitem__)), "they begin with numbers"
    return tuple(levels), ""


def no_yes(levels: Sequence[str]) -> tuple[tuple[str, str], ...] | None:
    """Two levels that say no and yes, no first, with those labels; None for any others."""
    lowered = {level.casefold(): level for level in levels}
    labels = _NO_YES.get(tuple(sorted(lowered)))  # type: ignore[arg-type]
    if labels is None:
        return None
    return tuple((lowered[word], label) for word, label in zip(sorted(lowered), labels, strict=True))
