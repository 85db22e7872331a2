"""How sure a figure is, where questions come in clusters: questions about one patient are not independent.

Shares and other means have an interval by formula, which holds its level from two clusters on: Wilson's score
interval at the effective number of questions, with the cluster-robust variance CR2 and Student's t at the degrees of
freedom of that variance (``ratio``). Losses are mostly small and seldom large, so the variance that is seen promises
too much: ``mean_loss`` takes a bound in that needs none. Figures that are no mean are drawn: whole clusters with
replacement (``resample``), from 20 clusters on. One cluster says nothing of others, so it gives no interval: NaN,
for which ``ends`` has words.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from creason_core.arrays import Floats, Ints

DRAWS = 2000
MANY = 200  # clusters of a loss from which on its own variance is trusted
MIN_DRAWN = 20  # clusters: the draws of fewer are too alike for an interval
Z95 = 1.959963984540054  # the standard normal quantile of 0.975
_CELLS = 8_000_000  # of the matrix of draws that is in memory at once


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval, ends included; both NaN where there are too few clusters for one."""

    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether there is one."""
        return not math.isnan(self.low)


UNKNOWN = Interval(math.nan, math.nan)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval, the questions it is made of, and the clusters that these come from."""

    value: float
    interval: Interval
    n: int
    clusters: int

    def ends(self, show: Callable[[float], str], between: str = " to ") -> str:
        """The interval as ``show`` writes its ends; why there is none, where there is none."""
        if self.interval.known:
            return f"{show(self.interval.low)}{between}{show(self.interval.high)}"
        patients = "one patient" if self.clusters == 1 else f"{self.clusters} patients"
        return f"no interval: only {patients}" if self.clusters else "no interval"


@dataclass(frozen=True)
class ClusterSums:
    """Column sums within each cluster (clusters × k)."""

    each: Floats

    @property
    def observed(self) -> Floats:
        """Column sums over all clusters (k)."""
        return np.asarray(self.each.sum(axis=0))

    @property
    def clusters(self) -> Ints:
        """How many clusters count in a column (k)."""
        return np.asarray(np.count_nonzero(self.each, axis=0), dtype=np.int64)


@dataclass(frozen=True)
class Resampled(ClusterSums):
    """The same with the column sums of each draw (draws × k)."""

    drawn: Floats


def wilson(successes: int, trials: int) -> Interval:
    """The 95 % Wilson score interval of a proportion (Wilson, JASA 1927); [0, 1] without trials.

    Raises:
        ValueError: ``successes`` is negative or exceeds ``trials``.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials is not a proportion")
    if trials == 0:
        return Interval(0.0, 1.0)
    found = _score(successes / trials, trials, Z95)
    return Interval(0.0 if successes == 0 else found.low, 1.0 if successes == trials else found.high)


def cluster_sums(columns: ArrayLike, clusters: ArrayLike) -> ClusterSums:
    """Sums of ``columns`` (n × k) within each cluster; ``clusters`` names each row's (n)."""
    values = np.asarray(columns, dtype=np.float64)
    names, place = np.unique(np.asarray(clusters), return_inverse=True)
    sums = np.zeros((len(names), values.shape[1]))
    np.add.at(sums, place, values)
    return ClusterSums(sums)


def mean(values: ArrayLike, clusters: ArrayLike, *, seed: int = 0, least: float = 0.0, most: float = 1.0) -> Estimate:
    """The mean of ``values`` (n), each within ``least`` and ``most``, with its interval over clusters.

    ``seed`` is taken, as by every estimate over clusters, and changes nothing: a mean draws nothing.
    """
    del seed
    column = np.asarray(values, dtype=np.float64)
    return ratio(cluster_sums(np.stack([column, np.ones_like(column)], axis=1), clusters), 0, 1, least=least, most=most)


def mean_loss(values: ArrayLike, clusters: ArrayLike, *, most: float = 1.0) -> Estimate:
    """The mean of losses (n), such as Brier scores, each within 0 and ``most``, with its interval over clusters.

    A few large losses decide it, and a sample that has none of them shows little variance. So below 200 clusters the
    interval also holds what Gaffke's bound does (Math Methods Stat 2005;14:451): the clusters are weighed by chance,
    with one more that has nothing but what is possible at the worst, or at the best. Of losses that are 0 or 1 that is
    Clopper and Pearson's interval, and of clusters that are alike ``all_alike``.
    """
    losses = np.asarray(values, dtype=np.float64)
    sums = cluster_sums(np.stack([losses, np.ones_like(losses)], axis=1), clusters)
    found = ratio(sums, 0, 1, most=most)
    if not found.interval.known or found.clusters >= MANY:
        return found
    weights = np.random.default_rng(0).dirichlet(np.ones(found.clusters + 1), DRAWS)
    drawn, one_more = weights[:, 1:] @ sums.each, weights[:, 0]
    losses = (1 - one_more) * drawn[:, 0] / drawn[:, 1]
    low, high = np.quantile(losses, 0.025), np.quantile(losses + one_more * most, 0.975)
    return replace(found, interval=widest(found.interval, Interval(float(low), float(high))))


def widest(one: Interval, other: Interval) -> Interval:
    """From the lower of both low ends to the higher of both high ones."""
    return Interval(min(one.low, other.low), max(one.high, other.high))


def ratio(sums: ClusterSums, top: int, bottom: int, *, least: float = 0.0, most: float = 1.0) -> Estimate:
    """Column ``top`` over column ``bottom``, which counts questions that are each worth ``least`` to ``most``.

    For the mean as a share p of the way between these two, the interval is Wilson's with t for z and p (1 − p) /
    variance for n (Franco, Little, Louis and Slud, J Surv Stat Methodol 2019). The variance is CR2 (Bell and McCaffrey,
    Survey Methodology 2002), and t has its Satterthwaite degrees of freedom: the fewer of those for independent
    questions and for clusters of one answer each (Imbens and Kolesár, Rev Econ Stat 2016). Where all clusters are alike
    the absence of variance would be taken for certainty; ``all_alike`` stands in.
    """
    there = sums.each[:, bottom] > 0
    worth, sizes = sums.each[there, top], sums.each[there, bottom]
    count, n, span = len(sizes), float(sizes.sum()), most - least
    if count == 0:
        return Estimate(math.nan, UNKNOWN, 0, 0)
    share = _over_clusters((worth - least * sizes) / span, sizes)
    interval = Interval(least + span * share.low, least + span * share.high)
    return Estimate(float(worth.sum() / n), interval, int(n), count)


def all_alike(value: float, clusters: int) -> Interval:
    """What a share may be where every one of ``clusters`` has the same.

    If a share q of all clusters were otherwise, none would be among these with probability (1 − q)^clusters; q is
    where that is 2.5 % (at 0 and 1, the interval of Clopper and Pearson, Biometrika 1934).
    """
    others: float = 1 - 0.025 ** (1 / clusters)
    return Interval(value - others * value, value + others * (1 - value))


def resample(columns: ArrayLike, clusters: ArrayLike, *, seed: int, draws: int = DRAWS) -> Resampled:
    """Sums of ``columns`` (n × k) over ``draws`` samples of whole clusters; ``clusters`` names each row's (n)."""
    sums = cluster_sums(columns, clusters)
    rng = np.random.default_rng(seed)
    return Resampled(sums.each, drawn_sums(sums, draws, lambda size: _counts(rng, size, len(sums.each))))


def drawn_sums(sums: ClusterSums, draws: int, counts: Callable[[int], Floats]) -> Floats:
    """Column sums (draws × k) of samples of clusters; ``counts`` says of so many how often each cluster is in them."""
    step = max(1, _CELLS // max(len(sums.each), 1))
    return np.concatenate([counts(min(step, draws - start)) @ sums.each for start in range(0, draws, step)])


def percentile_interval(drawn: Floats, clusters: int) -> Interval:
    """The middle 95 % of a figure's draws, widened for few clusters; NaN draws are left out. None below 20 clusters.

    The plain percentile interval is too short by about sqrt(1 − 1/clusters) and ignores Student's t; the
    percentiles are moved out accordingly (Hesterberg, The American Statistician 2015, section 5.3).
    """
    kept = drawn[~np.isnan(drawn)]
    if not len(kept) or clusters < MIN_DRAWN:
        return UNKNOWN
    tail = 0.5 * math.erfc(math.sqrt(clusters / (clusters - 1)) * student_975(clusters - 1) / math.sqrt(2))
    low, high = np.quantile(kept, [tail, 1 - tail])
    return Interval(float(low), float(high))


def divided(top: Floats, bottom: Floats) -> Floats:
    """``top`` / ``bottom``, NaN where ``bottom`` is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(bottom == 0, np.nan, top / bottom)


def student_975(freedom: float) -> float:
    """The 0.975 quantile of Student's t with at least one degree of freedom, within 2 % and never 0.5 % too low.

    Exact for 1, 2 and 3; between them straight in log t over 1/freedom; above, 26.7.5 of Abramowitz and Stegun.
    """
    if freedom <= 3:
        logs = np.interp(1 / freedom, (1 / 3, 1 / 2, 1), np.log((3.182446305, 4.302652730, 12.706204736)))
        return math.exp(logs)
    z, v = Z95, float(freedom)
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * v**4)
    )


def _over_clusters(sums: Floats, sizes: Floats) -> Interval:
    """As ``ratio`` says, of sums that lie between 0 and their sizes."""
    if len(sizes) == 1:
        return UNKNOWN
    value = float(sums.sum() / sizes.sum())
    residuals = sums - value * sizes
    if np.allclose(residuals, 0.0, atol=1e-9):
        return all_alike(value, len(sizes))
    weights = sizes / sizes.sum()
    variance = float(((residuals / sizes.sum()) ** 2 / (1 - weights)).sum())
    freedom = min(_freedom(weights, 1 / weights), _freedom(weights, np.ones_like(weights)))
    return _score(value, value * (1 - value) / variance, student_975(max(freedom, 1.0)))


def _freedom(weights: Floats, variances: Floats) -> float:
    """Satterthwaite's degrees of freedom of the CR2 variance where cluster means have ``variances``.

    (tr DC)² / tr (DC)² with D = w² / (1 − w) and C the covariance of the means less their weighted mean.
    """
    d, shared = weights**2 / (1 - weights), weights * variances
    total = float((weights * shared).sum())
    own = variances - 2 * shared + total
    m0, m1, m2 = (float((d * shared**power).sum()) for power in range(3))
    of_pairs = total**2 * m0**2 + 2 * m0 * m2 - 4 * total * m0 * m1 + 2 * m1**2
    of_squares = float((d**2 * (own**2 - (total - 2 * shared) ** 2)).sum())
    return float((d * own).sum()) ** 2 / (of_pairs + of_squares)


def _score(share: float, trials: float, z: float) -> Interval:
    """Wilson's interval of a share of ``trials`` at ``z`` standard errors."""
    spread = 1 + z**2 / trials
    centre = (share + z**2 / (2 * trials)) / spread
    half = z / spread * math.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    return Interval(centre - half, centre + half)


def _counts(rng: np.random.Generator, draws: int, clusters: int) -> Floats:
    """How often each cluster comes in each draw (draws × clusters)."""
    chosen = rng.integers(0, clusters, size=(draws, clusters)) + clusters * np.arange(draws)[:, None]
    counts = np.bincount(chosen.ravel(), minlength=draws * clusters)
    return counts.reshape(draws, clusters).astype(np.float64)
