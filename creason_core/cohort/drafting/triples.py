"""Columns that follow from two others: a weighted sum (mean arterial pressure), or a product of powers (ratios).

A power is a sum of logarithms, so both are one fit: ``_fit_pair``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from creason_core.arrays import Floats
from creason_core.cohort.drafting.fits import (
    LEAST_PART,
    MIN_ROWS,
    NEARLY,
    Fit,
    FittedFormula,
    is_needed,
    logarithms,
    relative,
)

GRID = 6  # weights and exponents that people use are sixths: a third, a half, one, minus two
_NEAR_GRID = 0.02
_NEARLY_WITH_GAPS = 0.9  # instead of NEARLY where values are missing: each correlation then comes from other rows
_LOOKED_AT = 30  # candidates of one result, the best first, where values are missing
_SUMS = {
    (1 / 3, 2 / 3): "a third of {} and two thirds of {}, as in mean arterial pressure",
    (2 / 3, 1 / 3): "a third of {1} and two thirds of {0}, as in mean arterial pressure",
    (1.0, 1.0): "the sum of {} and {}",
    (1.0, -1.0): "{} less {}",
    (-1.0, 1.0): "{1} less {0}",
}
_POWERS = {
    (1.0, 1.0): "{} times {}, but for a constant factor",
    (1.0, -1.0): "the ratio of {} to {}, but for a constant factor",
    (-1.0, 1.0): "the ratio of {1} to {0}, but for a constant factor",
    (1.0, -2.0): "{} over {} squared, as in the body mass index",
    (-2.0, 1.0): "{1} over {0} squared, as in the body mass index",
}
Weights = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Fitted:
    """``result`` as a weighted sum of two ``inputs``; ``nice`` are the weights in sixths where they are near those."""

    result: str
    inputs: tuple[str, str]
    weights: Weights
    nice: Weights | None


def sums_and_powers(columns: Mapping[str, Floats], steps: Mapping[str, float], fitted: Fit) -> Iterator[FittedFormula]:
    """The formulas of two inputs among ``columns``, sums first; arguments as of ``formulas.find_formulas``."""
    yield from _sum_formulas(columns, steps, fitted)
    yield from _power_formulas(columns, steps, fitted)


def _sum_formulas(columns: Mapping[str, Floats], steps: Mapping[str, float], fitted: Fit) -> Iterator[FittedFormula]:
    for names in _candidates(columns):
        if found := _fit_pair(columns, steps, names, fitted):
            (x, y), (a, b) = found.inputs, found.weights
            known = _SUMS.get(found.nice) if found.nice else None
            words = known.format(x, y) if known else f"{a:.3g} × {x} {b:+.3g} × {y}"
            yield FittedFormula(found.result, found.inputs, words, known is not None)


def _power_formulas(columns: Mapping[str, Floats], steps: Mapping[str, float], fitted: Fit) -> Iterator[FittedFormula]:
    logs = logarithms(columns)
    # In logarithms a step is relative to the value.
    sizes = {name: relative(columns[name], steps[name]) for name in logs}
    for names in _candidates(logs):
        found = _fit_pair(logs, sizes, names, fitted)
        if found and found.nice:
            (x, y), (a, b) = found.inputs, found.nice
            known = _POWERS.get(found.nice)
            words = known.format(x, y) if known else f"{x} to the power {a:.3g} times {y} to the power {b:.3g}"
            yield FittedFormula(found.result, found.inputs, words, known is not None)


def _fit_pair(
    terms: Mapping[str, Floats], steps: Mapping[str, float] | Mapping[str, Floats], names: Sequence[str], fitted: Fit
) -> _Fitted | None:
    """The first of three ``names`` as a weighted sum of the others; None where it is none, or one explains it.

    ``steps`` is what each is rounded to: one number, or one for each row.
    """
    result, x, y = names
    rows = ~np.isnan(np.column_stack([terms[name] for name in names])).any(axis=1)
    if rows.sum() < MIN_ROWS:
        return None
    size = [step if isinstance(step := steps[name], float) else step[rows] for name in names]
    target, *inputs = (terms[name][rows] for name in names)
    fit = fitted(target, inputs, size[0], size[1:])
    if fit is None:
        return None
    weights = (float(fit[0]), float(fit[1]))
    moves = [abs(weight) * values.std() for weight, values in zip(weights, inputs, strict=True)]
    small = int(np.argmin(moves))
    if moves[small] < LEAST_PART * target.std() and not is_needed(
        fitted, target, size[0], list(zip(inputs, size[1:], strict=True)), small
    ):
        return None  # one of them explains it, as two scales of temperature do
    nice = nearest_sixths(weights)
    return _Fitted(result, (x, y), weights, None if nice is None else (nice[0], nice[1]))


def nearest_sixths(weights: Sequence[float]) -> tuple[float, ...] | None:
    """``weights`` in sixths, where all of them are near one."""
    nice = tuple(round(weight * GRID) / GRID for weight in weights)
    near = all(abs(weight - whole) < _NEAR_GRID for weight, whole in zip(weights, nice, strict=True))
    return nice if near else None


def _candidates(columns: Mapping[str, Floats]) -> list[tuple[str, str, str]]:
    """Names (z, x, y) of columns where x and y explain nearly all of z, from the correlations alone, best first."""
    import pandas as pd

    if len(columns) < 3:
        return []
    frame = pd.DataFrame(columns)
    r = frame.corr(min_periods=MIN_ROWS).to_numpy()
    nearly = _NEARLY_WITH_GAPS if frame.isna().to_numpy().any() else NEARLY
    names, found = list(columns), []
    for z in range(len(r)):
        here = []
        with np.errstate(invalid="ignore", divide="ignore"):
            explained = (r[z][:, None] ** 2 + r[z][None, :] ** 2 - 2 * np.outer(r[z], r[z]) * r) / (1 - r**2)
        explained[np.abs(r) > 0.9999] = np.nan  # x and y say the same
        alone = np.maximum(r[z][:, None] ** 2, r[z][None, :] ** 2)
        explained[1 - explained > 0.5 * (1 - alone)] = np.nan  # one of them says nearly as much
        for x, y in zip(*np.nonzero(np.triu(explained > nearly, 1)), strict=True):
            if z not in (x, y):
                here.append((-float(explained[x, y]), z, int(x), int(y)))
        found += here if nearly == NEARLY else sorted(here)[:_LOOKED_AT]
    # Where x + y = z, each follows from the others: the last column is the likelier result.
    return [(names[z], names[x], names[y]) for _, z, x, y in sorted(found, key=lambda item: (-item[1], item[0]))]
