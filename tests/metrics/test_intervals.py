import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from creason_core.metrics import wilson
from creason_core.metrics.intervals import _student_975, mean, percentile_interval, ratio, resample


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


def test_the_same_seed_gives_the_same_interval_and_rows_may_come_in_any_order() -> None:
    rng = np.random.default_rng(1)
    values, clusters = rng.random(300), rng.integers(0, 60, 300)
    shuffled = rng.permutation(300)
    one, two = mean(values, clusters, seed=5), mean(values[shuffled], clusters[shuffled], seed=5)
    assert one.interval.low == pytest.approx(two.interval.low, abs=1e-12)
    assert one.interval != mean(values, clusters, seed=6).interval


def test_an_estimate_counts_its_questions_and_its_patients() -> None:
    found = mean([1, 0, 1, 1], ["p", "p", "q", "r"], seed=0)
    assert (found.value, found.n, found.clusters) == (0.75, 4, 3)


def test_where_every_answer_is_wrong_the_interval_is_wilsons_with_one_trial_a_patient() -> None:
    found = mean(np.zeros(90), np.repeat(np.arange(30), 3), seed=0)
    assert found.interval == wilson(0, 30)
    assert mean(np.ones(90), np.repeat(np.arange(30), 3), seed=0).interval == wilson(30, 30)


def test_no_questions_give_no_figure() -> None:
    nothing = ratio(resample(np.zeros((3, 2)), [1, 2, 3], seed=0), 0, 1)
    assert math.isnan(nothing.value)
    assert nothing.n == 0


def test_few_clusters_widen_the_interval() -> None:
    drawn = np.random.default_rng(0).normal(size=2000)
    few, many = percentile_interval(drawn, 8), percentile_interval(drawn, 10_000)
    assert few.high - few.low > 1.2 * (many.high - many.low)
    assert many.high == pytest.approx(1.96, abs=0.15)


@pytest.mark.parametrize("freedom", [1, 2, 3, 5, 10, 30, 463])
def test_students_quantile_is_scipys(freedom: int) -> None:
    assert _student_975(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=0.004)


def test_the_interval_over_patients_covers_the_truth_in_95_of_100_studies() -> None:
    """1,000 simulated studies of 150 patients with 1 to 9 questions each and patients that differ in difficulty.

    Every study is a column, so that one matrix product gives the draws of all of them.
    """
    rng = np.random.default_rng(20)
    sizes = rng.integers(1, 10, 150)
    clusters = np.repeat(np.arange(150), sizes)
    chance = rng.beta(2, 3, size=(150, 1000))[clusters]  # mean 0.4; intraclass correlation 1/6
    right = (rng.random(chance.shape) < chance).astype(float)
    sums = resample(np.hstack([right, np.ones((len(right), 1))]), clusters, seed=0)
    intervals = [ratio(sums, study, 1000).interval for study in range(1000)]
    covered = sum(interval.low <= 0.4 <= interval.high for interval in intervals)
    assert 930 <= covered <= 970

    as_if_independent = [wilson(int(right[:, study].sum()), len(right)) for study in range(1000)]
    assert sum(interval.low <= 0.4 <= interval.high for interval in as_if_independent) < 900


def test_the_interval_still_covers_with_twenty_patients() -> None:
    rng = np.random.default_rng(21)
    clusters = np.repeat(np.arange(20), 5)
    chance = rng.beta(2, 2, size=(20, 1000))[clusters]
    right = (rng.random(chance.shape) < chance).astype(float)
    sums = resample(np.hstack([right, np.ones((len(right), 1))]), clusters, seed=0)
    covered = sum(
        interval.low <= 0.5 <= interval.high for interval in (ratio(sums, s, 1000).interval for s in range(1000))
    )
    assert 930 <= covered <= 970
