"""A formula, and the least squares fit that every kind of formula is verified by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from creason_core.arrays import Floats

MIN_ROWS = 20
LEAST_PART = 0.02  # of the result's spread: what an input must at least move
NEARLY = 0.98  # R² from which a pair or a triple is looked at closely
LEAST_POSITIVE = 0.8  # of a column's values, the others being 0, before its logarithm is looked at; or so many:
TELLING = 3.0  # times more is left without an input that is small beside the others and part of a formula all the same
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
    """The logarithms of what ``columns`` are without their sign, where that is not 0 in most rows or in many; NaN at 0.

    A ratio that is shown with one decimal is 0 now and then, as urine per kilogram is; a product of a value that may be
    negative, as a base excess, has the sign of that.
    """
    found = {}
    for name, values in columns.items():
        known = values[~np.isnan(values)]
        other = known != 0
        if len(known) and (other.mean() >= LEAST_POSITIVE or other.sum() >= MANY_POSITIVE):
            found[name] = np.log(np.where(values == 0, np.nan, np.abs(values)))
    return found


def relative(values: Floats, step: float) -> Floats:
    """What ``values`` are rounded to as a part of each, which is the step of their logarithms; NaN at 0."""
    return np.asarray(step / np.where(values == 0, np.nan, np.abs(values)))


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


def is_needed(
    fitted: Fit, target: Floats, step: "Floats | float", parts: "list[tuple[Floats, Floats | float]]", which: int
) -> bool:
    """Whether a sum that ``fitted`` verified is none without one of its ``parts``, which are inputs and their steps.

    So is one that hardly moves the result, where the others reach much further: rounding does not explain it.
    """
    rest = [part for place, part in enumerate(parts) if place != which]
    if not rest or fitted(target, [values for values, _ in rest], step, [size for _, size in rest]) is not None:
        return False
    left = [float(np.median(np.abs(_residual(target, [values for values, _ in those])))) for those in (parts, rest)]
    return left[1] > TELLING * left[0]


def _residual(target: Floats, inputs: list[Floats]) -> Floats:
    design = np.column_stack([*inputs, np.ones(len(target))])
    return np.asarray(target - design @ np.linalg.lstsq(design, target, rcond=None)[0])
