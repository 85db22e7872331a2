"""Formulas found in the numbers: columns that others of the table give exactly, up to rounding.

Pairs: one is a straight line of the other. Triples: a weighted sum (mean arterial pressure), or a product of powers
(ratios, body mass index). Then sums of more columns, such as the parts of a score. A find is verified on the
rows themselves; what is a coincidence of few rows cannot be told apart, which is why each asks for a look.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from creason_core.tabular.cells import Floats

MOST_COLUMNS = 80  # all triples of these are looked at
MOST_ROWS = 5000
FEWEST_ROWS = 20
_NEARLY = 0.98  # R² from which a triple is looked at closely
_LEAST_PART = 0.02  # of the result's spread: what an input must at least move
_NAMES = {
    ("sum", (1 / 3, 2 / 3)): "a third of {} and two thirds of {}, as in mean arterial pressure",
    ("sum", (2 / 3, 1 / 3)): "a third of {1} and two thirds of {0}, as in mean arterial pressure",
    ("sum", (1.0, 1.0)): "the sum of {} and {}",
    ("sum", (1.0, -1.0)): "{} less {}",
    ("sum", (-1.0, 1.0)): "{1} less {0}",
    ("power", (1.0, 1.0)): "{} times {}, but for a constant factor",
    ("power", (1.0, -1.0)): "the ratio of {} to {}, but for a constant factor",
    ("power", (-1.0, 1.0)): "the ratio of {1} to {0}, but for a constant factor",
    ("power", (1.0, -2.0)): "{} over {} squared, as in the body mass index",
    ("power", (-2.0, 1.0)): "{1} over {0} squared, as in the body mass index",
}


@dataclass(frozen=True)
class Formula:
    """``result`` follows from ``inputs``; ``words`` say how, ``named`` whether it is a formula that people use."""

    result: str
    inputs: tuple[str, ...]
    words: str
    named: bool = False


def find_formulas(columns: Mapping[str, Floats], steps: Mapping[str, float]) -> tuple[Formula, ...]:
    """The formulas among numeric ``columns`` (NaN: not recorded); ``steps`` is what each is rounded to.

    A result is named once, by the simplest formula; among the columns of one formula, the result is the last.
    """
    usable = {
        name: values[:MOST_ROWS]
        for name, values in columns.items()
        if len(np.unique(values[:MOST_ROWS][~np.isnan(values[:MOST_ROWS])])) > 2
    }
    usable = dict(list(usable.items())[:MOST_COLUMNS])
    found: dict[str, Formula] = {}

    def take(formulas: Iterable[Formula]) -> None:
        for formula in formulas:
            parts = {formula.result, *formula.inputs}
            same = any(parts <= {f.result, *f.inputs} for f in found.values())
            # An input in terms of results, as systolic pressure from mean and pulse pressure, says nothing new.
            back = any(formula.result in f.inputs for f in found.values()) and found.keys() & formula.inputs
            if formula.result not in found and not same and not back:
                found[formula.result] = formula

    take(_lines(usable, steps))
    take(sorted(_triples(usable, steps), key=lambda formula: not formula.named))
    take(_longer_sums({name: values for name, values in usable.items() if name not in found}, steps))
    return tuple(found.values())


def _lines(columns: Mapping[str, Floats], steps: Mapping[str, float]) -> Iterator[Formula]:
    for x, y in combinations(columns, 2):
        both = ~np.isnan(columns[x]) & ~np.isnan(columns[y])
        if both.sum() < FEWEST_ROWS or len(np.unique(columns[x][both])) < 3:
            continue
        fit = _fitted(columns[y][both], [columns[x][both]], steps[y], [steps[x]])
        if fit is not None:
            same = bool(np.array_equal(columns[x][both], columns[y][both]))
            yield Formula(y, (x,), f"the same as {x}" if same else f"{fit[0]:.6g} times {x}, {fit[1]:+.6g}")


def _triples(columns: Mapping[str, Floats], steps: Mapping[str, float]) -> Iterator[Formula]:
    for scale in ("sum", "power"):
        taken = {
            name: np.log(values) if scale == "power" else values
            for name, values in columns.items()
            if scale == "sum" or np.nanmin(values) > 0
        }
        names = list(taken)
        for z, x, y in _candidates(taken):
            rows = ~np.isnan(taken[names[x]]) & ~np.isnan(taken[names[y]]) & ~np.isnan(taken[names[z]])
            if rows.sum() < FEWEST_ROWS:
                continue
            inputs = [names[x], names[y]]
            # In logarithms a step is relative to the value.
            size = {n: steps[n] / (columns[n][rows] if scale == "power" else 1.0) for n in (*inputs, names[z])}
            fit = _fitted(
                taken[names[z]][rows], [taken[n][rows] for n in inputs], size[names[z]], [size[n] for n in inputs]
            )
            if fit is None:
                continue
            parts = [abs(weight) * taken[n][rows].std() for weight, n in zip(fit, inputs, strict=False)]
            if min(parts) < _LEAST_PART * taken[names[z]][rows].std():
                continue  # one of them explains it, as two scales of temperature do
            nice = tuple(round(weight * 6) / 6 for weight in fit[:2])
            close = all(abs(weight - rounded) < 0.02 for weight, rounded in zip(fit, nice, strict=False))
            if scale == "power" and not close:
                continue
            told = _NAMES.get((scale, nice)) if close else None
            words = told.format(*inputs) if told else f"{fit[0]:.3g} × {inputs[0]} {fit[1]:+.3g} × {inputs[1]}"
            if scale == "power" and not told:
                words = f"{inputs[0]} to the power {nice[0]:.3g} times {inputs[1]} to the power {nice[1]:.3g}"
            yield Formula(names[z], tuple(inputs), words, told is not None)


def _candidates(columns: Mapping[str, Floats]) -> list[tuple[int, int, int]]:
    """Triples (z, x, y) where x and y explain nearly all of z, from the correlations alone, best first."""
    import pandas as pd

    if len(columns) < 3:
        return []
    r = pd.DataFrame(columns).corr(min_periods=FEWEST_ROWS).to_numpy()
    found = []
    for z in range(len(r)):
        with np.errstate(invalid="ignore", divide="ignore"):
            explained = (r[z][:, None] ** 2 + r[z][None, :] ** 2 - 2 * np.outer(r[z], r[z]) * r) / (1 - r**2)
        explained[np.abs(r) > 0.9999] = np.nan  # x and y say the same
        for x, y in zip(*np.nonzero(np.triu(explained > _NEARLY, 1)), strict=True):
            if z not in (x, y):
                found.append((-float(explained[x, y]), z, int(x), int(y)))
    # Where x + y = z, each follows from the others: the last column is the likelier result.
    return [(z, x, y) for _, z, x, y in sorted(found, key=lambda item: (-item[1], item[0]))]


def _longer_sums(columns: Mapping[str, Floats], steps: Mapping[str, float]) -> Iterator[Formula]:
    """A column that is a weighted sum of three or more others in the complete rows, the last columns first."""
    names = list(columns)
    if len(names) < 4:
        return
    table = np.column_stack([columns[name] for name in names])
    table = table[~np.isnan(table).any(axis=1)]
    if len(table) < max(FEWEST_ROWS, 3 * len(names)):
        return
    for place in range(len(names) - 1, 2, -1):
        others = [n for n in range(len(names)) if n != place]
        fit = _fitted(table[:, place], list(table[:, others].T), steps[names[place]], [steps[names[n]] for n in others])
        if fit is None:
            continue
        spread = table.std(axis=0)
        used = [names[n] for n, w in zip(others, fit, strict=False) if abs(w) * spread[n] > _LEAST_PART * spread[place]]
        if len(used) >= 3:
            yield Formula(names[place], tuple(used), "a weighted sum of " + ", ".join(used))


def _fitted(
    target: Floats, inputs: list[Floats], step: "Floats | float", input_steps: "list[Floats | float]"
) -> Floats | None:
    """Weights and intercept of the least squares fit; None where a residual is more than rounding explains."""
    design = np.column_stack([*inputs, np.ones(len(target))])
    weights = np.linalg.lstsq(design, target, rcond=None)[0]
    residual = np.abs(target - design @ weights)
    allowed = 0.6 * np.asarray(step) + sum(
        0.6 * abs(w) * np.asarray(s) for w, s in zip(weights, input_steps, strict=False)
    )
    spread = float(target.std())
    # Coarse rounding must not pass for a formula: what is left has to be small beside the spread.
    exact = bool(np.all(residual <= allowed + 1e-9 * (1 + np.abs(target)))) and float(residual.std()) < 0.1 * spread
    return np.asarray(weights, dtype=np.float64) if exact else None
