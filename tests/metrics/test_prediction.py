import math

import numpy as np
import pytest
from sklearn import metrics as sk

from creason_core.metrics.prediction import auprc, auroc, best_threshold, calibration_line, f1, prediction_scores

RNG = np.random.default_rng(0)
OUTCOME = (RNG.random(400) < 0.3).astype(float)
PROBABILITY = np.round(np.clip(0.3 + 0.2 * OUTCOME + RNG.normal(0, 0.2, 400), 0.01, 0.99), 2)  # with ties


def test_areas_are_scikit_learns_ties_included() -> None:
    assert auroc(OUTCOME, PROBABILITY) == pytest.approx(sk.roc_auc_score(OUTCOME, PROBABILITY), abs=1e-12)
    assert auprc(OUTCOME, PROBABILITY) == pytest.approx(sk.average_precision_score(OUTCOME, PROBABILITY), abs=1e-12)


def test_weights_are_counts_of_rows() -> None:
    counts = RNG.integers(0, 4, 400)
    truth, p = np.repeat(OUTCOME, counts), np.repeat(PROBABILITY, counts)
    assert auroc(OUTCOME, PROBABILITY, counts) == pytest.approx(sk.roc_auc_score(truth, p), abs=1e-12)
    assert auprc(OUTCOME, PROBABILITY, counts) == pytest.approx(sk.average_precision_score(truth, p), abs=1e-12)
    assert f1(OUTCOME, PROBABILITY > 0.5, counts) == pytest.approx(sk.f1_score(truth, p > 0.5), abs=1e-12)


def test_areas_by_hand() -> None:
    # Positives at 0.8 and 0.4, negatives at 0.6 and 0.2: 3 of 4 pairs in order; precisions 1/1 and 2/3.
    assert auroc([1, 0, 1, 0], [0.8, 0.6, 0.4, 0.2]) == 0.75
    assert auprc([1, 0, 1, 0], [0.8, 0.6, 0.4, 0.2]) == pytest.approx((1 + 2 / 3) / 2)


def test_one_outcome_alone_has_no_area() -> None:
    assert math.isnan(auroc([1, 1], [0.2, 0.9]))


def test_the_best_threshold_beats_every_other() -> None:
    best = best_threshold(OUTCOME, PROBABILITY)
    at_best = f1(OUTCOME, best <= PROBABILITY)
    assert all(f1(OUTCOME, other <= PROBABILITY) <= at_best + 1e-12 for other in np.linspace(0, 1, 201))


def test_calibration_of_a_model_that_is_twice_too_sure_has_slope_one_half() -> None:
    rng = np.random.default_rng(1)
    logit = rng.normal(0, 1, 200_000)
    outcome = rng.random(200_000) < 1 / (1 + np.exp(-logit))
    line = calibration_line(outcome, 1 / (1 + np.exp(-2 * logit - 1)))
    assert line.slope == pytest.approx(0.5, abs=0.02)
    assert line.intercept == pytest.approx(-0.5, abs=0.02)
    assert math.isnan(calibration_line([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9]).slope)


@pytest.mark.parametrize("events", [5, 20, 60])
def test_no_figure_of_a_prediction_is_certain_for_lack_of_events(events: int) -> None:
    """Whoever has it is put above all others: every draw has an area of 1, and so few patients do not show that."""
    outcome = np.repeat([1.0, 0.0], [events, 200])
    scores = prediction_scores(outcome, 0.2 + 0.6 * outcome, 0.5, seed=0)
    for found in (scores.auroc, scores.auprc, scores.f1, scores.balanced_accuracy):
        assert found.value == 1.0
        if events < 20:
            assert found.ends("{:.2f}".format) == f"no interval: only {events} patients"
        else:
            assert found.interval.low == pytest.approx(0.025 ** (1 / events))
    assert scores.brier.interval.known


def test_every_figure_of_a_prediction_lies_in_its_interval() -> None:
    scores = prediction_scores(OUTCOME, PROBABILITY, 0.4, seed=0)
    for found in (scores.auroc, scores.auprc, scores.brier, scores.f1, scores.balanced_accuracy):
        assert found.interval.low < found.value < found.interval.high
    assert scores.balanced_accuracy.value == pytest.approx(sk.balanced_accuracy_score(OUTCOME, PROBABILITY >= 0.4))
    assert scores.prevalence == OUTCOME.mean()
