"""Units: factors, spellings, conversions, and values that look as if they came in another unit."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import creason_core.units as units_module
from creason_core.codebook import Codebook, Feature, packaged_codebook
from creason_core.errors import CaseError
from creason_core.units import (
    alternatives,
    analyte_of,
    analyte_with_loinc,
    conversion,
    convert,
    formula_inputs,
    needs_asking,
    plausible_share,
    suspect_unit,
    unit_named,
)

RHC = packaged_codebook("rhc")


def feature(name: str, book: Codebook = RHC) -> Feature:
    return book.feature(name)


@pytest.mark.parametrize(("name", "value", "unit", "expected"), [
    ("crea1", 88.42, "µmol/L", 1.0),
    ("bili1", 17.10, "umol/L", 1.0),
    ("temp1", 101.3, "°F", 38.5),
    ("temp1", 310.15, "K", 37.0),
    ("paco21", 5.3, "kPa", 39.753),
    ("alb1", 35.0, "g/L", 3.5),
    ("hema1", 0.42, "L/L", 42.0),
    ("wtkilo1", 154.32, "lb", 70.0),
    ("urin1", 1.5, "L/day", 1500.0),
    ("urin1", 50.0, "mL/h", 1200.0),
    ("wblc1", 12400.0, "/µL", 12.4),
    ("sod1", 140.0, "mEq/L", 140.0),
    ("age", 720.0, "months", 60.0),
])  # fmt: skip
def test_values_are_converted_into_the_codebooks_unit(name: str, value: float, unit: str, expected: float) -> None:
    assert convert(feature(name), value, unit) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(("loinc", "unit", "amount"), [
    ("2524-7", "mg/dL", 9.01), ("2345-7", "mmol/L", 1 / 18.02), ("3094-0", "mmol/L", 0.357), ("718-7", "g/L", 10),
    ("1988-5", "mg/L", 10), ("777-3", "10*9/L", 1), ("33959-8", "ug/L", 1), ("2703-7", "kPa", 1 / 7.50),
    ("17861-6", "mmol/L", 0.2495), ("3150-6", "%", 100),
])  # fmt: skip
def test_the_factors_are_those_of_the_specification(loinc: str, unit: str, amount: float) -> None:
    analyte = analyte_with_loinc(loinc)
    assert analyte is not None
    factor = {scale.code: scale.factor for scale in analyte.units}[unit]
    assert factor == pytest.approx(amount, rel=1e-3)


@pytest.mark.parametrize(("text", "code"), [
    ("µmol/l", "umol/L"), ("μmol/L", "umol/L"), ("umol_L", "umol/L"), ("mm Hg", "mm[Hg]"), ("MMHG", "mm[Hg]"),
    ("°F", "[degF]"), ("℃", "Cel"), ("x10^9/L", "10*9/L"), ("10⁹/L", "10*9/L"), ("K/µL", "10*3/uL"), ("%", "%"),
    ("mL/24 h", "mL/d"), ("bpm", "/min"),
])  # fmt: skip
def test_units_are_known_by_many_spellings(text: str, code: str) -> None:
    unit = unit_named(text)
    assert unit is not None
    assert unit.code == code


def test_an_unknown_unit_is_refused_with_those_that_fit() -> None:
    with pytest.raises(
        CaseError, match=r"the unit 'furlong' is not one that it comes in\. It takes: mg/dL, µmol/L, mmol/L"
    ):
        convert(feature("crea1"), 2.0, "furlong")


def test_a_unit_of_another_quantity_is_refused() -> None:
    with pytest.raises(CaseError, match="the unit 'kPa' is not one"):
        convert(feature("crea1"), 2.0, "kPa")


def test_every_alternative_goes_there_and_back() -> None:
    for item in (*RHC.features, *formula_inputs().features):
        for unit in alternatives(item):
            there = convert(item, 1.0, unit.code), convert(item, 2.0, unit.code)
            slope = there[1] - there[0]
            assert slope > 0
            assert (7.0 - there[0]) / slope * slope + there[0] == pytest.approx(7.0)


def test_a_conversion_is_shown_in_words() -> None:
    assert conversion(feature("crea1"), 177, "umol/L").sentence == "Creatinine 177 µmol/L → 2.0 mg/dL"


def test_177_is_asked_about() -> None:
    found = suspect_unit(feature("crea1"), 177)
    assert [item.sentence for item in found] == [
        "Creatinine: 177 mg/dL is implausible; as µmol/L it is 2.0 mg/dL. Convert?"
    ]


@pytest.mark.parametrize(("name", "value", "unit"), [
    ("temp1", 98.6, "°F"), ("paco21", 5.3, "kPa"), ("alb1", 28.0, "g/L"), ("hema1", 0.31, "fraction"),
    ("wblc1", 9800.0, "/µL"), ("age", 700.0, "months"),
])  # fmt: skip
def test_values_in_another_unit_are_noticed(name: str, value: float, unit: str) -> None:
    assert suspect_unit(feature(name), value)[0].unit == unit


@pytest.mark.parametrize(
    ("name", "value"), [("crea1", 2.0), ("temp1", 38.5), ("sod1", 300.0), ("hrt1", 400.0), ("dnr1", 1.0)]
)
def test_plausible_values_and_values_no_unit_explains_are_left_alone(name: str, value: float) -> None:
    assert suspect_unit(feature(name), value) == ()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_suggestion_is_plausible_where_the_value_was_not(value: float) -> None:
    for item in RHC.features:
        if not item.numeric:
            continue
        for found in suspect_unit(item, value):
            assert item.confirm is not None
            assert item.confirm.contains(found.result)
            assert not item.confirm.contains(value)


def test_a_unit_is_asked_for_only_where_it_matters() -> None:
    assert needs_asking(feature("crea1"))
    assert not needs_asking(feature("sod1"))
    assert not needs_asking(feature("hrt1"))
    assert not needs_asking(feature("sex"))


def test_the_share_of_plausible_values_tells_units_apart() -> None:
    values = [36.6, 38.2, 39.0, 101.0]
    assert plausible_share(feature("temp1"), values, "Cel") == 0.75
    assert plausible_share(feature("temp1"), values, "[degF]") == 0.25
    assert plausible_share(feature("temp1"), [], "Cel") == 0.0


def test_features_without_a_known_analyte_take_only_their_own_unit() -> None:
    assert analyte_of(feature("hrt1")) is None
    assert [unit.label for unit in alternatives(feature("hrt1"))] == ["/min"]
    assert alternatives(feature("sex")) == ()


def test_no_spelling_stands_for_two_units() -> None:
    units = yaml.safe_load((Path(units_module.__file__).parent / "codebooks/units/analytes.yaml").read_text())["units"]
    for unit in units:
        for spelling in (unit["code"], unit["label"], *unit["spellings"]):
            named = unit_named(spelling)
            assert not spelling or (named is not None and named.code == unit["code"]), spelling
