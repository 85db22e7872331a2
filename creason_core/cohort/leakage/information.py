"""Mutual information between all pairs of columns at once, as matrix products over one-hot bins.

Numbers only: no codebook and no opinion about which value is too high. A column Y is described by the patients
in whom it was measured; in a column X "not measured" is one more bin, because a reader of the record sees it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from creason_core.arrays import Floats, Ints

Codes = Ints

BLOCK = 2048  # bins whose one-hot columns are in memory together, on either side of a product


@dataclass(frozen=True)
class Information:
    """``nats[x, y]`` = I(X;Y) over the patients with Y measured; ``entropy[y]`` = H(Y) over the same, in nats."""

    nats: Floats
    entropy: Floats

    @property
    def normalised(self) -> Floats:
        """I(X;Y)/H(Y): the share of Y's uncertainty that X removes, 0 to 1; 0 where Y has one value."""
        return np.divide(self.nats, self.entropy, out=np.zeros_like(self.nats), where=self.entropy > 0)


def equal_frequency_bins(values: Floats, bins: int) -> Codes:
    """The bin (0, 1, …) of each value, −1 where it is NaN; ties share a bin, so there may be fewer than ``bins``."""
    known = ~np.isnan(values)
    codes = np.full(len(values), -1, dtype=np.int64)
    if known.any():
        inner = np.quantile(values[known], np.linspace(0, 1, bins + 1)[1:-1])
        found = np.searchsorted(np.unique(inner), values[known], side="left")
        codes[known] = np.unique(found, return_inverse=True)[1]
    return codes


def all_pairs(codes: Codes) -> Information:
    """Mutual information of every ordered pair of columns (patients × columns; 0, 1, …, −1 where not measured)."""
    sizes = codes.max(axis=0, initial=-1) + 1
    seen = np.where(codes < 0, sizes, codes)
    nats, entropy = np.zeros((codes.shape[1],) * 2), np.zeros(codes.shape[1])
    for ys in _blocks(sizes):
        right, asked = _one_hot(codes[:, ys], sizes[ys]), _Asked.of(codes[:, ys], sizes[ys])
        entropy[ys] = asked.entropy
        for xs in _blocks(sizes + 1):
            left = _one_hot(seen[:, xs], sizes[xs] + 1)
            nats[xs, ys] = asked.nats(left.T @ right, _starts(sizes[xs] + 1))
    return Information(nats=np.maximum(nats, 0.0), entropy=np.maximum(entropy, 0.0))


def null_quantile(codes: Codes, columns: Codes, *, permutations: int, quantile: float, seed: int) -> Floats:
    """What chance alone reaches for Y of each of ``columns``: a quantile of the highest normalised information.

    The highest is over all X, in each of ``permutations`` orders of the patients that make every pair
    independent: it bounds the family-wise error over X (Westfall and Young, 1993).
    """
    random = np.random.default_rng(seed)
    # X in an order beside Y is X beside Y in the inverse order: so the many columns of X are laid out only once.
    orders = [np.argsort(random.permutation(len(codes))) for _ in range(permutations)]
    sizes = codes.max(axis=0, initial=-1) + 1
    seen = np.where(codes < 0, sizes, codes)
    highest = np.zeros((permutations, len(columns)))
    for block in _blocks(sizes[columns]):
        ys = columns[block]
        right, asked = _one_hot(codes[:, ys], sizes[ys]), _Asked.of(codes[:, ys], sizes[ys])
        for xs in _blocks(sizes + 1):
            left = np.ascontiguousarray(_one_hot(seen[:, xs], sizes[xs] + 1).T)
            starts, itself = _starts(sizes[xs] + 1), np.arange(xs.start, xs.stop)[:, None] == ys
            for number, order in enumerate(orders):
                found = Information(np.maximum(asked.nats(left @ right[order], starts), 0.0), asked.entropy)
                best = np.where(itself, 0.0, found.normalised).max(axis=0)
                highest[number, block] = np.maximum(highest[number, block], best)
    return np.asarray(np.quantile(highest, quantile, axis=0), dtype=np.float64)


@dataclass(frozen=True)
class _Asked:
    """Columns Y: where the bins of each begin, its measured patients, and its entropy."""

    starts: Codes
    measured: Floats
    entropy: Floats

    @classmethod
    def of(cls, codes: Codes, sizes: Codes) -> "_Asked":
        starts = _starts(sizes)
        measured = (codes >= 0).sum(axis=0).astype(np.float64)
        counts = np.bincount((codes + starts[:-1])[codes >= 0], minlength=starts[-1]).astype(np.float64)
        return cls(starts, measured, _nats(_summed(_n_log_n(counts), starts, 0), measured))

    def nats(self, counts: NDArray[np.float32], x_of: Codes) -> Floats:
        """I(X;Y) from the joint counts of the bins of X (which begin at ``x_of``) and of Y."""
        joint = counts.astype(np.float64)  # counts: exact in float32 below 2**24 patients
        marginal_x = _summed(joint, self.starts, 1)  # counts of X's bins among patients with Y measured
        entropy_x = _nats(_summed(_n_log_n(marginal_x), x_of, 0), self.measured)
        entropy_xy = _nats(_summed(_summed(_n_log_n(joint), self.starts, 1), x_of, 0), self.measured)
        return np.asarray(entropy_x + self.entropy - entropy_xy, dtype=np.float64)


def _blocks(sizes: Codes) -> Iterator[slice]:
    """The columns in runs of at most ``BLOCK`` bins, so that memory does not grow with their number."""
    start = 0
    while start < len(sizes):
        stop = start + max(1, int(np.searchsorted(np.cumsum(sizes[start:]), BLOCK, side="right")))
        yield slice(start, stop)
        start = stop


def _starts(sizes: Codes) -> Codes:
    return np.concatenate([[0], np.cumsum(sizes)])


def _summed(values: Floats, starts: Codes, axis: int) -> Floats:
    """Sums over each run of bins; a column without any value has no bin, and the sum 0."""
    filled = np.flatnonzero(np.diff(starts))
    shape = list(values.shape)
    shape[axis] = len(starts) - 1
    found = np.zeros(shape)
    if len(filled):
        found[(slice(None),) * axis + (filled,)] = np.add.reduceat(values, starts[filled], axis=axis)
    return found


def _one_hot(codes: Codes, sizes: Codes) -> NDArray[np.float32]:
    hot = np.zeros((len(codes), int(sizes.sum())), dtype=np.float32)
    patients, columns = np.nonzero(codes >= 0)
    hot[patients, _starts(sizes)[columns] + codes[patients, columns]] = 1.0
    return hot


def _n_log_n(counts: Floats) -> Floats:
    return np.asarray(counts * np.log(np.where(counts > 0, counts, 1.0)), dtype=np.float64)


def _nats(sum_n_log_n: Floats, total: Floats) -> Floats:
    """Entropy from Σ n ln n and the total count: ln N − Σ n ln n / N."""
    safe = np.where(total > 0, total, 1.0)
    return np.asarray(np.log(safe) - sum_n_log_n / safe, dtype=np.float64)
