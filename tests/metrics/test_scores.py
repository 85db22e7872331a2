import numpy as np
import pytest

from creason_core.metrics.intervals import mean
from creason_core.metrics.scores import (
    balanced_accuracy,
    brier,
    ece,
    equal_mass_bins,
    nll,
    reliability,
    risk_coverage,
)


def test_balanced_accuracy_weighs_features_and_then_true_options_alike() -> None:
    # Feature f: option 0 right 3 of 4, option 1 right 0 of 1 → 0.375. Feature g: option 0 right 1 of 1 → 1.
    scores = [1, 1, 1, 0, 0, 1]
    found = balanced_accuracy(scores, list("fffffg"), [0, 0, 0, 0, 1, 0], range(6), seed=0)
    assert found.value == pytest.approx((0.375 + 1.0) / 2)
    assert found.ends("{:.2f}".format) == "no interval: only 6 patients"


def test_balanced_accuracy_of_only_wrong_answers_does_not_claim_certainty() -> None:
    found = balanced_accuracy([0] * 30, list("ffg") * 10, [0, 1, 0] * 10, range(30), seed=0)
    assert found.interval == mean([0] * 30, range(30)).interval


def test_the_interval_of_balanced_accuracy_holds_the_truth_where_options_are_rare_and_missed() -> None:
    rng = np.random.default_rng(1)
    shares = rng.dirichlet([8, 2, 0.7, 0.4], size=40)
    recalls = np.where(shares > 0.4, 0.95, 0.15)
    held = 0
    for study in range(100):
        features = rng.integers(0, 40, 600)
        options = (rng.random(600)[:, None] > shares.cumsum(axis=1)[features, :3]).sum(axis=1)
        known = {feature: np.unique(options[features == feature]) for feature in np.unique(features)}
        truth = np.mean([recalls[feature][seen].mean() for feature, seen in known.items()])
        scores = rng.random(600) < recalls[features, options]
        found = balanced_accuracy(scores, features, options, rng.integers(0, 350, 600), seed=study, draws=300)
        assert found.interval.low < found.value < found.interval.high
        held += bool(found.interval.low <= truth <= found.interval.high)
    assert held >= 90


def test_the_interval_of_a_low_balanced_accuracy_stays_in_range() -> None:
    options = [0] * 40 + [1, 2, 3]
    found = balanced_accuracy([1] + [0] * 42, ["f"] * 43, options, range(43), seed=0)
    assert found.value == pytest.approx(0.025 / 4)
    assert 0 <= found.interval.low <= found.value <= found.interval.high


def test_brier_and_log_loss_by_hand() -> None:
    probabilities = [[0.7, 0.2, 0.1], [0.5, 0.5, 0.0]]
    assert brier(probabilities, [0, 1]).tolist() == pytest.approx([0.09 + 0.04 + 0.01, 0.5])
    assert nll(probabilities, [2, 0]).tolist() == pytest.approx([-np.log(0.1), -np.log(0.5)])
    assert nll([[1.0, 0.0]], [1])[0] == pytest.approx(12 * np.log(10))


def test_bins_hold_equally_many_and_never_part_ties() -> None:
    assert np.bincount(equal_mass_bins(np.random.default_rng(0).random(150))).tolist() == [10] * 15
    assert equal_mass_bins([0.2, 0.2, 0.8, 0.8], bins=4).tolist() == [1, 1, 3, 3]


def test_calibration_error_by_hand() -> None:
    # Half of the answers claim 0.6 and are right 1 of 2, half claim 0.9 and are right 2 of 2.
    found = ece([0.6, 0.6, 0.9, 0.9], [1, 0, 1, 1], range(4), seed=0)
    assert found.value == pytest.approx(0.5 * 0.1 + 0.5 * 0.1)


def test_calibration_error_of_a_calibrated_model_is_only_noise() -> None:
    rng = np.random.default_rng(3)
    confidence = rng.uniform(0.2, 1.0, 12_000)
    right = rng.random(12_000) < confidence
    assert ece(confidence, right, range(12_000), seed=0).value < 0.02
    assert ece(np.minimum(confidence + 0.2, 1), right, range(12_000), seed=0).value == pytest.approx(0.175, abs=0.02)
    few = ece(confidence[:60], right[:60], range(60), seed=0)  # mostly the noise of 15 bins of 4
    assert 0 <= few.interval.low < few.value < few.interval.high


def test_reliability_bins_rise_and_count_every_answer_once() -> None:
    rng = np.random.default_rng(4)
    confidence = rng.random(900)
    bins = reliability(confidence, rng.random(900) < confidence, range(900))
    assert [one.accuracy.n for one in bins] == [60] * 15
    assert [one.confidence for one in bins] == sorted(one.confidence for one in bins)


def test_risk_coverage_by_hand() -> None:
    # By falling confidence: right, wrong, right → risks 0, 1/2, 1/3.
    curve = risk_coverage([0.9, 0.5, 0.7], [1, 1, 0])
    assert curve.coverage.tolist() == pytest.approx([1 / 3, 2 / 3, 1])
    assert curve.risk.tolist() == pytest.approx([0, 1 / 2, 1 / 3])
    assert curve.area == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)
    assert curve.accuracy_at(2 / 3) == pytest.approx(0.5)


def test_ties_in_confidence_give_the_mean_over_all_their_orders() -> None:
    # One right and one wrong at equal confidence: orders (0, 1/2) and (1, 1/2) → mean area 1/2, one point.
    curve = risk_coverage([0.5, 0.5], [1, 0])
    assert curve.coverage.tolist() == [1.0]
    assert curve.area == pytest.approx(0.5)
