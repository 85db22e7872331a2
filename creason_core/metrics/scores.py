"""How good answers are, and how well their confidence says so. Rows are questions.

``scores`` are 1 where right, 0 where wrong or unanswered, or the share of samples that were right.
``probabilities`` (n × most options) are 0 beyond a question's own options.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from creason_core.arrays import Floats, Ints
from creason_core.metrics.intervals import (
    DRAWS,
    Estimate,
    all_alike,
    cluster_sums,
    divided,
    percentile_interval,
    ratio,
    resample,
)

ECE_BINS = 15
_LEAST = 1e-12  # a probability of 0 for what happened would make one question's log-loss infinite
MAX_BRIER, MAX_NLL = 2.0, -float(np.log(_LEAST))  # of one question


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Answers of similar confidence: their mean confidence, and how many were right."""

    confidence: float
    accuracy: Estimate


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """Risk (share wrong) when only the most confident share of the questions is answered.

    Questions of equal confidence enter together. ``area`` (AURC) is the mean risk over all coverages, which
    is the expectation over the order of ties.
    """

    coverage: Floats
    risk: Floats
    area: float

    def accuracy_at(self, coverage: float) -> float:
        """Accuracy among the most confident ``coverage`` (0–1) of the questions, between points by straight lines."""
        return 1.0 - float(np.interp(coverage, self.coverage, self.risk))


def balanced_accuracy(
    scores: ArrayLike, families: ArrayLike, classes: ArrayLike, clusters: ArrayLike, *, seed: int, draws: int = DRAWS
) -> Estimate:
    """The mean over families (features) of the mean over their classes of the mean score.

    A class is the true level, or the bin of the training patients that the true number lies in: never the place of the
    true option among those offered. The draws are moved to have the figure as their mean: the rarest classes have one
    patient each and are mostly wrong, so draws without them lie above it.
    """
    score = np.asarray(scores, dtype=np.float64)
    _, family = np.unique(np.asarray(families), return_inverse=True)
    pairs, place = np.unique(
        np.stack([family, np.asarray(classes, dtype=np.int64)], axis=1), axis=0, return_inverse=True
    )
    member = np.zeros((len(score), len(pairs)))
    member[np.arange(len(score)), place.ravel()] = 1.0
    sums = resample(np.hstack([member * score[:, None], member]), clusters, seed=seed, draws=draws)
    half = len(pairs)
    of_family = (pairs[:, 0][:, None] == np.arange(pairs[:, 0].max() + 1)).astype(np.float64)

    def balanced(totals: Floats) -> Floats:
        recall = divided(totals[..., :half], totals[..., half:])
        known = ~np.isnan(recall)
        recalls = divided(np.where(known, recall, 0.0) @ of_family, known.astype(np.float64) @ of_family)
        result: Floats = np.nanmean(recalls, axis=-1)
        return result

    count = len(np.unique(np.asarray(clusters)))
    value = float(balanced(sums.observed[None])[0])
    drawn = balanced(sums.drawn)
    interval = percentile_interval(np.clip(drawn - drawn.mean() + value, 0, 1), count)
    if value in (0.0, 1.0) and interval.known:  # no draw differs from another
        interval = all_alike(value, count)
    return Estimate(value, interval, len(score), count)


def brier(probabilities: ArrayLike, key: ArrayLike) -> Floats:
    """The multi-class Brier score of each question, 0 (sure and right) to 2 (sure and wrong)."""
    p, truth = np.asarray(probabilities, dtype=np.float64), np.asarray(key, dtype=np.int64)
    hit = np.zeros_like(p)
    hit[np.arange(len(p)), truth] = 1.0
    scores: Floats = ((p - hit) ** 2).sum(axis=1)
    return scores


def nll(probabilities: ArrayLike, key: ArrayLike) -> Floats:
    """Minus the natural log of the true option's probability, for each question; at most 27.6 (p = 1e-12)."""
    p, truth = np.asarray(probabilities, dtype=np.float64), np.asarray(key, dtype=np.int64)
    losses: Floats = -np.log(np.maximum(p[np.arange(len(p)), truth], _LEAST))
    return losses


def equal_mass_bins(confidence: ArrayLike, bins: int = ECE_BINS) -> Ints:
    """The bin (0 … bins − 1) of each question, with as many questions in each as ties allow: ties stay together."""
    values = np.asarray(confidence, dtype=np.float64)
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - counts / 2  # the mean rank of each distinct value, from 0 to n
    found: Ints = np.minimum((middle * bins / len(values)).astype(np.int64), bins - 1)[place]
    return found


def reliability(
    confidence: ArrayLike, scores: ArrayLike, clusters: ArrayLike, *, bins: int = ECE_BINS
) -> tuple[ReliabilityBin, ...]:
    """Accuracy beside confidence in equal-mass bins, by rising confidence; empty bins are left out."""
    values, right = np.asarray(confidence, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    member = _membership(values, bins)
    used = np.flatnonzero(member.sum(axis=0))
    member = member[:, used]
    sums = cluster_sums(np.hstack([member * right[:, None], member]), clusters)
    means = (member * values[:, None]).sum(axis=0) / member.sum(axis=0)
    return tuple(ReliabilityBin(float(means[k]), ratio(sums, k, len(used) + k)) for k in range(len(used)))


def ece(confidence: ArrayLike, scores: ArrayLike, clusters: ArrayLike, *, seed: int, bins: int = ECE_BINS) -> Estimate:
    """The expected calibration error: the mean distance of accuracy from confidence over equal-mass bins.

    Bins are those of the whole sample in every draw. The figure is never below the noise of its bins, so a
    perfectly calibrated model does not score 0 in a small sample. A draw adds that noise once more, which is taken off
    the interval: without that, it could lie above its own figure.
    """
    values, right = np.asarray(confidence, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    member = _membership(values, bins)
    columns = np.hstack([member * (right - values)[:, None], np.ones((len(values), 1))])
    sums = resample(columns, clusters, seed=seed)

    def error(totals: Floats) -> Floats:
        distances: Floats = np.abs(totals[..., :-1]).sum(axis=-1) / totals[..., -1]
        return distances

    count = len(np.unique(np.asarray(clusters)))
    observed, drawn = float(error(sums.observed)), error(sums.drawn)
    interval = percentile_interval(np.maximum(drawn - (drawn.mean() - observed), 0.0), count)
    return Estimate(observed, interval, len(values), count)


def risk_coverage(confidence: ArrayLike, scores: ArrayLike) -> RiskCoverage:
    """The risk–coverage curve (Geifman and El-Yaniv, NeurIPS 2017)."""
    values, wrong = np.asarray(confidence, dtype=np.float64), 1.0 - np.asarray(scores, dtype=np.float64)
    _, place, counts = np.unique(-values, return_inverse=True, return_counts=True)
    errors = np.bincount(place, weights=wrong)
    spread = np.repeat(errors / counts, counts)  # each tie shares its errors evenly: the mean over all orders
    n = len(values)
    ends = np.cumsum(counts)
    return RiskCoverage(
        coverage=ends / n, risk=np.cumsum(errors) / ends, area=float((np.cumsum(spread) / np.arange(1, n + 1)).mean())
    )


def _membership(values: Floats, bins: int) -> Floats:
    member = np.zeros((len(values), bins))
    member[np.arange(len(values)), equal_mass_bins(values, bins)] = 1.0
    return member
