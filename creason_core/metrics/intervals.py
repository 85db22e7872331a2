"""How sure a figure is: the Wilson interval of one proportion, and the bootstrap over clusters (patients).

Questions about one patient are not independent, so whole patients are drawn with replacement. A figure is
computed from column sums (right answers, questions, …), and the sums of every draw are one matrix product.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

DRAWS = 2000
Z95 = 1.959963984540054  # the standard normal quantile of 0.975
_CELLS = 8_000_000  # of the matrix of draws that is in memory at once


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval, ends included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval, the questions it is made of, and the clusters that these come from."""

    value: float
    interval: Interval
    n: int
    clusters: int


@dataclass(frozen=True, slots=True)
class Resampled:
    """Column sums: as observed (k), in each draw (draws × k), and how many clusters count in a column (k)."""

    observed: Floats
    drawn: Floats
    clusters: NDArray[np.int64]


def wilson(successes: int, trials: int) -> Interval:
    """The 95 % Wilson score interval of a proportion (Wilson, JASA 1927); [0, 1] without trials.

    Raises:
        ValueError: ``successes`` is negative or exceeds ``trials``.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials is not a proportion")
    if trials == 0:
        return Interval(0.0, 1.0)
    share = successes / trials
    spread = 1 + Z95**2 / trials
    centre = (share + Z95**2 / (2 * trials)) / spread
    half = Z95 / spread * math.sqrt(share * (1 - share) / trials + Z95**2 / (4 * trials**2))
    return Interval(
        low=0.0 if successes == 0 else centre - half,
        high=1.0 if successes == trials else centre + half,
    )


def resample(columns: ArrayLike, clusters: ArrayLike, *, seed: int, draws: int = DRAWS) -> Resampled:
    """Sums of ``columns`` (n × k) over ``draws`` samples of whole clusters; ``clusters`` names each row's (n)."""
    values = np.asarray(columns, dtype=np.float64)
    names, place = np.unique(np.asarray(clusters), return_inverse=True)
    count = len(names)
    sums = np.zeros((count, values.shape[1]))
    np.add.at(sums, place, values)
    rng = np.random.default_rng(seed)
    drawn = np.empty((draws, values.shape[1]))
    step = max(1, _CELLS // max(count, 1))
    for start in range(0, draws, step):
        size = min(step, draws - start)
        drawn[start : start + size] = _counts(rng, size, count) @ sums
    return Resampled(sums.sum(axis=0), drawn, np.count_nonzero(sums, axis=0))


def percentile_interval(drawn: Floats, clusters: int) -> Interval:
    """The middle 95 % of a figure's draws, widened for few clusters; NaN draws are left out.

    The plain percentile interval is too short by about sqrt(1 − 1/clusters) and ignores Student's t; the
    percentiles are moved out accordingly (Hesterberg, The American Statistician 2015, section 5.3).
    """
    kept = drawn[~np.isnan(drawn)]
    if not len(kept):
        return Interval(math.nan, math.nan)
    if clusters > 1:
        tail = 0.5 * math.erfc(math.sqrt(clusters / (clusters - 1)) * _student_975(clusters - 1) / math.sqrt(2))
    else:
        tail = 0.0
    low, high = np.quantile(kept, [tail, 1 - tail])
    return Interval(float(low), float(high))


def mean(values: ArrayLike, clusters: ArrayLike, *, seed: int, draws: int = DRAWS) -> Estimate:
    """The mean of ``values`` (n) with its interval over clusters."""
    column = np.asarray(values, dtype=np.float64)
    return ratio(resample(np.stack([column, np.ones_like(column)], axis=1), clusters, seed=seed, draws=draws), 0, 1)


def ratio(sums: Resampled, top: int, bottom: int) -> Estimate:
    """Column ``top`` over column ``bottom`` (which counts questions).

    Where every answer has the same score, 0 or 1, no draw differs from another and the bootstrap would claim
    certainty; the Wilson interval with one trial a cluster stands in.
    """
    n, clusters = int(sums.observed[bottom]), int(sums.clusters[bottom])
    if n == 0:
        return Estimate(math.nan, Interval(math.nan, math.nan), 0, 0)
    value = float(sums.observed[top] / n)
    if value in (0.0, 1.0):
        return Estimate(value, wilson(clusters if value else 0, clusters), n, clusters)
    return Estimate(
        value, percentile_interval(divided(sums.drawn[:, top], sums.drawn[:, bottom]), clusters), n, clusters
    )


def divided(top: Floats, bottom: Floats) -> Floats:
    """``top`` / ``bottom``, NaN where ``bottom`` is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(bottom == 0, np.nan, top / bottom)


def _counts(rng: np.random.Generator, draws: int, clusters: int) -> Floats:
    """How often each cluster comes in each draw (draws × clusters)."""
    chosen = rng.integers(0, clusters, size=(draws, clusters)) + clusters * np.arange(draws)[:, None]
    counts = np.bincount(chosen.ravel(), minlength=draws * clusters)
    return counts.reshape(draws, clusters).astype(np.float64)


def _student_975(freedom: int) -> float:
    """The 0.975 quantile of Student's t: exact for 1 and 2, else the expansion 26.7.5 of Abramowitz and Stegun."""
    if freedom <= 2:
        return (12.706204736, 4.302652730)[freedom - 1]
    z, v = Z95, float(freedom)
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * v**4)
    )
