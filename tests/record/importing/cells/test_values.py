"""Cells: what is read from them, what is refused, and that nothing is guessed in silence."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creason_core.errors import CaseError
from creason_core.record.codebook import packaged_codebook
from creason_core.record.importing.cells.values import Parsed, decimal_of, is_missing, parse_cell

RHC = packaged_codebook("rhc")


@pytest.mark.parametrize(("text", "feature", "expected"), [
    ("2.1", "crea1", Parsed(2.1)),
    ("1E3", "urin1", Parsed(1000.0)),
    ("-5", "temp1", Parsed(-5.0)),
    ("177 µmol/L", "crea1", Parsed(177.0, unit="μmol/L")),
    ("3.1 H", "pot1", Parsed(3.1, how="'3.1 H' read without its flag")),
    ("3.1*", "pot1", Parsed(3.1, how="'3.1*' read without its flag")),
    ("4.1 mmol/L L", "pot1", Parsed(4.1, unit="mmol/L", how="'4.1 mmol/L L' read without its flag")),
    ("1,200", "urin1", Parsed(1200.0, how="'1,200' read as 1200")),
    ("１２", "hrt1", Parsed(12.0, how="'１２' read as 12")),
    ("yes", "dnr1", Parsed("Yes")),
    ("Y", "dnr1", Parsed("Yes", how="'Y' read as Yes")),
    ("0", "dnr1", Parsed("No", how="'0' read as No")),
    ("예", "dnr1", Parsed("Yes", how="'예' read as Yes")),
    ("남", "sex", Parsed("Male", how="'남' read as Male")),
    ("9.0", "scoma1", Parsed("9", how="'9.0' read as 9")),
    ("None", "cat2", Parsed("None")),
])  # fmt: skip
def test_cells_are_read(text: str, feature: str, expected: Parsed) -> None:
    assert parse_cell(text, RHC.feature(feature), "point") == expected


@pytest.mark.parametrize(("text", "feature", "words"), [
    ("hgih", "crea1", "'hgih' is not a number"),
    ("<0.5", "bili1", "is a limit, not a value"),
    ("≥ 90", "hrt1", "is a limit, not a value"),
    ("5-6", "pot1", "is a range, not a value"),
    ("2026-03-05", "pot1", "is a date, not a number"),
    ("#DIV/0!", "pot1", "holds the error #DIV/0!"),
    ("2,5", "crea1", "choose the decimal comma"),
    ("1.2.3", "crea1", "is not a number"),
    ("1e400", "pot1", "is not a finite number"),
    ("Infinity", "pot1", "is not a number"),
    ("4.1 of 5", "pot1", "something after the number"),
    ("1.2 furlong", "urin1", "something after the number"),
    ("1", "sex", "is not one of its levels"),
    ("maybe", "dnr1", "Choose one of: No, Yes"),
])  # fmt: skip
def test_what_is_no_value_is_refused_in_words(text: str, feature: str, words: str) -> None:
    with pytest.raises(CaseError, match=words):
        parse_cell(text, RHC.feature(feature), "point")


def test_the_decimal_comma_belongs_to_the_table() -> None:
    assert decimal_of(["2,5", "1,75", "140", "x"]) == "comma"
    assert decimal_of(["2.5", "1,200", "7.35"]) == "point"
    assert decimal_of(["140", ""]) == "point"
    assert parse_cell("2,5", RHC.feature("crea1"), "comma").value == 2.5
    assert parse_cell("1.200", RHC.feature("urin1"), "comma").value == 1200.0


@pytest.mark.parametrize("text", ["", "NA", "n/a", "NaN", "-", "unknown", "not done", "미상", "#N/A"])
def test_many_words_say_that_nothing_was_recorded(text: str) -> None:
    assert is_missing(text, RHC.feature("crea1"))


def test_none_is_a_level_where_the_codebook_has_it() -> None:
    assert is_missing("None", RHC.feature("crea1"))
    assert not is_missing("None", RHC.feature("cat2"))


@given(st.text(max_size=60), st.sampled_from(RHC.features))
def test_any_text_is_read_or_refused(text: str, feature: object) -> None:
    assert hasattr(feature, "numeric")
    try:
        found = parse_cell(text, feature, "point")  # type: ignore[arg-type]
    except CaseError:
        return
    assert isinstance(found.value, str) or math.isfinite(found.value)


@given(st.floats(min_value=-1e15, max_value=1e15))
def test_every_written_number_is_read_as_it_is(number: float) -> None:
    assert parse_cell(repr(number), RHC.feature("wtkilo1"), "point").value == number
