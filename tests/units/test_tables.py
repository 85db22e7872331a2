"""The tables: every LOINC code is one, stands under units of its own dimension, and masses are those of the atoms."""

import re

import pytest

from creason_core.codebook import Feature, packaged_codebook
from creason_core.units import Unit, analyte_with_loinc, formula_inputs, is_loinc, loinc_allows, unit_named
from creason_core.units.scales import same_dimension, scale_between
from creason_core.units.tables import Analyte, analyte_table, unit_table, unit_with_code

ANALYTES = analyte_table().analytes
FEATURES = tuple(
    feature
    for book in (packaged_codebook("rhc"), packaged_codebook("ist"), formula_inputs())
    for feature in book.features
    if feature.loinc
)
# IUPAC's abridged standard atomic weights, 2021.
WEIGHTS = {"H": 1.008, "C": 12.011, "N": 14.007, "O": 15.999, "P": 30.974, "Cl": 35.45, "Mg": 24.305, "Ca": 40.078}
FORMULAS = {
    "creatinine": "C4H7N3O", "urea": "CH4N2O", "urea nitrogen": "N2", "uric acid": "C5H4N4O3", "ammonia": "NH3",
    "glucose": "C6H12O6", "lactate": "C3H6O3", "bilirubin": "C33H36N4O6", "direct bilirubin": "C33H36N4O6", "cholesterol": "C27H46O",
    "HDL cholesterol": "C27H46O", "LDL cholesterol": "C27H46O", "triglycerides": "C57H104O6", "phosphate": "P",
    "chloride": "Cl", "magnesium": "Mg", "calcium, total": "Ca", "calcium, ionised": "Ca",
}  # fmt: skip


@pytest.mark.parametrize(
    "code", [*(code for analyte in ANALYTES for code in analyte.codes), *(f.loinc for f in FEATURES)]
)
def test_every_loinc_code_has_its_check_digit(code: str) -> None:
    assert is_loinc(code)


def test_a_wrong_check_digit_is_seen() -> None:
    assert [code for code in ("3150-6", "2160-1", "2160", "21 60-0", "") if is_loinc(code)] == []
    assert is_loinc("3150-0")


def test_no_code_names_two_analytes() -> None:
    codes = [code for analyte in ANALYTES for code in analyte.codes]
    assert len(set(codes)) == len(codes) > 150


@pytest.mark.parametrize("analyte", ANALYTES, ids=lambda analyte: analyte.name)
def test_every_code_stands_under_a_unit_of_its_dimension_and_every_unit_converts(analyte: Analyte) -> None:
    for dimension in analyte.loinc:
        example = analyte_table().dimensions[dimension]
        assert any(same_dimension(example, unit) for unit in analyte.units), (analyte.name, dimension)
    for unit in (*analyte.units, *analyte.also, *analyte.scales):
        assert scale_between(analyte, analyte.units[0], unit) is not None, unit


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: f"{feature.name} {feature.loinc}")
def test_packaged_features_have_codes_of_the_dimension_of_their_unit(feature: Feature) -> None:
    if not feature.numeric:
        return
    assert analyte_with_loinc(feature.loinc) is not None
    assert loinc_allows(feature.loinc, unit_with_code(feature.unit) or Unit(code="", label=""))


# What LOINC 2.67 gives as the example unit of codes that are easily taken for one another.
@pytest.mark.parametrize(("code", "unit", "never"), [
    ("3151-8", "L/min", "%"), ("3150-0", "%", "L/min"), ("19994-3", "%", "L/min"), ("59260-0", "mmol/L", "g/dL"),
    ("718-7", "g/dL", "mmol/L"), ("1751-7", "g/dL", "umol/L"), ("14682-9", "umol/L", "mg/dL"),
    ("2160-0", "mg/dL", "umol/L"),
    ("14631-6", "umol/L", "mg/dL"), ("14749-6", "mmol/L", "mg/dL"), ("2000-8", "mmol/L", "mg/dL"),
    ("59032-3", "mg/dL", "mmol/L"),
    ("2601-3", "mmol/L", "mg/dL"), ("14937-7", "mmol/L", "mg/dL"), ("3091-6", "mg/dL", "mmol/L"),
    ("9187-6", "mL", "mL/d"),
    ("5902-2", "s", "{INR}"), ("6301-6", "{INR}", "s"), ("89579-7", "ng/L", "nmol/L"),
    ("33914-3", "mL/min/{1.73_m2}", "mL/min"),
])  # fmt: skip
def test_codes_that_look_alike_keep_their_dimension(code: str, unit: str, never: str) -> None:
    analyte = analyte_with_loinc(code)
    own, other = unit_with_code(unit), unit_with_code(never)
    assert analyte is not None
    assert own is not None
    assert other is not None
    assert analyte.takes(unit)
    assert loinc_allows(code, own)
    assert not loinc_allows(code, other)


@pytest.mark.parametrize("code", ["54347-0", "76485-2", "3150-6"])
def test_codes_whose_unit_cannot_be_converted_name_no_analyte(code: str) -> None:
    assert analyte_with_loinc(code) is None


def test_an_oxygen_flow_is_no_fraction_and_blood_may_not_be_arterial() -> None:
    names = {code: analyte_with_loinc(code) for code in ("3150-0", "3151-8", "2703-7", "11556-8", "2019-8", "11557-6")}
    assert len({analyte.name for analyte in names.values() if analyte}) == 6


@pytest.mark.parametrize("analyte", [a for a in ANALYTES if a.molar_mass], ids=lambda analyte: analyte.name)
def test_molar_masses_are_those_of_the_atoms(analyte: Analyte) -> None:
    if analyte.name == "haemoglobin":  # a fourth of the tetramer's 64,458 g/mol
        assert analyte.molar_mass == pytest.approx(64_458 / 4)
        return
    atoms = re.findall(r"([A-Z][a-z]?)(\d*)", FORMULAS[analyte.name])
    assert analyte.molar_mass == pytest.approx(sum(WEIGHTS[atom] * int(count or 1) for atom, count in atoms), rel=1e-4)


def test_no_spelling_stands_for_two_units() -> None:
    for unit in unit_table().units:
        for spelling in (unit.code, unit.label, *unit.spellings):
            named = unit_named(spelling)
            assert not spelling or (named is not None and named.code == unit.code), spelling
        for spelling in unit.own:
            assert unit_named(spelling, (unit.code,)) == unit
