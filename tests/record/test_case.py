"""Values of a case: each tier, unknown levels and text in a number get a sentence with thing, value, rule, remedy."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creason_core.errors import CaseError
from creason_core.record.case import Entry, check_value, make_case, parse_value
from creason_core.record.codebook import Codebook, Feature, packaged_codebook

RHC: Codebook = packaged_codebook("rhc")
NUMBERS = [feature for feature in RHC.features if feature.numeric]
LEVELS = [feature for feature in RHC.features if not feature.numeric]


@given(st.sampled_from(NUMBERS), st.floats(-1e6, 1e6))
def test_every_value_meets_the_worst_tier_it_falls_outside_of(feature: Feature, value: float) -> None:
    tiers = [("impossible", feature.impossible), ("confirm", feature.confirm), ("reference", feature.reference)]
    expected = next((name for name, limits in tiers if limits and not limits.contains(value)), None)
    findings = check_value(feature, value)
    assert [finding.tier for finding in findings] == ([expected] if expected else [])
    for finding in findings:
        assert finding.message.startswith(f"{feature.label} = {feature.told(value)}")
        assert str(dict(tiers)[finding.tier]) in finding.message


@given(st.sampled_from(NUMBERS), st.floats(1e4 * 3, 1e9).map(float))
def test_an_impossible_value_never_enters_a_case(feature: Feature, value: float) -> None:
    with pytest.raises(CaseError) as caught:
        make_case("p", [Entry(feature=feature.name, value=float(int(value)), reason="sure")], RHC)
    assert "Correct it or leave it empty." in str(caught.value)


@given(st.sampled_from(LEVELS), st.text(min_size=1))
def test_a_level_that_does_not_exist_is_refused_with_those_that_do(feature: Feature, text: str) -> None:
    known = {word.casefold() for level in feature.levels for word in (level.code, level.label)}
    if text.strip().casefold() in known:
        return
    with pytest.raises(CaseError) as caught:
        parse_value(feature, text)
    assert caught.value.message.startswith(f"{feature.label} = '{text.strip()}'")
    assert caught.value.remedy == f"Choose one of: {', '.join(level.label for level in feature.levels)}."


@given(st.sampled_from(NUMBERS), st.text(alphabet="abcxyz<>/ ", min_size=1))
def test_text_in_a_number_is_refused_with_the_unit(feature: Feature, text: str) -> None:
    with pytest.raises(CaseError) as caught:
        parse_value(feature, text)
    assert caught.value.message == f"{feature.label} = '{text}' is not a number."
    assert (f"in {feature.unit_label}" if feature.unit_label else "Enter a number") in caught.value.remedy


@given(st.sampled_from(LEVELS), st.data())
def test_codes_and_labels_are_accepted_in_any_case(feature: Feature, data: st.DataObject) -> None:
    level = data.draw(st.sampled_from(feature.levels))
    assert parse_value(feature, level.code) == level.code
    assert parse_value(feature, f" {level.label.upper()} ") == level.code


@pytest.mark.parametrize("value", [math.nan, math.inf, "nan", "-inf"])
def test_numbers_that_are_not_finite_are_refused(value: object) -> None:
    with pytest.raises(CaseError, match="is not a finite number"):
        parse_value(RHC.feature("crea1"), value)


def test_a_whole_number_must_be_whole() -> None:
    assert parse_value(RHC.feature("age"), "72") == 72.0
    with pytest.raises(CaseError, match=r"Age = 72\.5 is not a whole number\. Enter a whole number"):
        parse_value(RHC.feature("age"), 72.5)


@pytest.mark.parametrize(
    ("value", "told"),
    [(2.0018095, "2"), (2.05, "2.05"), (177.0, "177"), (40.0004, "40.0004"), (1e300, "1e+300"), (-3.2, "-3.2")],
)
def test_a_message_tells_a_number_as_far_as_it_was_measured_and_never_on_the_other_side_of_a_limit(
    value: float, told: str
) -> None:
    (found,) = check_value(RHC.feature("crea1"), value)
    assert found.message.startswith(f"Creatinine = {told} mg/dL is ")


@given(feature=st.sampled_from(NUMBERS), value=st.floats(-1e6, 1e6))
def test_what_is_told_of_a_number_falls_outside_the_same_tier(feature: Feature, value: float) -> None:
    near = float(feature.told(value))
    assert [one.tier for one in check_value(feature, near)] == [one.tier for one in check_value(feature, value)]
    assert near == pytest.approx(value, abs=0.5 * 10.0**-feature.decimals, rel=1e-5)


def test_the_sentences_of_the_three_tiers() -> None:
    sodium = RHC.feature("sod1")
    assert [check_value(sodium, value)[0].message for value in (300.0, 178.0, 150.0)] == [
        "Sodium = 300 mmol/L is impossible: it must lie within 80–220 mmol/L. Correct it or leave it empty.",
        "Sodium = 178 mmol/L is unusual: it mostly lies within 110–175 mmol/L. Confirm it with a reason.",
        "Sodium = 150 mmol/L is outside the reference range 135–145 mmol/L.",
    ]
    assert check_value(sodium, 140.0) == ()


def test_an_unusual_value_needs_a_reason_where_a_person_entered_it() -> None:
    entry = Entry(feature="sod1", value=178.0)
    with pytest.raises(CaseError, match="Confirm it with a reason"):
        make_case("p", [entry], RHC)
    for accepted in (
        entry.model_copy(update={"reason": "repeated"}),
        entry.model_copy(update={"provenance": "registry"}),
    ):
        assert make_case("p", [accepted], RHC).value("sod1") == 178.0


def test_a_case_is_in_codebook_order_and_its_hash_follows_its_content() -> None:
    entries = [Entry(feature="crea1", value=2.0), Entry(feature="age", value=60.0)]
    case = make_case("p", entries, RHC)
    assert [entry.feature for entry in case.entries] == ["age", "crea1"]
    assert case.content_hash == make_case("p", reversed(entries), RHC).content_hash
    assert case.content_hash != make_case("p", entries[:1], RHC).content_hash
    assert case.value("sod1") is None
    with pytest.raises(CaseError, match=r"'age' has two values\. Keep one of them"):
        make_case("p", [entries[1], entries[1]], RHC)
