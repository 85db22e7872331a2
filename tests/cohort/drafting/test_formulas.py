"""Formulas are found in the numbers, up to rounding, and not where columns are only alike."""

import numpy as np
import pytest

from creason_core.arrays import Floats
from creason_core.cohort.drafting.formulas import find_formulas

N = 500


@pytest.fixture
def columns() -> dict[str, Floats]:
    random = np.random.default_rng(3)
    sbp = random.normal(130, 20, N).round()
    dbp = (0.5 * sbp + random.normal(15, 8, N)).round()
    weight, height = random.normal(75, 12, N).round(1), random.normal(170, 9, N).round()
    pao2, fio2 = random.normal(90, 20, N).round(), random.uniform(0.21, 1, N).round(2)
    fever = random.normal(98.6, 1.5, N).round(1)
    parts = random.integers(0, 5, (4, N)).astype(float)
    return {
        "map": ((sbp + 2 * dbp) / 3).round(), "sbp": sbp, "dbp": dbp, "weight": weight, "height": height,
        "bmi": (weight / (height / 100) ** 2).round(1), "pao2": pao2, "fio2": fio2, "pf": (pao2 / fio2).round(),
        "temp_f": fever, "temp_c": ((fever - 32) / 1.8).round(1), "a": parts[0], "b": parts[1], "c": parts[2],
        "d": parts[3], "score": parts.sum(axis=0), "pulse_pressure": sbp - dbp, "noise": random.normal(size=N).round(2),
    }  # fmt: skip


STEPS = {"weight": 0.1, "bmi": 0.1, "fio2": 0.01, "temp_f": 0.1, "temp_c": 0.1, "noise": 0.01}


def steps(columns: dict[str, Floats]) -> dict[str, float]:
    return {name: STEPS.get(name, 1.0) for name in columns}


def test_clinical_formulas_sums_and_copies_are_found_and_named(columns: dict[str, Floats]) -> None:
    found = {formula.result: formula for formula in find_formulas(columns, steps(columns))}
    assert set(found) == {"map", "pulse_pressure", "bmi", "pf", "temp_c", "score"}
    assert (found["map"].inputs, found["map"].words) == (
        ("sbp", "dbp"), "a third of sbp and two thirds of dbp, as in mean arterial pressure",
    )  # fmt: skip
    assert found["pulse_pressure"].words == "sbp less dbp"
    assert found["bmi"].words == "weight over height squared, as in the body mass index"
    assert found["pf"].words == "the ratio of pao2 to fio2, but for a constant factor"
    assert found["temp_c"].inputs == ("temp_f",)
    assert set(found["score"].inputs) == {"a", "b", "c", "d"}


def test_columns_that_are_only_alike_are_no_formula() -> None:
    random = np.random.default_rng(4)
    x, y = random.normal(100, 15, (2, N)).round()
    columns = {
        "x": x,
        "y": y,
        "near": (0.9 * x + random.normal(0, 2, N)).round(),
        "sum": (x + y + random.normal(0, 3, N)).round(),
    }
    assert find_formulas(columns, dict.fromkeys(columns, 1.0)) == ()


def test_one_row_that_breaks_it_makes_it_no_formula(columns: dict[str, Floats]) -> None:
    two = {name: columns[name].copy() for name in ("sbp", "dbp", "pulse_pressure")}
    assert [formula.result for formula in find_formulas(two, steps(two))] == ["pulse_pressure"]
    two["pulse_pressure"][7] += 5
    assert find_formulas(two, steps(two)) == ()


def test_gaps_do_not_hide_a_formula(columns: dict[str, Floats]) -> None:
    random = np.random.default_rng(5)
    three = {name: np.where(random.random(N) < 0.3, np.nan, columns[name]) for name in ("sbp", "dbp", "map")}
    assert [formula.result for formula in find_formulas(three, steps(three))] == ["map"]
