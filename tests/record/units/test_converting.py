"""Units: factors, spellings, conversions, and values that look as if they came in another unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creason_core.errors import CaseError
from creason_core.record.codebook import Codebook, Feature, packaged_codebook
from creason_core.record.units import (
    alternatives,
    analyte_of,
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


def measured(unit: str, *, loinc: str = "", label: str = "Some value") -> Feature:
    return Feature(name="v", label=label, section="s", kind="number", time="day1", unit=unit, loinc=loinc, decimals=2)


@pytest.mark.parametrize(("name", "value", "unit", "expected"), [
    ("crea1", 88.40, "µmol/L", 1.0),
    ("bili1", 17.104, "umol/L", 1.0),
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


# What one of the first unit is in the second: figures of the table of SI factors in JAMA's instructions for authors
# (AMA Manual of Style, 11th edition, 17.5), and of the IFCC for haemoglobin A1c.
@pytest.mark.parametrize(("loinc", "unit", "other", "value", "expected"), [
    ("2160-0", "mg/dL", "umol/L", 1, 88.4), ("14682-9", "umol/L", "mg/dL", 88.4, 1),
    ("1975-2", "mg/dL", "µmol/L", 1, 17.1),
    ("2345-7", "mg/dL", "mmol/L", 100, 5.55), ("2524-7", "mmol/L", "mg/dL", 1, 9.01),
    ("3094-0", "mg/dL", "mmol/L", 1, 0.357),
    ("22664-7", "mmol/L", "mg/dL", 1, 6.006), ("17861-6", "mg/dL", "mmol/L", 1, 0.25),
    ("1994-3", "mmol/L", "mg/dL", 1, 4.008),
    ("19123-9", "mg/dL", "mmol/L", 1, 0.4114), ("2601-3", "mmol/L", "mval/L", 1, 2),
    ("2777-1", "mg/dL", "mmol/L", 1, 0.323),
    ("3084-1", "mg/dL", "umol/L", 1, 59.48), ("16362-6", "umol/L", "ug/dL", 1, 1.703),
    ("2093-3", "mg/dL", "mmol/L", 1, 0.0259),
    ("2571-8", "mg/dL", "mmol/L", 1, 0.0113), ("718-7", "g/dL", "mmol/L", 1, 0.6206),
    ("59260-0", "mmol/L", "g/dL", 8.5, 13.7),
    ("1988-5", "mg/L", "mg/dL", 10, 1), ("1920-8", "U/L", "µkat/L", 60, 1), ("10839-9", "ng/mL", "ng/L", 0.04, 40),
    ("4548-4", "%", "mmol/mol", 6.5, 47.5), ("4548-4", "mmol/mol", "%", 48, 6.54),
    ("2703-7", "mm[Hg]", "kPa", 75, 10.0),
    ("3150-0", "1", "%", 0.21, 21), ("8302-2", "cm", "in", 170, 66.93), ("8310-5", "Cel", "°F", 37, 98.6),
    ("33914-3", "mL/min/{1.73_m2}", "mL/s/1.73 m²", 90, 1.5), ("3255-7", "mg/dL", "g/L", 300, 3),
])  # fmt: skip
def test_values_read_in_another_unit_as_published_tables_say(
    loinc: str, unit: str, other: str, value: float, expected: float
) -> None:
    there = measured(unit_named(other).code if unit_named(other) else other, loinc=loinc)  # type: ignore[union-attr]
    assert convert(there, value, unit) == pytest.approx(expected, rel=5e-3)
    assert convert(measured(unit, loinc=loinc), convert(there, value, unit), other) == pytest.approx(value)


@pytest.mark.parametrize(("loinc", "unit", "other"), [
    ("1751-7", "g/dL", "µmol/L"),  # no factor that laboratories agree on
    ("48065-7", "ng/mL{FEU}", "ng/mL"), ("48065-7", "ng/mL{FEU}", "ng/mL DDU"),  # another calibration, or none said
    ("33914-3", "mL/min/{1.73_m2}", "mL/min"),  # not per body surface
    ("2692-2", "mosm/kg", "mmol/L"), ("3151-8", "L/min", "%"), ("2951-2", "mmol/L", "mg/dL"),
    ("4548-4", "%", "fraction"),
])  # fmt: skip
def test_what_no_factor_says_is_refused(loinc: str, unit: str, other: str) -> None:
    with pytest.raises(CaseError, match="is not one that it comes in"):
        convert(measured(unit, loinc=loinc), 1.0, other)


@pytest.mark.parametrize("unit", ["mL", "ml", "L", "cc"])
def test_a_volume_is_no_volume_per_day(unit: str) -> None:
    with pytest.raises(CaseError, match="say in how many hours it was collected"):
        convert(feature("urin1"), 50.0, unit)
    assert convert(feature("urin1"), 50.0, f"{unit if unit != 'L' else 'mL'}/24 h") == 50.0


@pytest.mark.parametrize(("label", "unit", "other", "value", "expected"), [
    ("Magnesium", "mmol/L", "mg/dL", 2.4305, 1.0), ("Serum creatinine", "mg/dL", "µmol/L", 88.40, 1.0),
    ("Noradrenaline dose", "ug/kg/min", "mg/kg/h", 0.06, 1.0), ("Urine output per kg", "mL/kg/h", "ml/kg/24h", 24, 1.0),
    ("Onset to needle", "min", "h", 1.5, 90.0), ("NT-proBNP", "ng/L", "pg/mL", 300, 300),
])  # fmt: skip
def test_without_a_code_the_name_tells_what_is_measured(
    label: str, unit: str, other: str, value: float, expected: float
) -> None:
    assert convert(measured(unit, label=label), value, other) == pytest.approx(expected, rel=1e-4)
    with pytest.raises(CaseError):
        convert(measured(unit, label=f"{label} ratio"), value, other)


def test_a_calibration_that_is_not_named_stays_so() -> None:
    plain, named = measured("ug/L", loinc="48065-7"), measured("ug/L{FEU}", loinc="48065-7")
    assert convert(plain, 0.5, "mg/L") == pytest.approx(500)
    assert convert(named, 0.5, "mg/L FEU") == pytest.approx(500)
    assert [unit.code for unit in alternatives(plain)] == ["ug/L"]
    for feature, unit in ((plain, "mg/L FEU"), (named, "mg/L"), (named, "ng/mL DDU")):
        with pytest.raises(CaseError):
            convert(feature, 0.5, unit)


def test_a_codebooks_unit_counts_by_whatever_spelling() -> None:
    assert convert(measured("µmol/l", loinc="14682-9"), 1.0, "mg/dL") == pytest.approx(88.40, rel=1e-4)
    assert convert(measured("Gpt/l", loinc="26464-8"), 9800, "/µL") == pytest.approx(9.8)


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
    assert analyte_of(feature("edu")) is None
    assert [unit.label for unit in alternatives(feature("edu"))] == ["years"]
    assert [unit.label for unit in alternatives(feature("hrt1"))] == ["/min"]
    assert alternatives(feature("sex")) == ()
