"""LOINC codes and units of a codebook: what formulas and imports could not use is told before a cohort is made."""

import pytest

from creason_core.cohort.measuring import measured
from creason_core.record.codebook import Codebook, packaged_codebook, parse_codebook

HEAD = "{name: t, version: 1, title: t, population: p, source: s, citation: c, sections: [A], features: [%s]}"


def book(*features: tuple[str, str, str]) -> Codebook:
    lines = [
        f'{{name: {name}, label: {name}, section: A, kind: number, time: day1, unit: "{unit}", loinc: "{loinc}"}}'
        for name, unit, loinc in features
    ]
    return parse_codebook(HEAD % ", ".join(lines), "t.yaml")


@pytest.mark.parametrize("name", ["rhc", "ist"])
def test_nothing_is_said_of_the_packaged_codebooks(name: str) -> None:
    assert list(measured(packaged_codebook(name))) == []


@pytest.mark.parametrize(("unit", "loinc", "severity", "rule", "remedy"), [
    ("1", "3150-6", "structure", "'3150-6' is no LOINC code", "Correct 'loinc'"),
    ("mg/dL", "creatinine", "structure", "'creatinine' is no LOINC code", "Correct 'loinc'"),
    ("umol/L", "2160-0", "note", "of another dimension than the unit umol/L", "Write 14682-9."),
    ("g/dL", "59260-0", "note", "of another dimension than the unit g/dL", "Write 718-7."),
    ("%", "3151-8", "note", "none that oxygen flow (LOINC 3151-8) comes in", "it takes L/min"),
    ("mL", "3167-4", "note", "none that urine volume of a day (LOINC 3167-4) comes in", "it takes mL/d"),
    ("", "2160-0", "note", "no unit is given that creatinine", "Formulas and conversions leave it out"),
])  # fmt: skip
def test_a_code_and_a_unit_that_do_not_fit_are_told(
    unit: str, loinc: str, severity: str, rule: str, remedy: str
) -> None:
    (found,) = measured(book(("x", unit, loinc)))
    assert (found.severity, found.thing) == (severity, "x")
    assert rule in found.rule
    assert remedy in found.remedy


def test_two_features_that_are_one_quantity_are_told() -> None:
    (found,) = measured(book(("first", "mg/dL", "2160-0"), ("last", "umol/L", "14682-9"), ("na", "mmol/L", "2951-2")))
    assert found.rule == "so are last: all of them are creatinine by their LOINC codes"


def test_a_code_that_we_do_not_know_is_left_alone() -> None:
    assert list(measured(book(("x", "mg/dL", "2857-1"), ("y", "", "46098-0"), ("age", "", "30525-0")))) == []
