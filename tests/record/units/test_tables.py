"""The tables: every LOINC code is one, stands under units of its own dimension, and masses are those of the atoms."""

import re

import pytest

from creason_core.record.codebook import packaged_codebook
from creason_core.record.units import analyte_with_loinc, formula_inputs, is_loinc, loinc_allows, unit_named
from creason_core.record.units.scales import same_dimension, scale_between
from creason_core.record.units.tables import analyte_table, dimension_of_loinc, unit_table, unit_with_code

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
    "glucose": "C6H12O6", "lactate": "C3H6O3", "bilirubin": "C33H36N4O6", "direct bilirubin": "C33H36N4O6",
    "cholesterol": "C27H46O", "HDL cholesterol": "C27H46O", "LDL cholesterol": "C27H46O", "phosphate": "P",
    "triglycerides": "C57H104O6", "chloride": "Cl", "magnesium": "Mg", "calcium, total": "Ca", "calcium, ionised": "Ca",
}  # fmt: skip


def test_every_loinc_code_has_its_check_digit() -> None:
    codes = [*(code for analyte in ANALYTES for code in analyte.codes), *(feature.loinc for feature in FEATURES)]
    assert [code for code in codes if not is_loinc(code)] == []


def test_a_wrong_check_digit_is_seen() -> None:
    assert [code for code in ("3150-6", "2160-1", "2160", "21 60-0", "") if is_loinc(code)] == []
    assert is_loinc("3150-0")


def test_no_code_names_two_analytes() -> None:
    codes = [code for analyte in ANALYTES for code in analyte.codes]
    assert len(set(codes)) == len(codes) > 150


def test_every_code_stands_under_a_unit_of_its_dimension() -> None:
    dimensions = analyte_table().dimensions
    wrong = [
        (analyte.name, dimension)
        for analyte in ANALYTES
        for dimension in analyte.loinc
        if not any(same_dimension(dimensions[dimension], unit) for unit in analyte.units)
    ]
    assert wrong == []


def test_every_unit_of_an_analyte_converts() -> None:
    wrong = [
        (analyte.name, unit)
        for analyte in ANALYTES
        for unit in (*analyte.units, *analyte.also, *analyte.scales)
        if scale_between(analyte, analyte.units[0], unit) is None and "D-dimer, in" not in analyte.name
    ]
    assert wrong == []


def test_packaged_features_have_codes_of_the_dimension_of_their_unit() -> None:
    numeric = [feature for feature in FEATURES if feature.numeric]
    assert [feature.name for feature in numeric if analyte_with_loinc(feature.loinc) is None] == []
    units = {feature.name: unit_with_code(feature.unit) for feature in numeric}
    wrong = [f.name for f in numeric if not (unit := units[f.name]) or not loinc_allows(f.loinc, unit)]
    assert wrong == []


# LOINC 2.67's own example unit of every code (LOINC is © Regenstrief Institute, Inc.; loinc.org/license): what the
# tables say of a code's dimension is held against it.
EXAMPLES = """
%: 736-9 770-8 2708-6 3150-0 4544-3 4548-4 17856-6 19994-3 20570-8 59408-5
/min: 8867-4 9279-1
10*3/uL: 731-0 732-8 751-8 753-4 777-3 778-1 804-5 6690-2 26464-8 26474-7 26499-4 26515-7
10*6/uL: 789-8 26453-1
Cel: 8310-5
L: 3167-4
L/min: 3151-8
U/L: 1742-6 1743-4 1783-0 1798-8 1920-8 2157-6 2324-2 2532-0 3040-3 6768-6 14804-9 14805-6 30239-8 76630-3
[degF]: 8329-5 8331-1
[in_i]: 8302-2
[lb_av]: 3141-9
[pH]: 2744-1 2746-6 11558-4
a: 30525-0
cm: 3137-7
g/dL: 718-7 1751-7 2885-2 20509-6 61151-7
kg: 29463-7
kg/m2: 39156-5
mL: 9187-6
mL/(8.h): 9189-2
mL/d: 9192-6
mL/h: 9188-4
mL/min/{1.73_m2}: 33914-3 62238-1 77147-7
mg/L: 1988-5 33863-2
mg/dL: 1968-7 1975-2 2085-9 2089-1 2093-3 2160-0 2339-0 2345-7 2571-8 2774-8 2777-1 3084-1 3091-6 3094-0 3255-7
mg/dL: 6299-2 13457-7 14118-4 17861-6 17863-2 18262-6 19123-9 20977-5 21377-7 30241-4 30242-2 38230-9 38483-4
mg/dL: 41651-1 41652-9 42719-5 59032-3 59470-5 59471-3 59827-6 59828-4
mm[Hg]: 2019-8 2703-7 8462-4 8478-0 8480-6 11556-8 11557-6 50984-4
mmol/L: 1863-0 1925-7 1959-6 1960-4 1962-0 1963-8 1994-3 1995-0 2000-8 2069-3 2075-0 2518-9 2519-7 2524-7 2593-2
mmol/L: 2601-3 2823-3 2947-0 2951-2 6298-4 11555-0 12180-6 14627-4 14646-4 14647-2 14749-6 14879-1 14927-8
mmol/L: 14937-7 15074-8 22664-7 22748-8 24519-1 32693-4 32713-0 32717-1 33037-3 34581-9 39469-2 39480-9 39481-7
mmol/L: 41645-3 41649-5 41650-3 59260-0 59570-2
mosm/kg: 2692-2 18182-6
ng/L: 67151-1 89579-7
ng/mL: 2276-4 10839-9 13969-1 20567-4 24373-3 33959-8 75241-0
ng/mL{FEU}: 48065-7
pg/mL: 26881-3 30934-4 33762-6 42637-9 71425-3 83107-3
s: 3173-2 5902-2 14979-9
ug/L: 6598-7
ug/L{DDU}: 48066-5
ug/dL: 20684-7 22763-7
ug/mL: 32664-5
umol/L: 1839-0 1841-6 14631-6 14682-9 14933-6 16362-6 54363-7 59826-8
{INR}: 6301-6 34714-6
{score}: 9269-2 72089-6 75859-9
"""
LATER = {"98979-8"}  # younger than 2.67


def test_every_code_has_the_dimension_of_the_example_unit_that_loinc_gives() -> None:
    examples = {code: unit for line in EXAMPLES.split("\n") if line for unit, _, codes in [line.partition(": ")]
                for code in codes.split()}  # fmt: skip
    codes = {code for analyte in ANALYTES for code in analyte.codes}
    assert set(examples) | LATER == codes
    wrong = {code: unit for code, unit in examples.items() if not same_dimension(dimension_of_loinc(code), unit)}
    assert wrong == {"3167-4": "L"}  # a volume, whose 24 hours stand in the code


@pytest.mark.parametrize(("code", "never"), [
    ("3151-8", "%"), ("59260-0", "g/dL"), ("14682-9", "mg/dL"), ("2160-0", "umol/L"), ("9187-6", "mL/d"),
    ("6301-6", "s"),
    ("33914-3", "mL/min"),
])  # fmt: skip
def test_a_code_rules_out_units_of_another_dimension(code: str, never: str) -> None:
    unit = unit_with_code(never)
    assert unit is not None
    assert not loinc_allows(code, unit)


@pytest.mark.parametrize("code", ["54347-0", "76485-2", "3150-6"])
def test_codes_whose_unit_cannot_be_converted_name_no_analyte(code: str) -> None:
    assert analyte_with_loinc(code) is None


def test_an_oxygen_flow_is_no_fraction_and_blood_may_not_be_arterial() -> None:
    names = {code: analyte_with_loinc(code) for code in ("3150-0", "3151-8", "2703-7", "11556-8", "2019-8", "11557-6")}
    assert len({analyte.name for analyte in names.values() if analyte}) == 6


def test_molar_masses_are_those_of_the_atoms() -> None:
    masses = {analyte.name: analyte.molar_mass for analyte in ANALYTES if analyte.molar_mass}
    assert masses.pop("haemoglobin") == 64_458 / 4  # a fourth of the tetramer
    computed = {
        name: sum(WEIGHTS[atom] * int(count or 1) for atom, count in re.findall(r"([A-Z][a-z]?)(\d*)", FORMULAS[name]))
        for name in masses
    }
    assert masses == pytest.approx(computed, rel=1e-4)


def test_no_spelling_stands_for_two_units() -> None:
    for unit in unit_table().units:
        for spelling in (unit.code, unit.label, *unit.spellings):
            named = unit_named(spelling)
            assert not spelling or (named is not None and named.code == unit.code), spelling
        for spelling in unit.own:
            assert unit_named(spelling, (unit.code,)) == unit
