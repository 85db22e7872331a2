"""Correlations of many columns at once, each over the rows that both have."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from creason_core.arrays import Floats
from creason_core.cohort.drafting.fits import MIN_ROWS

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Centred:
    """Columns (rows × k) less their means, 0 where not recorded, their squares, and what is recorded (1, else 0)."""

    values: "NDArray[np.float32]"
    squares: "NDArray[np.float32]"
    known: "NDArray[np.float32]"

    @classmethod
    def of(cls, matrix: Floats) -> "Centred":
        """The columns of ``matrix`` (rows × k, NaN: not recorded)."""
        known = ~np.isnan(matrix)
        filled = np.where(known, matrix, 0.0)
        filled -= filled.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        filled /= np.abs(filled).max(axis=0, initial=1e-30)  # no square is too large for single precision
        values = np.where(known, filled, 0.0).astype(np.float32)
        return cls(values, values**2, known.astype(np.float32))

    def correlations(self, other: "Centred") -> Floats:
        """Pearson's r of each column (k) with each of ``other`` (m), k × m, over the rows that both have; 0 of few."""
        n = self.known.T @ other.known
        mine, its = self.values.T @ other.known, self.known.T @ other.values
        with np.errstate(divide="ignore", invalid="ignore"):
            covariance = self.values.T @ other.values - mine * its / n
            spread = (self.squares.T @ other.known - mine**2 / n) * (self.known.T @ other.squares - its**2 / n)
            found = np.where((n >= MIN_ROWS) & (spread > 0), np.nan_to_num(covariance / np.sqrt(spread)), 0.0)
        return np.asarray(found, dtype=np.float64)
