"""What a text cannot match is not looked for in it: without a digit, or a capital, nothing is missed by that."""

import importlib
import re
import string
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creason_core.identifiers import names, scan
from creason_core.identifiers.patterns import PATTERNS, WORDED
from tests.identifiers.recall import entries

WRITTEN = [entry.text for entry in entries() if entry.place == "text"]
_PARSER = importlib.import_module("re._parser")


def needs_digit(parts: Iterable[tuple[Any, Any]]) -> bool:
    """Whether whatever the parsed pattern matches holds a digit, or stands before one."""
    return any(_part_needs_digit(str(kind), value) for kind, value in parts)


def _part_needs_digit(kind: str, value: Any) -> bool:
    if kind == "LITERAL":
        return chr(value) in string.digits
    if kind == "IN":
        return all(_only_digits(str(name), inside) for name, inside in value)
    if kind == "BRANCH":
        return all(needs_digit(way) for way in value[1])
    if kind == "SUBPATTERN":
        return needs_digit(value[-1])
    if kind in {"MAX_REPEAT", "MIN_REPEAT"}:
        return value[0] > 0 and needs_digit(value[2])
    return kind == "ASSERT" and needs_digit(value[1])


def _only_digits(kind: str, value: Any) -> bool:
    if kind == "RANGE":
        return all(chr(end) in string.digits for end in value)
    return str(value) == "CATEGORY_DIGIT" if kind == "CATEGORY" else kind == "LITERAL" and chr(value) in string.digits


def test_what_a_pattern_needs_is_seen() -> None:
    said = {
        form: needs_digit(_PARSER.parse(form)) for form in (r"a\d", r"a\d?", r"(?:\d|b)", r"(?=\w*\d)\w+", r"[\da]")
    }
    assert list(said.values()) == [True, False, False, True, False]


@pytest.mark.parametrize("pattern", [pattern for _, pattern in PATTERNS], ids=lambda pattern: pattern.pattern[:30])
def test_every_pattern_that_is_skipped_without_a_digit_needs_one(pattern: re.Pattern[str]) -> None:
    worded = any(pattern is other for _, other in WORDED)
    assert worded != needs_digit(_PARSER.parse(pattern.pattern, pattern.flags))


@given(text=st.one_of(st.sampled_from(WRITTEN).map(lambda text: re.sub(r"\d", "", text)), st.text(max_size=60)))
def test_a_text_without_digits_has_the_same_finds_as_with_every_pattern(text: str) -> None:
    shortened = scan.scan_text(text)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(scan, "WORDED", PATTERNS)
        assert scan.scan_text(text) == shortened


@given(
    text=st.one_of(
        st.sampled_from(WRITTEN),
        st.sampled_from(WRITTEN).map(str.capitalize),
        st.sampled_from(WRITTEN).map(str.lower),
        st.text(alphabet="ABab Mrs.,:", max_size=30),
    )
)
def test_a_text_without_a_later_capital_has_the_same_names_as_with_every_form(text: str) -> None:
    shortened = list(names.find_names(text))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(names, "_LATER_CAPITAL", re.compile(""))
        assert list(names.find_names(text)) == shortened
