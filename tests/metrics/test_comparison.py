import math

import numpy as np
import pytest
from scipy import stats

from creason_core.metrics.comparison import by_family, headroom, holm, mcnemar_mid_p, paired_difference


def test_mcnemar_mid_p_equals_the_published_example() -> None:
    # Fagerland et al. 2013, table 1 (airway hyper-responsiveness): 1 and 7 discordant, mid-p 0.039.
    assert mcnemar_mid_p(1, 7) == pytest.approx(20 / 512, abs=1e-12)
    assert mcnemar_mid_p(7, 1) == mcnemar_mid_p(1, 7)


def test_mcnemar_mid_p_is_the_exact_test_less_half_of_what_was_seen() -> None:
    for first, second in [(12, 30), (400, 452), (3000, 3200)]:
        exact = stats.binomtest(first, first + second).pvalue
        seen = stats.binom.pmf(first, first + second, 0.5)
        assert mcnemar_mid_p(first, second) == pytest.approx(exact - seen, rel=1e-6)


def test_mcnemar_without_disagreement_says_nothing() -> None:
    assert mcnemar_mid_p(0, 0) == 1.0
    assert mcnemar_mid_p(5, 5) == pytest.approx(1 - 0.5 * math.comb(10, 5) / 2**10)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx((0.03, 0.06, 0.06))
    assert holm([0.5, 0.9]) == (1.0, 1.0)
    assert holm([]) == ()


def test_a_paired_difference_by_hand() -> None:
    found = paired_difference([1, 1, 0, 1], [0, 1, 0, 0], ["a", "b", "c", "d"], seed=0)
    assert found.estimate.value == 0.5
    assert found.estimate.n == 4


def test_equal_models_do_not_differ() -> None:
    found = paired_difference([1, 0, 1], [1, 0, 1], list("abc"), seed=0)
    assert found.estimate.value == 0.0
    assert found.p == 1.0


def test_the_interval_of_a_paired_difference_covers_the_truth_and_its_test_keeps_its_level() -> None:
    """1,000 simulated comparisons: 120 patients, 1 to 7 questions, answers of both models tied to the patient."""
    rng = np.random.default_rng(30)
    clusters = np.repeat(np.arange(120), rng.integers(1, 8, 120))
    covered = rejected = 0
    for study in range(1000):
        skill = rng.beta(2, 2, 120)[clusters]
        luck = rng.random(len(clusters))  # shared: models fail on the same questions
        first = (0.5 * luck + 0.5 * rng.random(len(clusters)) < skill).astype(float)
        second = (0.5 * luck + 0.5 * rng.random(len(clusters)) < skill).astype(float)
        found = paired_difference(first, second, clusters, seed=study, draws=400)
        covered += found.estimate.interval.low <= 0.0 <= found.estimate.interval.high
        rejected += found.p < 0.05
    assert 930 <= covered <= 970
    assert 30 <= rejected <= 70


def test_headroom_is_the_share_of_the_way_from_prior_to_ceiling() -> None:
    model, prior, ceiling = [1, 1, 1, 0], [1, 0, 1, 0], [1, 1, 1, 1]
    assert headroom(model, prior, ceiling, range(4), seed=0).value == pytest.approx(0.5)
    assert math.isnan(headroom(model, ceiling, prior, range(4), seed=0).value)


def test_families_share_one_set_of_draws_and_keep_their_own_counts() -> None:
    found = by_family([1, 0, 1, 1], ["labs", "labs", "vitals", "labs"], ["p", "q", "q", "p"], seed=0)
    assert found["labs"].value == pytest.approx(2 / 3)
    assert (found["labs"].n, found["labs"].clusters) == (3, 2)
    assert (found["vitals"].n, found["vitals"].clusters) == (1, 1)
