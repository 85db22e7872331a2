"""Computed values with exact figures, and what is said where an input is missing."""

import pytest

from creason_core.case import Entry, make_case
from creason_core.codebook import packaged_codebook
from creason_core.computed import (
    Quantity,
    contradictions,
    mean_arterial_pressure,
    pf_ratio,
    readings,
    shock_index,
    sofa,
)

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
