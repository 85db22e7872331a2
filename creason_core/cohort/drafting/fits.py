"""A formula, and the least squares fit that every kind of formula is verified by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from creason_core.arrays import Floats

MIN_ROWS = 20
LEAST_PART = 0.02  # of the result's spread: what an input must at least move
NEARLY = 0.98  # R² from which a pair or a triple is looked at closely
LEAST_POSITIVE = 0.8  # of a column's values, the others being 0, before its logarithm is looked at; or so many:
MANY_POSITIVE = 100
Fit = Callable[[Floats, list[Floats], "Floats | float", "list[Floats | float]"], Floats | None]


@dataclass(frozen=True)
class FittedFormula:
    """``result`` follows from ``inputs``; ``words`` say how, ``named`` whether it is a formula that people use."""

    result: str
    inputs: tuple[str, ...]
    words: str
    named: bool = False


def logarithms(columns: Mapping[str, Floats]) -> dict[str, Floats]:
    """The logarithms of ``columns`` that are never negative and above 0 in most rows or in many; NaN at 0.

    A ratio that is shown with one decimal is 0 now and then, as urine per kilogram is.
    """
    found = {}
    for name, values in columns.items():
        known = values[~np.isnan(values)]
        above = known > 0
        if len(known) and known.min() >= 0 and (above.mean() >= LEAST_POSITIVE or above.sum() >= MANY_POSITIVE):
            found[name] = np.log(np.where(values > 0, values, np.nan))
    return found


def least_squares(
    target: Floats,
    inputs: list[Floats],
    step: "Floats | float",
    input_steps: "list[Floats | float]",
    *,
    holds_in: float = 1.0,
) -> Floats | None:
    """Weights and intercept of the least squares fit; None where a residual is more than rounding explains.

    Where it need not hold in all rows, those that fit worst are set aside, and the rest is fitted again.
    """
    design = np.column_stack([*inputs, np.ones(len(target))])
    rows = np.ones(len(target), dtype=bool)
    for _ in range(1 if holds_in == 1 else 4):
        weights = np.linalg.lstsq(design[rows], target[rows], rcond=None)[0]
        residual = np.abs(target - design @ weights)
        allowed = 0.6 * np.asarray(step) + sum(
            0.6 * abs(w) * np.asarray(s) for w, s in zip(weights, input_steps, strict=False)
        )
        holds = residual <= allowed + 1e-9 * (1 + np.abs(target))
        # Coarse rounding must not pass for a formula: what is left has to be small beside the spread.
        if holds.mean() >= holds_in and float(residual[holds].std()) < 0.1 * float(target[holds].std()):
            return np.asarray(weights, dtype=np.float64)
        rows = residual <= np.quantile(residual, holds_in)
    return None
