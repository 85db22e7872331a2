"""Two models on the same questions, families of tests, and how much of what can be known a model knows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from creason_core.arrays import Floats
from creason_core.metrics.intervals import (
    DRAWS,
    UNKNOWN,
    ClusterSums,
    Estimate,
    Interval,
    cluster_sums,
    divided,
    drawn_sums,
    percentile_interval,
    ratio,
    resample,
    widest,
)

ENUMERATED = 12  # clusters up to which every choice of signs is taken; of more, ``DRAWS`` by chance


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """The first model's mean score minus the second's. ``p`` is two-sided; NaN, as the interval, from one cluster."""

    estimate: Estimate
    p: float


def paired_difference(
    first: ArrayLike, second: ArrayLike, clusters: ArrayLike, *, seed: int, draws: int = DRAWS
) -> PairedDifference:
    """Mean of ``first`` − ``second`` (scores within 0–1 of the same n questions), by sign flips of whole clusters.

    If the models are as good as each other, their names may be exchanged in any cluster: ``p`` is the share of all such
    exchanges with as large a difference, so it is at least 2 / 2^clusters (Fisher, The Design of Experiments, 1935).
    Up to 12 clusters all are taken, of more ``draws`` by chance, with what was seen as one of them.

    The interval holds every difference that the same test does not reject at 5 % (its ends are means over some of the
    clusters: Hartigan, JASA 1969) and that of ``intervals.ratio`` for the same mean, which is the safer one where few
    clusters decide. Below six clusters nothing can be rejected, and it reaches from −1 to 1.
    """
    gap = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    sums = cluster_sums(np.stack([gap, np.ones_like(gap)], axis=1), clusters)
    found = ratio(sums, 0, 1, least=-1.0, most=1.0)
    if found.clusters == 1:
        return PairedDifference(found, math.nan)
    drawn = _some_of(sums, seed, draws)
    of_all = len(drawn) + 1  # with the choice of none
    p = min(1.0, 2 * (min((drawn[:, 0] <= _NIL).sum(), (drawn[:, 0] >= -_NIL).sum()) + 1) / of_all)
    interval = widest(found.interval, _not_rejected(drawn, of_all))
    return PairedDifference(replace(found, interval=interval), float(p))


def _some_of(sums: ClusterSums, seed: int, draws: int) -> Floats:
    """The sums over every choice of some of the clusters but the empty one, or over ``draws`` choices by chance."""
    count, rng = len(sums.each), np.random.default_rng(seed)
    if count <= ENUMERATED:
        bits = np.arange(1, 2**count)[:, None] >> np.arange(count)
        return np.asarray((bits & 1) @ sums.each)
    return drawn_sums(sums, draws, lambda size: rng.integers(0, 2, (size, count)).astype(np.float64))


def _not_rejected(drawn: Floats, of_all: int) -> Interval:
    """The differences of which no more than 2.5 % of all choices lie on either side."""
    outside = math.ceil(0.025 * of_all) - 1
    if outside == 0:
        return Interval(-1.0, 1.0)
    means = divided(drawn[:, 0], drawn[:, 1])
    means = np.sort(means[~np.isnan(means)])
    return Interval(float(means[outside - 1]), float(means[-outside]))


_NIL = 1e-12  # a sum of scores below it is 0 but for rounding


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
    """Holm's adjusted p-values of a family of tests, in the order given (Holm, Scand J Stat 1979).

    A NaN is no test: it stays NaN and does not count.
    """
    tests = [index for index, p in enumerate(p_values) if not math.isnan(p)]
    order = sorted(tests, key=lambda index: p_values[index])
    adjusted = [math.nan] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - rank) * p_values[index]))
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
        return Estimate(math.nan, UNKNOWN, len(columns), count)
    value = float((sums.observed[0] - sums.observed[1]) / total)
    drawn = divided(gained, np.where(room > 0, room, 0.0))
    return Estimate(value, percentile_interval(drawn, count), len(columns), count)


def by_family(scores: ArrayLike, families: ArrayLike, clusters: ArrayLike) -> dict[str, Estimate]:
    """The mean score of each family of questions (section, feature, disease), with its interval over clusters."""
    score = np.asarray(scores, dtype=np.float64)
    names, place = np.unique(np.asarray(families, dtype=str), return_inverse=True)
    member = np.zeros((len(score), len(names)))
    member[np.arange(len(score)), place] = 1.0
    sums = cluster_sums(np.hstack([member * score[:, None], member]), clusters)
    return {str(name): ratio(sums, k, len(names) + k) for k, name in enumerate(names)}


def _log_binomial(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) - n * math.log(2)
