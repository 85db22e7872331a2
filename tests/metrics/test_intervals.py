import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from creason_core.metrics import wilson
from creason_core.metrics.intervals import (
    cluster_sums,
    mean,
    mean_loss,
    percentile_interval,
    ratio,
    resample,
    student_975,
)
from tests.metrics.coverage import SIZES, losses, shares


def test_wilson_interval_equals_the_published_example() -> None:
    # Newcombe, Stat Med 1998, table I: 81 of 263 gives 0.2553 to 0.3662.
    interval = wilson(81, 263)
    assert interval.low == pytest.approx(0.2553, abs=5e-5)
    assert interval.high == pytest.approx(0.3662, abs=5e-5)


def test_wilson_interval_of_nothing_is_everything() -> None:
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


def test_wilson_interval_refuses_what_is_no_proportion() -> None:
    with pytest.raises(ValueError, match="6 successes in 5 trials"):
        wilson(6, 5)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_holds_the_share_and_stays_in_range(drawn: tuple[int, int]) -> None:
    successes, trials = drawn
    interval = wilson(successes, trials)
    assert 0.0 <= interval.low <= successes / trials <= interval.high <= 1.0


def test_sums_are_those_of_whole_clusters_by_hand() -> None:
    # Two clusters: a = {1, 3}, b = {10}. A draw of two clusters sums to aa = 8, ab = 14 or bb = 20.
    sums = resample([[1.0], [10.0], [3.0]], ["a", "b", "a"], seed=0)
    assert sums.observed.tolist() == [14.0]
    assert sums.clusters.tolist() == [2]
    values, counts = np.unique(sums.drawn[:, 0], return_counts=True)
    assert values.tolist() == [8.0, 14.0, 20.0]
    assert (counts / 2000).tolist() == pytest.approx([0.25, 0.5, 0.25], abs=0.04)


def test_the_same_seed_gives_the_same_draws() -> None:
    columns, clusters = np.random.default_rng(1).random((300, 2)), np.arange(300) % 60
    one, two = (resample(columns, clusters, seed=5).drawn for _ in range(2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, resample(columns, clusters, seed=6).drawn)


def test_rows_may_come_in_any_order() -> None:
    rng = np.random.default_rng(1)
    values, clusters, shuffled = rng.random(300), rng.integers(0, 60, 300), rng.permutation(300)
    one, two = mean(values, clusters), mean(values[shuffled], clusters[shuffled])
    assert one.interval.low == pytest.approx(two.interval.low, abs=1e-12)
    assert one.interval.high == pytest.approx(two.interval.high, abs=1e-12)


def test_an_estimate_counts_its_questions_and_its_patients() -> None:
    found = mean([1, 0, 1, 1], ["p", "p", "q", "r"])
    assert (found.value, found.n, found.clusters) == (0.75, 4, 3)


def test_with_many_patients_of_one_question_the_interval_is_wilsons() -> None:
    found, theirs = mean([1.0] * 600 + [0.0] * 1400, range(2000)).interval, wilson(600, 2000)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=2e-4)


def test_the_variance_and_its_freedom_are_those_of_a_regression_on_a_constant() -> None:
    """CR2 and Satterthwaite's degrees of freedom from their matrices, for clusters of 1, 3 and 6 questions."""
    sizes, right = np.array([1, 3, 6]), np.array([1.0, 1, 0, 1, 0, 0, 0, 1, 0, 0])
    clusters, n = np.repeat(range(3), sizes), 10
    members = (clusters[:, None] == range(3)).astype(float)
    residuals = right - right.mean()
    less_mean = np.eye(n) - 1 / n
    adjusted = []  # each cluster's weights of the errors in the adjusted sum of its residuals
    for k in range(3):
        own = members[:, k] == 1
        values, vectors = np.linalg.eigh(less_mean[np.ix_(own, own)])
        root = vectors @ np.diag(values**-0.5) @ vectors.T
        adjusted.append(root.sum(axis=0) @ less_mean[own] / n)
    variance = sum(float(weights @ right) ** 2 for weights in adjusted)
    assert variance == pytest.approx(sum(float(weights @ residuals) ** 2 for weights in adjusted))
    freedom = []
    for errors in (np.eye(n), members @ members.T):  # independent, and one answer a cluster
        found = np.array(adjusted) @ errors @ np.array(adjusted).T
        freedom.append(np.trace(found) ** 2 / np.trace(found @ found))
    t = stats.t.ppf(0.975, min(freedom))
    trials = 0.4 * 0.6 / variance
    centre = (0.4 + t**2 / (2 * trials)) / (1 + t**2 / trials)
    half = t / (1 + t**2 / trials) * math.sqrt(0.24 / trials + t**2 / (4 * trials**2))
    interval = mean(right, clusters).interval
    assert (interval.low, interval.high) == pytest.approx((centre - half, centre + half), abs=0.01)


@pytest.mark.parametrize("patients", [2, 5, 30])
def test_where_every_answer_is_wrong_the_interval_is_the_exact_one_of_one_trial_a_patient(patients: int) -> None:
    found = mean(np.zeros(3 * patients), np.repeat(np.arange(patients), 3)).interval
    exact = stats.binomtest(0, patients).proportion_ci(method="exact")
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high))
    right = mean(np.ones(patients), range(patients)).interval
    assert (right.low, right.high) == pytest.approx((1 - exact.high, 1.0))


def test_one_patient_gives_no_interval_and_says_why() -> None:
    found = mean([1, 0, 1], [1, 1, 1])
    assert found.value == pytest.approx(2 / 3)
    assert not found.interval.known
    assert found.ends("{:.1f}".format) == "no interval: only one patient"
    assert mean([1, 0], [1, 2]).ends("{:.1f}".format) == "0.0 to 1.0"


def test_patients_who_are_all_alike_give_no_certainty() -> None:
    assert mean([1, 0, 1, 0], [1, 1, 2, 2]).interval.high - mean([1, 0, 1, 0], [1, 1, 2, 2]).interval.low > 0.8
    many = mean([0.2] * 400, range(400)).interval
    assert (many.low, many.high) == pytest.approx((0.198, 0.207), abs=1e-3)


def test_a_figure_that_is_drawn_has_no_interval_below_twenty_patients() -> None:
    drawn = np.random.default_rng(0).normal(size=2000)
    assert not percentile_interval(drawn, 19).known
    assert percentile_interval(drawn, 20).known


def test_no_questions_give_no_figure() -> None:
    nothing = ratio(cluster_sums(np.zeros((3, 2)), [1, 2, 3]), 0, 1)
    assert math.isnan(nothing.value)
    assert nothing.n == 0
    assert nothing.ends("{:.1f}".format) == "no interval"


def test_few_clusters_widen_the_interval() -> None:
    drawn = np.random.default_rng(0).normal(size=2000)
    few, many = percentile_interval(drawn, 20), percentile_interval(drawn, 10_000)
    assert few.high - few.low > 1.05 * (many.high - many.low)
    assert many.high == pytest.approx(1.96, abs=0.15)


@pytest.mark.parametrize("freedom", [1, 1.2, 1.5, 2, 2.6, 3, 3.5, 5, 10, 30, 463])
def test_students_quantile_is_scipys(freedom: float) -> None:
    assert -0.005 < student_975(freedom) / stats.t.ppf(0.975, freedom) - 1 < 0.03


@pytest.mark.parametrize("patients", SIZES)
@pytest.mark.parametrize("skill", [(2, 3), (9, 1)], ids=["middling", "mostly right"])
def test_the_interval_over_patients_covers_the_truth_in_95_of_100_studies(
    patients: int, skill: tuple[float, float]
) -> None:
    found = shares(patients, skill)
    assert found.over_patients >= 930
    if patients == 50:
        assert found.over_patients <= 970
        assert found.independent < 930


@pytest.mark.parametrize("patients", [*SIZES, 150])
@pytest.mark.parametrize("risk", [(1, 4), (0.5, 9)], ids=["usual", "mostly sure"])
def test_the_interval_of_a_loss_covers_the_truth_though_large_ones_are_rare(
    patients: int, risk: tuple[float, float]
) -> None:
    assert losses(patients, risk, studies=200) >= 186


def test_the_interval_of_a_loss_reaches_as_far_as_the_exact_one_of_losses_that_are_0_or_1() -> None:
    found, exact = mean_loss([1, 0, 0, 0, 0, 0, 0, 0], range(8)).interval, stats.binomtest(1, 8).proportion_ci()
    assert found.low == pytest.approx(exact.low, abs=2e-3)
    assert found.high >= exact.high - 0.01
    assert mean_loss([0.3] * 300, range(300)).interval == mean([0.3] * 300, range(300)).interval
    assert not mean_loss([0.3, 0.2], [1, 1]).interval.known
