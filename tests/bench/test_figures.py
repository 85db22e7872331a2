"""Figures: the percentile, the verdict, and what is printed with them."""

import json

from tests.bench.figures import as_json, figure


def test_the_95th_percentile_is_a_value_that_occurred() -> None:
    found = figure("wait", [float(value) for value in range(1, 101)], goal=95.0)
    assert (found.n, found.median, found.p95, found.met) == (100, 50.5, 95.0, True)


def test_few_values_are_held_to_the_worst_of_them() -> None:
    found = figure("wait", [0.1, 0.2, 0.9], goal=0.5)
    assert (found.median, found.p95, found.met) == (0.2, 0.9, False)


def test_a_rate_is_held_by_its_median() -> None:
    found = figure("speed", [96.0, 94.0, 97.0], unit="%", goal=95.0, sense="at least")
    assert (found.median, found.met) == (96.0, True)


def test_a_figure_without_a_goal_has_no_verdict() -> None:
    found = figure("wait", [1.0])
    assert found.met is None
    assert "met" not in found.row()


def test_json_carries_the_machine_the_releases_and_the_verdicts() -> None:
    said = json.loads(as_json([figure("wait", [1.0], goal=0.5)]))
    assert {"cpu", "memory", "system", "python", "streamlit"} <= said["machine"].keys()
    assert [(row["name"], row["met"]) for row in said["figures"]] == [("wait", False)]


def test_a_ratio_that_may_not_be_too_large_is_held_by_its_median() -> None:
    found = figure("ours / theirs", [1.0, 1.1, 5.0], unit="ratio", goal=1.2, of="median")
    assert (found.median, found.p95, found.met) == (1.1, 5.0, True)
