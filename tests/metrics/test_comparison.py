import math

import numpy as np
import pytest
from scipy import stats

from creason_core.metrics.comparison import by_family, headroom, holm, mcnemar_mid_p, paired_difference
from tests.metrics.coverage import SIZES, differences


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


def test_a_p_value_is_never_below_what_so_few_patients_can_give() -> None:
    for patients in range(2, 13):
        clusters = np.repeat(np.arange(patients), 3)
        found = paired_difference(np.ones(3 * patients), np.zeros(3 * patients), clusters, seed=1)
        assert found.p == pytest.approx(2 / 2**patients)
    assert (found.estimate.value, found.estimate.interval.high) == (1.0, 1.0)


def test_one_patient_gives_neither_interval_nor_p() -> None:
    found = paired_difference([1, 1, 0], [0, 0, 0], [1, 1, 1], seed=1)
    assert found.estimate.value == pytest.approx(2 / 3)
    assert math.isnan(found.p)
    assert not found.estimate.interval.known


def test_five_patients_or_fewer_can_tell_no_difference() -> None:
    interval = paired_difference([0.9, 0.8, 1, 1, 0.9], [0, 0, 0, 0, 0], range(5), seed=1).estimate.interval
    assert (interval.low, interval.high) == (-1.0, 1.0)


def test_the_test_is_scipys_permutation_of_the_two_names() -> None:
    rng = np.random.default_rng(4)
    first, second = rng.integers(0, 2, (2, 9)).astype(float)
    theirs = stats.permutation_test(
        (first, second), lambda x, y: np.mean(x - y), permutation_type="samples", n_resamples=np.inf
    )
    assert paired_difference(first, second, range(9), seed=0).p == pytest.approx(theirs.pvalue)


def test_a_p_that_does_not_exist_is_no_test_of_its_family() -> None:
    assert holm([0.01, math.nan, 0.03]) == pytest.approx((0.02, math.nan, 0.03), nan_ok=True)


@pytest.mark.parametrize("patients", SIZES)
def test_the_interval_of_a_paired_difference_covers_the_truth_and_its_test_keeps_its_level(patients: int) -> None:
    found = differences(patients)
    assert found.held >= 935
    assert found.rejected <= 65
    if patients >= 20:
        assert found.rejected >= 15


def test_headroom_is_the_share_of_the_way_from_prior_to_ceiling() -> None:
    model, prior, ceiling = [1, 1, 1, 0], [1, 0, 1, 0], [1, 1, 1, 1]
    assert headroom(model, prior, ceiling, range(4), seed=0).value == pytest.approx(0.5)
    assert math.isnan(headroom(model, ceiling, prior, range(4), seed=0).value)


def test_families_share_one_set_of_draws_and_keep_their_own_counts() -> None:
    found = by_family([1, 0, 1, 1], ["labs", "labs", "vitals", "labs"], ["p", "q", "q", "p"])
    assert found["labs"].value == pytest.approx(2 / 3)
    assert (found["labs"].n, found["labs"].clusters) == (3, 2)
    assert (found["vitals"].n, found["vitals"].clusters) == (1, 1)
