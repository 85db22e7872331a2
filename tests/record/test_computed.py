"""Computed values with exact figures, and what is said where an input is missing."""

import pytest

from creason_core.record.case import Entry, make_case
from creason_core.record.codebook import Feature, packaged_codebook
from creason_core.record.computed import (
    Quantity,
    computed_values,
    contradictions,
    mean_arterial_pressure,
    pf_ratio,
    readings,
    readings_of,
    shock_index,
)
from creason_core.record.sofa import sofa

RHC = packaged_codebook("rhc")


def test_map_is_a_third_of_the_way_from_diastolic_to_systolic() -> None:
    found = mean_arterial_pressure({"systolic": 120, "diastolic": 75})
    assert (found.value, found.text, found.provenance) == (90.0, "90 mmHg", "computed")


def test_pf_is_pressure_over_fraction() -> None:
    assert pf_ratio({"pao2": 80, "fio2": 0.4}).value == pytest.approx(200.0)


def test_shock_index_is_rate_over_pressure() -> None:
    assert shock_index({"heart_rate": 120, "systolic": 80}).text == "1.50"


def test_a_missing_input_is_named_and_gives_no_value() -> None:
    found = mean_arterial_pressure({"systolic": 120})
    assert (found.value, found.missing, found.text) == (None, ("diastolic pressure",), "missing: diastolic pressure")
    assert shock_index({"heart_rate": 120, "systolic": 0}).value is None


@pytest.mark.parametrize(("given", "organ", "low", "high"), [
    ({"pf": 400}, "respiration", 0, 0),
    ({"pf": 399}, "respiration", 1, 1),
    ({"pf": 299}, "respiration", 2, 2),
    ({"pf": 199}, "respiration", 2, 3),
    ({"pf": 99}, "respiration", 2, 4),
    ({"pao2": 90, "fio2": 0.3}, "respiration", 1, 1),
    ({}, "respiration", 0, 4),
    ({"platelets": 150}, "coagulation", 0, 0),
    ({"platelets": 149}, "coagulation", 1, 1),
    ({"platelets": 19}, "coagulation", 4, 4),
    ({"bilirubin": 1.1}, "liver", 0, 0),
    ({"bilirubin": 1.2}, "liver", 1, 1),
    ({"bilirubin": 12.0}, "liver", 4, 4),
    ({"map": 70}, "cardiovascular", 0, 4),
    ({"map": 69}, "cardiovascular", 1, 4),
    ({"glasgow": 15}, "nervous system", 0, 0),
    ({"glasgow": 14}, "nervous system", 1, 1),
    ({"glasgow": 12}, "nervous system", 2, 2),
    ({"glasgow": 5}, "nervous system", 4, 4),
    ({"creatinine": 1.1}, "kidney", 0, 4),
    ({"creatinine": 3.6}, "kidney", 3, 4),
    ({"creatinine": 1.1, "urine": 500}, "kidney", 0, 0),
    ({"creatinine": 1.0, "urine": 100}, "kidney", 4, 4),
    ({"creatinine": 5.0}, "kidney", 4, 4),
    ({"creatinine": 1.3, "urine": 450}, "kidney", 3, 3),
    ({"urine": 100}, "kidney", 4, 4),
    ({"urine": 900}, "kidney", 0, 4),
])  # fmt: skip
def test_sofa_points_follow_the_published_limits(given: dict[Quantity, float], organ: str, low: int, high: int) -> None:
    (part,) = [part for part in sofa(given).parts if part.organ == organ]
    assert (part.low, part.high) == (low, high)
    assert part.score == (low if low == high else None)


def test_a_missing_part_is_shown_and_not_scored_as_normal() -> None:
    found = sofa({"pf": 350, "bilirubin": 2.5, "creatinine": 2.2, "map": 60})
    assert found.score is None
    assert found.text == "SOFA 6–19 (4 of 6 parts missing)"
    assert found.missing == ("coagulation", "cardiovascular", "nervous system", "kidney")
    assert found.parts[-1].missing == ("urine output",)


def test_filled_in_normals_are_no_reading() -> None:
    case = make_case(
        "p1",
        [
            Entry(feature="bili1", value=1.01, provenance="registry", measured=False),
            Entry(feature="crea1", value=2.2, provenance="registry"),
            Entry(feature="meanbp1", value=60, provenance="registry"),
            Entry(feature="sex", value="Male", provenance="registry"),
        ],
        RHC,
    )
    assert readings(case, RHC) == {"creatinine": 2.2, "map": 60.0}


def test_a_mean_pressure_outside_systolic_and_diastolic_is_a_contradiction() -> None:
    (found,) = contradictions({"map": 40, "systolic": 120, "diastolic": 70})
    assert found.message == "A mean arterial pressure of 40 does not fit 120/70 mmHg."


def test_other_values_that_do_not_fit_are_told() -> None:
    assert "diastolic pressure of 90 does not fit" in contradictions({"systolic": 80, "diastolic": 90})[0].message
    assert "which give 200 mmHg" in contradictions({"pf": 300, "pao2": 80, "fio2": 0.4})[0].message


def test_values_that_fit_are_no_contradiction() -> None:
    assert contradictions({"map": 87, "systolic": 120, "diastolic": 70, "pf": 205, "pao2": 80, "fio2": 0.4}) == ()


def measured(name: str, unit: str, loinc: str) -> Feature:
    return Feature(name=name, label=name.capitalize(), section="s", kind="number", time="day1", unit=unit, loinc=loinc)


SI = (
    (measured("creatinine", "umol/L", "14682-9"), 80.0),
    (measured("bilirubin", "µmol/L", "14631-6"), 20.0),
    (measured("pao2", "kPa", "2703-7"), 12.0),
    (measured("fio2", "%", "3150-0"), 21.0),
    (measured("platelets", "/uL", "777-3"), 180_000.0),
    (measured("map", "kPa", "8478-0"), 12.0),
    (measured("glasgow", "{score}", "9269-2"), 15.0),
    (measured("urine", "L/d", "3167-4"), 1.5),
)


def test_values_of_an_si_codebook_are_converted_before_a_formula_takes_them() -> None:
    given = readings_of(SI)
    assert {name: round(value, 3) for name, value in given.items()} == {
        "creatinine": 0.905, "bilirubin": 1.169, "pao2": 90.01, "fio2": 0.21, "platelets": 180.0, "map": 90.01,
        "glasgow": 15.0, "urine": 1500.0,
    }  # fmt: skip
    assert pf_ratio(given).text == "429 mmHg"
    assert [(part.low, part.high) for part in sofa(given).parts] == [(0, 0), (0, 0), (0, 0), (0, 4), (0, 0), (0, 0)]
    assert sofa(given).parts[-1].because == "creatinine 0.905, urine output 1500"


def test_a_code_of_mass_over_a_unit_of_amount_goes_by_the_unit() -> None:
    assert readings_of([(measured("creatinine", "umol/L", "2160-0"), 80.0)])["creatinine"] == pytest.approx(
        0.905, rel=1e-3
    )


@pytest.mark.parametrize(("feature", "value", "quantity", "told"), [
    (measured("creatinine", "", "2160-0"), 80.0, "creatinine", "without a unit in the codebook"),
    (measured("creatinine", "kPa", "2160-0"), 80.0, "creatinine", "in 'kPa', which cannot be converted"),
    (measured("urine", "mL", "3167-4"), 50.0, "urine", "in 'mL', which cannot be converted"),
    (measured("fio2", "1", "3150-0"), 21.0, "fio2", "21 is no fraction of inspired oxygen"),
    (measured("fio2", "%", "3150-0"), 0.4, "fio2", "0.004 is no fraction of inspired oxygen"),
    (measured("fio2", "%", "3150-0"), 0.0, "fio2", "0 is no fraction of inspired oxygen"),
])  # fmt: skip
def test_what_cannot_be_converted_is_no_input_and_said_so(
    feature: Feature, value: float, quantity: Quantity, told: str
) -> None:
    given = readings_of([(feature, value)])
    assert dict(given) == {}
    assert told in given.refused[quantity]
    shown = [*(item.text for item in computed_values(given)), *(part.because for part in sofa(given).parts)]
    assert any(told in text for text in shown)


def test_two_features_of_one_quantity_are_ambiguous() -> None:
    first, last = measured("first", "mg/dL", "2160-0"), measured("last", "umol/L", "14682-9")
    given = readings_of([(first, 1.0), (last, 400.0)])
    assert "creatinine" not in given
    assert "First and Last both give it" in sofa(given).parts[-1].because
    assert dict(readings_of([(last, 400.0)])) == {"creatinine": pytest.approx(4.525, rel=1e-3)}
    at_discharge = last.model_copy(update={"time": "outcome"})
    assert dict(readings_of([(first, 1.0), (at_discharge, 400.0)])) == {"creatinine": 1.0}


def test_a_pressure_that_two_features_give_is_not_worked_out_from_others_instead() -> None:
    pressures = [("one", "8478-0", 60.0), ("two", "8478-0", 80.0), ("sys", "8480-6", 120.0), ("dia", "8462-4", 75.0)]
    given = readings_of((measured(name, "mm[Hg]", loinc), value) for name, loinc, value in pressures)
    circulation = sofa(given).parts[3]
    assert (circulation.low, circulation.high) == (0, 4)
    assert "One and Two both give it" in circulation.because


def test_a_limit_is_met_by_a_value_that_was_kept_in_another_unit() -> None:
    given = readings_of([(measured("creatinine", "umol/L", "14682-9"), 106.08), (SI[-1][0], 1.5)])  # 1.2 mg/dL
    assert sofa(given).parts[-1].score == 1


def test_a_score_needs_no_unit() -> None:
    assert dict(readings_of([(measured("gcs", "", "9269-2"), 12.0)])) == {"glasgow": 12.0}


@pytest.mark.parametrize("loinc", ["3151-8", "3150-6", "11556-8", "54347-0"])
def test_codes_of_other_quantities_are_no_input(loinc: str) -> None:
    assert dict(readings_of([(measured("value", "L/min", loinc), 1.0)])) == {}


def test_a_fraction_of_zero_gives_no_ratio() -> None:
    assert pf_ratio({"pao2": 80, "fio2": 0.0}).value is None
    assert pf_ratio({"pao2": 80, "fio2": 21}).text == "missing: an FiO₂ of 0.2–1"
