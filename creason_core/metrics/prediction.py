"""Prediction of a yes/no outcome from probabilities: discrimination, calibration, and F1 at a given threshold.

``outcome`` is 0 or 1 and ``probability`` that of 1 (n each). ``weights`` (… × n) counts each row: ones by
default, the draws of a bootstrap for an interval; every figure has the weights' leading shape.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from creason_core.arrays import Floats
from creason_core.metrics.intervals import (
    DRAWS,
    MIN_DRAWN,
    UNKNOWN,
    Estimate,
    all_alike,
    divided,
    mean_loss,
    percentile_interval,
)


@dataclass(frozen=True, slots=True)
class CalibrationLine:
    """1 and 0 for a calibrated model; a slope below 1 says that probabilities are too extreme."""

    slope: float
    intercept: float


@dataclass(frozen=True, slots=True)
class PredictionScores:
    """All figures of one prediction task; ``threshold`` is where F1 and balanced accuracy are taken.

    Balanced accuracy is, as elsewhere, the mean over the true levels of the share that is called right.
    """

    auroc: Estimate
    auprc: Estimate
    brier: Estimate
    f1: Estimate
    balanced_accuracy: Estimate
    calibration: CalibrationLine
    prevalence: float
    threshold: float


def auroc(outcome: ArrayLike, probability: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """The area under the ROC curve; ties count half. NaN where only one outcome occurs."""
    yes, no = _by_value(outcome, probability, weights)  # by rising probability
    pairs = (yes * (np.cumsum(no, axis=-1) - no / 2)).sum(axis=-1)
    return divided(pairs, yes.sum(axis=-1) * no.sum(axis=-1))


def auprc(outcome: ArrayLike, probability: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """Average precision: the mean precision over the positives, tied probabilities entering together."""
    yes, no = (side[..., ::-1] for side in _by_value(outcome, probability, weights))
    found = np.cumsum(yes, axis=-1)
    precision = divided(found, found + np.cumsum(no, axis=-1))
    return divided((yes * np.nan_to_num(precision)).sum(axis=-1), yes.sum(axis=-1))


def f1(outcome: ArrayLike, called: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """The F1 score of yes/no calls."""
    truth, call, weight = _arrays(outcome, called, weights)
    hits = (weight * truth * call).sum(axis=-1)
    return divided(2 * hits, (weight * (truth + call)).sum(axis=-1))


def best_threshold(outcome: ArrayLike, probability: ArrayLike) -> float:
    """The probability from which calling "yes" gives the highest F1; the lowest such one. For validation data."""
    truth, values = np.asarray(outcome, dtype=np.float64), np.asarray(probability, dtype=np.float64)
    candidates = np.unique(values)
    calls = (values >= candidates[:, None]).astype(np.float64)
    scores = divided(2 * calls @ truth, calls.sum(axis=1) + truth.sum())
    return float(candidates[int(np.nanargmax(scores))])


def calibration_line(outcome: ArrayLike, probability: ArrayLike) -> CalibrationLine:
    """The logistic regression of the outcome on the logit of the probability (Cox 1958).

    NaN where outcomes are separated or only one occurs.
    """
    truth = np.asarray(outcome, dtype=np.float64)
    p = np.clip(np.asarray(probability, dtype=np.float64), 1e-6, 1 - 1e-6)
    design = np.stack([np.log(p / (1 - p)), np.ones_like(p)], axis=1)
    line = np.array([1.0, 0.0])
    for _ in range(50):
        fitted = 1 / (1 + np.exp(-np.clip(design @ line, -30, 30)))
        information = design.T @ (design * (fitted * (1 - fitted))[:, None])
        if np.linalg.cond(information) > 1e12:
            return CalibrationLine(float("nan"), float("nan"))
        step = np.linalg.solve(information, design.T @ (truth - fitted))
        line = line + step
        if np.abs(step).max() < 1e-10:
            return CalibrationLine(float(line[0]), float(line[1]))
    return CalibrationLine(float("nan"), float("nan"))


def prediction_scores(
    outcome: ArrayLike, probability: ArrayLike, threshold: float, *, seed: int, draws: int = DRAWS
) -> PredictionScores:
    """Every figure with its interval; rows are patients, one prediction each.

    Areas, F1 and balanced accuracy rest on the rarer outcome: with fewer than 20 patients who have it they have no
    interval (``clusters`` then counts these), and where no draw differs from another it is that of so many who are all
    alike.
    """
    truth, p = np.asarray(outcome, dtype=np.float64), np.asarray(probability, dtype=np.float64)
    n = len(truth)
    weights = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=draws).astype(np.float64)
    called = (p >= threshold).astype(np.float64)
    rarer = int(min(truth.sum(), n - truth.sum()))

    def estimate(figure: Callable[[Floats], Floats]) -> Estimate:
        value = float(figure(np.ones((1, n)))[0])
        if rarer < MIN_DRAWN:
            return Estimate(value, UNKNOWN, n, rarer)
        interval = percentile_interval(figure(weights), n)
        return Estimate(value, all_alike(value, rarer) if value in (0.0, 1.0) else interval, n, n)

    return PredictionScores(
        auroc=estimate(lambda w: auroc(truth, p, w)),
        auprc=estimate(lambda w: auprc(truth, p, w)),
        brier=mean_loss((p - truth) ** 2, np.arange(n)),
        f1=estimate(lambda w: f1(truth, called, w)),
        balanced_accuracy=estimate(lambda w: (_recall(truth, called, w) + _recall(1 - truth, 1 - called, w)) / 2),
        calibration=calibration_line(truth, p),
        prevalence=float(truth.mean()),
        threshold=threshold,
    )


def _recall(truth: Floats, called: Floats, weights: Floats) -> Floats:
    return divided((weights * truth * called).sum(axis=-1), (weights * truth).sum(axis=-1))


def _arrays(outcome: ArrayLike, value: ArrayLike, weights: ArrayLike | None) -> tuple[Floats, Floats, Floats]:
    truth, values = np.asarray(outcome, dtype=np.float64), np.asarray(value, dtype=np.float64)
    return truth, values, np.ones_like(truth) if weights is None else np.asarray(weights, dtype=np.float64)


def _by_value(outcome: ArrayLike, probability: ArrayLike, weights: ArrayLike | None) -> tuple[Floats, Floats]:
    """Weights of positives and of negatives at each distinct probability, ascending (… × distinct)."""
    truth, values, weight = _arrays(outcome, probability, weights)
    distinct, place = np.unique(values, return_inverse=True)
    member = np.zeros((len(values), len(distinct)))
    member[np.arange(len(values)), place] = 1.0
    return (weight * truth) @ member, (weight * (1 - truth)) @ member
