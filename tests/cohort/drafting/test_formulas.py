"""Formulas are found in the numbers, up to rounding, and not where columns are only alike."""

from collections.abc import Callable

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


def with_gaps(columns: dict[str, Floats], share: float) -> dict[str, Floats]:
    random = np.random.default_rng(5)
    return {name: np.where(random.random(len(values)) < share, np.nan, values) for name, values in columns.items()}


@pytest.mark.parametrize(("patients", "share"), [(60, 0.0), (300, 0.1), (3000, 0.3)])
def test_an_input_smaller_than_the_others_rounding_is_part_of_the_sum(patients: int, share: float) -> None:
    random = np.random.default_rng(6)
    na, cl, hco3 = (random.normal(mean, sd, patients).round() for mean, sd in ((139, 5), (102, 6), (22, 5)))
    columns = {"na": na, "k": random.normal(4.2, 0.6, patients).round(1), "cl": cl, "hco3": hco3}
    columns["gap"] = (na + columns["k"] - cl - hco3).round(1)
    columns["noise"] = random.normal(4, 1, patients).round(1)
    found = find_formulas(with_gaps(columns, share), {**steps(columns), "k": 0.1, "gap": 0.1}, holds_in=0.95)
    assert [{f.result, *f.inputs} for f in found] == [{"na", "k", "cl", "hco3", "gap"}]


@pytest.mark.parametrize(("patients", "share"), [(60, 0.0), (300, 0.1), (3000, 0.1)])
def test_a_product_of_three_is_found(patients: int, share: float) -> None:
    random = np.random.default_rng(7)
    airway, fio2 = random.normal(16, 4, patients).clip(6).round(), random.uniform(0.21, 1, patients).round(2)
    columns = {"airway": airway, "fio2": fio2, "pao2": random.gamma(8, 12, patients).round() + 30}
    columns["index"] = (100 * airway * fio2 / columns["pao2"]).round(1)
    columns["noise"] = random.normal(4, 1, patients).round(1) + 10
    found = find_formulas(with_gaps(columns, share), {**steps(columns), "index": 0.1}, holds_in=0.95)
    assert [{f.result, *f.inputs} for f in found] == [{"airway", "fio2", "pao2", "index"}]


def test_values_that_are_missing_here_and_there_hide_no_ratio() -> None:
    random = np.random.default_rng(8)
    columns = {"pao2": random.gamma(8, 12, 60).round() + 30, "fio2": random.uniform(0.21, 1, 60).round(1)}
    columns["pf"] = (columns["pao2"] / columns["fio2"]).round()
    found = find_formulas(with_gaps(columns, 0.15), steps(columns), holds_in=0.95)
    assert [{f.result, *f.inputs} for f in found] == [{"pao2", "fio2", "pf"}]


def _two(patients: int) -> dict[str, Floats]:
    random = np.random.default_rng(9)
    x, y = random.gamma(9, 12, patients).round() + 20, random.gamma(7, 12, patients).round() + 20
    return {"x": x, "y": y, "noise": random.gamma(5, 20, patients).round() + 1}


@pytest.mark.parametrize("patients", [80, 2000])
@pytest.mark.parametrize(
    ("made", "words"),
    [
        (np.maximum, "the larger of x and y"),
        (np.minimum, "the smaller of x and y"),
        (lambda x, y: (100 * (1 - y / (x + 40))).round(1), None),  # no ratio of the two: 40 is nowhere
        (lambda x, y: (100 * (x - y) / x).round(1), "a straight line of the ratio of y to x"),
        (lambda x, y: (100 * x / (x + y)).round(1), "a straight line of the share of"),
        (lambda x, y: (x / (x + y)).round(2), "a straight line of the share of"),
    ],
)
def test_extremes_ratios_on_another_scale_and_shares_are_found(
    patients: int, made: Callable[[Floats, Floats], Floats], words: str | None
) -> None:
    columns = _two(patients)
    columns["z"] = made(columns["x"], columns["y"])
    step = {**dict.fromkeys(columns, 1.0), "z": 0.01 if np.nanmax(columns["z"]) <= 1 else 0.1}
    columns["z"][::40] += 10 * step["z"]  # slips of the pen
    for shown in (columns, with_gaps(columns, 0.15)):
        found = find_formulas(shown, step, holds_in=0.95)
        if words is None:
            assert found == ()
        else:
            assert [{f.result, *f.inputs} for f in found] == [{"x", "y", "z"}]
            assert found[0].words.startswith(words)


@pytest.mark.parametrize(("patients", "anuric"), [(60, 0.1), (400, 0.5)])
def test_a_ratio_of_which_many_are_zero_is_found(patients: int, anuric: float) -> None:
    random = np.random.default_rng(11)
    urine = np.where(random.random(patients) < anuric, 0.0, random.gamma(3, 500, patients).round())
    columns = {"urine": urine, "weight": random.normal(78, 14, patients).clip(40).round(1)}
    columns |= {"per_kg": (urine / columns["weight"] / 24).round(2), "noise": random.gamma(3, 500, patients).round()}
    step = {"urine": 1.0, "weight": 0.1, "per_kg": 0.01, "noise": 1.0}
    for shown in (columns, with_gaps(columns, 0.1)):
        found = find_formulas(shown, step, holds_in=0.95)
        assert [{f.result, *f.inputs} for f in found] == [{"urine", "weight", "per_kg"}]


def test_the_larger_of_two_is_no_coincidence_of_counts_that_are_mostly_zero() -> None:
    random = np.random.default_rng(10)
    zeros: dict[str, Floats] = {
        name: np.asarray(random.poisson(0.02, 3000) * random.integers(1, 9, 3000), dtype=np.float64) for name in "abcd"
    }
    assert find_formulas(zeros, dict.fromkeys(zeros, 1.0), holds_in=0.95) == ()


def _found_with_noise(x: Floats, y: Floats, z: Floats) -> list[set[str]]:
    random = np.random.default_rng(12)
    columns = {f"noise{place}": random.gamma(5, 20, len(x)).round() + 1 for place in range(6)} | {
        "x": x,
        "y": y,
        "z": z,
    }
    found = find_formulas(columns, {**dict.fromkeys(columns, 1.0), "z": 0.1}, holds_in=0.95)
    return [{formula.result, *formula.inputs} for formula in found]


def test_a_ratio_is_found_where_values_were_typed_without_their_point() -> None:
    x, y, _ = _two(400).values()
    fraction = (100 * (x - y) / x).round(1)
    fraction[::33] *= 10
    assert _found_with_noise(x, y, fraction) == [{"x", "y", "z"}]


def test_a_ratio_is_found_where_its_divisor_is_zero_now_and_then_and_where_few_have_it() -> None:
    x, y, _ = _two(3000).values()
    random = np.random.default_rng(13)
    y[random.random(len(y)) < 0.1] = 0.0
    with np.errstate(divide="ignore"):
        ratio = np.where(y > 0, (5 + 100 * x / y).round(1), np.nan)
    assert _found_with_noise(x, y, ratio) == [{"x", "y", "z"}]
    assert _found_with_noise(x, y, (100 * x / (x + y)).round(1)) == [{"x", "y", "z"}]
    measured = random.random(len(x)) < 0.05
    measured[:400] = False
    x, y, ratio = (np.where(measured, column, np.nan) for column in (x, y + 1, 5 + 100 * x / (y + 1)))
    assert _found_with_noise(x, y, ratio) == [{"x", "y", "z"}]


@pytest.mark.parametrize("made", [
    lambda x, y, z: ((0.1 * x * y).round(1), {"x", "y"}),  # of both signs
    lambda x, y, z: ((x * z / 100).round(), {"x", "z"}),
    lambda x, y, z: (z + y, {"y", "z"}),  # y is small beside z, and follows from the others all the same
    lambda x, y, z: (z + y - (x / 10).round(), {"x", "y", "z"}),
])  # fmt: skip
def test_products_of_both_signs_and_sums_of_very_unlike_ranges_are_found(
    made: Callable[[Floats, Floats, Floats], tuple[Floats, set[str]]],
) -> None:
    random = np.random.default_rng(6)
    x, y, noise = random.normal(0, 60, N).round(), random.normal(0, 4, N).round(), random.normal(0, 9, N).round()
    z = np.exp(random.normal(6, 1.5, N)).round()
    result, inputs = made(x, y, z)
    columns = {"x": x, "y": y, "z": z, "noise": noise, "result": result}
    found = find_formulas(columns, dict.fromkeys(columns, 1.0) | {"result": 0.1}, holds_in=0.95)
    assert {frozenset({one.result, *one.inputs}) for one in found} == {frozenset({"result", *inputs})}
