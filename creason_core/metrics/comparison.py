"""Two models on the same questions, families of tests, and how much of what can be known a model knows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from creason_core.metrics.intervals import DRAWS, Estimate, Interval, divided, percentile_interval, ratio, resample


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """The first model's mean score minus the second's. ``p`` is two-sided, from the same draws as the interval."""

    estimate: Estimate
    p: float


def paired_difference(
    first: ArrayLike, second: ArrayLike, clusters: ArrayLike, *, seed: int, draws: int = DRAWS
) -> PairedDifference:
    """Mean of ``first`` − ``second`` (scores of the same questions, n each), by the bootstrap over clusters.

    ``p`` is at least 2 / (draws + 1): draws are counted, with the observed sample as one of them.
    """
    gap = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    sums = resample(np.stack([gap, np.ones_like(gap)], axis=1), clusters, seed=seed, draws=draws)
    count = int(sums.clusters[1])
    drawn = divided(sums.drawn[:, 0], sums.drawn[:, 1])
    below, above = int((drawn <= 0).sum()), int((drawn >= 0).sum())
    p = min(1.0, 2 * (min(below, above) + 1) / (draws + 1))
    estimate = Estimate(float(gap.mean()), percentile_interval(drawn, count), len(gap), count)
    return PairedDifference(estimate, p if np.any(gap) else 1.0)


def mcnemar_mid_p(only_first: int, only_second: int) -> float:
    """The two-sided mid-p value of McNemar's test from the two counts of discordant questions.

    Fagerland, Lydersen and Laake, BMC Med Res Methodol 2013. Takes questions as independent.
    """
    n, few = only_first + only_second, min(only_first, only_second)
    if n == 0:
        return 1.0
    terms = [math.exp(_log_binomial(n, k)) for k in range(few + 1)]
    if only_first == only_second:
        return 1.0 - 0.5 * terms[-1]
    return min(1.0, 2 * math.fsum(terms) - terms[-1])


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm's adjusted p-values of a family of tests, in the order given (Holm, Scand J Stat 1979)."""
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return tuple(adjusted)


def headroom(
    model: ArrayLike, prior: ArrayLike, ceiling: ArrayLike, clusters: ArrayLike, *, seed: int, draws: int = DRAWS
) -> Estimate:
    """The share of the way from always-the-prior to the ceiling (boosting) that a model covers; may leave 0–1.

    NaN where the ceiling is not above the prior; draws in which it is not are left out of the interval.
    """
    columns = np.stack([np.asarray(column, dtype=np.float64) for column in (model, prior, ceiling)], axis=1)
    sums = resample(np.hstack([columns, np.ones((len(columns), 1))]), clusters, seed=seed, draws=draws)
    gained, room = sums.drawn[:, 0] - sums.drawn[:, 1], sums.drawn[:, 2] - sums.drawn[:, 1]
    total = sums.observed[2] - sums.observed[1]
    count = int(sums.clusters[3])
    if total <= 0:
        return Estimate(math.nan, Interval(math.nan, math.nan), len(columns), count)
    value = float((sums.observed[0] - sums.observed[1]) / total)
    drawn = divided(gained, np.where(room > 0, room, 0.0))
    return Estimate(value, percentile_interval(drawn, count), len(columns), count)


def by_family(
    scores: ArrayLike, families: ArrayLike, clusters: ArrayLike, *, seed: int, draws: int = DRAWS
) -> dict[str, Estimate]:
    """The mean score of each family of questions (section, feature, disease), all from the same draws."""
    score = np.asarray(scores, dtype=np.float64)
    names, place = np.unique(np.asarray(families, dtype=str), return_inverse=True)
    member = np.zeros((len(score), len(names)))
    member[np.arange(len(score)), place] = 1.0
    sums = resample(np.hstack([member * score[:, None], member]), clusters, seed=seed, draws=draws)
    return {str(name): ratio(sums, k, len(names) + k) for k, name in enumerate(names)}


def _log_binomial(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) - n * math.log(2)
