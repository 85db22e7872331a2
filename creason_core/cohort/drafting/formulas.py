"""Formulas found in the numbers: columns that others of the table give exactly, up to rounding.

Pairs: one is a straight line of the other or of its logarithm. Triples: a weighted sum (mean arterial pressure), or a
product of powers (ratios, body mass index). Then sums of more columns and of their logarithms, such as the parts of a
score, the anion gap, MELD. And cuts: levels that are ranges of a number. A find is verified on the rows themselves;
what is a coincidence of few rows cannot be told apart, which is why each asks for a look.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from creason_core.cohort.table_files.cells import Floats

MAX_COLUMNS = 700  # all triples of these are looked at
MAX_ROWS = 5000
MIN_ROWS = 20
MIN_OF_A_LEVEL = 5  # rows that two levels need, before ranges that do not overlap are no coincidence
MIN_OF_TWO_RANGES = 20  # rows that every level needs where one has two ranges
_SLIPS = 0.05  # of the rows of a level: so many may contradict a cut
MAX_TERMS = 20  # of a longer sum
_SEARCHED_ROWS = 500  # in which a term of a longer sum is looked for; the sum is held against all
_LEAST_GAIN = 0.03  # of what is left: what a further term must explain, or the search ends; more where chance does
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


def find_formulas(
    columns: Mapping[str, Floats], steps: Mapping[str, float], *, holds_in: float = 1.0
) -> tuple[Formula, ...]:
    """The formulas among numeric ``columns`` (NaN: not recorded); ``steps`` is what each is rounded to.

    A result is named once, by the simplest formula; among the columns of one formula, the result is the last.
    ``holds_in`` is the share of the rows that a formula must hold in: below 1, slips of the pen do not hide it.
    Columns of two values (0 and 1) can be parts of a sum, and no result.
    """
    short = {name: values[:MAX_ROWS] for name, values in columns.items()}
    different = {name: len(np.unique(values[~np.isnan(values)])) for name, values in short.items()}
    usable = dict([(name, values) for name, values in short.items() if different[name] > 2][:MAX_COLUMNS])
    flags = {name: values for name, values in short.items() if different[name] == 2}
    fitted = partial(_fitted, holds_in=holds_in)
    found: dict[str, Formula] = {}

    def take(formulas: Iterable[Formula]) -> None:
        for formula in formulas:
            parts = {formula.result, *formula.inputs}
            same = any(parts <= {f.result, *f.inputs} for f in found.values())
            # An input in terms of results, as systolic pressure from mean and pulse pressure, says nothing new.
            back = any(formula.result in f.inputs for f in found.values()) and found.keys() & formula.inputs
            if formula.result not in found and not same and not back:
                found[formula.result] = formula

    take(_lines(usable, steps, fitted))
    take(sorted(_triples(usable, steps, fitted), key=lambda formula: not formula.named))
    left = {name: values for name, values in usable.items() if name not in found}
    take(_longer_sums(left, flags, steps, fitted))
    return tuple(found.values())


def find_cuts(levels: Mapping[str, Floats], numbers: Mapping[str, Floats]) -> tuple[Formula, ...]:
    """Columns of ``levels`` (as numbers, NaN: not recorded) that are ranges of one of ``numbers``.

    A level can be two ranges, as "out of the normal range" is. Up to one row in twenty of a level may be a slip.
    """
    return tuple(
        Formula(level, (number,), f"ranges of {number}")
        for level, places in levels.items()
        for number, values in numbers.items()
        if _is_cut(places, values)
    )


def _is_cut(places: Floats, values: Floats) -> bool:
    both = ~np.isnan(places) & ~np.isnan(values)
    if both.sum() < MIN_ROWS:
        return False
    places, values = places[both], values[both]
    counts = np.unique(places, return_counts=True)[1]
    if (counts >= MIN_OF_A_LEVEL).sum() < 2 or len(np.unique(values)) <= 2 * len(counts):
        return False  # too few rows or values for a range to be no coincidence
    places = _usual(places, values)
    # Made before rounding, neighbours can share the number at a cut: their rows there come in either order.
    runs = min(_runs(places[np.lexsort((places * sign, values))]) for sign in (1, -1))
    return runs <= len(counts) or (runs <= 2 * len(counts) and counts.min() >= MIN_OF_TWO_RANGES)


def _usual(places: Floats, values: Floats) -> Floats:
    """Each row with the level that most rows of its number have; as they are where that changes more than slips."""
    (levels, level), number = np.unique(places, return_inverse=True), np.unique(values, return_inverse=True)[1]
    counts = np.zeros((number.max() + 1, len(levels)))
    np.add.at(counts, (number, level), 1)
    usual = counts.argmax(axis=1)[number]
    changed = np.bincount(level[usual != level], minlength=len(levels))
    return levels[usual] if np.all(changed <= _SLIPS * counts.sum(axis=0)) else places


def _runs(places: Floats) -> int:
    """How often the level changes along the number, and one; single rows among another level are slips."""
    alone = np.flatnonzero((places[1:-1] != places[:-2]) & (places[:-2] == places[2:])) + 1
    if all((places[alone] == level).sum() <= _SLIPS * (places == level).sum() for level in np.unique(places)):
        places = np.delete(places, alone)
    return 1 + int((np.diff(places) != 0).sum())


def _lines(columns: Mapping[str, Floats], steps: Mapping[str, float], fitted: "Fit") -> Iterator[Formula]:
    logs = {name: np.log(values) for name, values in columns.items() if np.nanmin(values) > 0}
    names = list(columns)
    for log in ("", "x", "y"):  # of which the logarithm is taken
        left, right = (logs if log == "x" else columns), (logs if log == "y" else columns)
        for x, y in _alike(left, right, names):
            both = ~np.isnan(columns[x]) & ~np.isnan(columns[y])
            if both.sum() < MIN_ROWS or len(np.unique(columns[x][both])) < 3:
                continue
            size = {n: steps[n] / columns[n][both] if m else steps[n] for n, m in ((x, log == "x"), (y, log == "y"))}
            fit = fitted(right[y][both], [left[x][both]], size[y], [size[x]])
            if fit is not None:
                same = not log and bool(np.array_equal(columns[x][both], columns[y][both]))
                of, what = (
                    (f"ln {x}" if log == "x" else x),
                    (f"its logarithm {fit[0]:.6g}" if log == "y" else f"{fit[0]:.6g}"),
                )
                yield Formula(y, (x,), f"the same as {x}" if same else f"{what} times {of}, {fit[1]:+.6g}")


def _alike(left: Mapping[str, Floats], right: Mapping[str, Floats], names: list[str]) -> list[tuple[str, str]]:
    """Pairs of columns, the earlier first, that a straight line nearly fits."""
    import pandas as pd

    xs, ys = [name for name in names if name in left], [name for name in names if name in right]
    if not xs or not ys:
        return []
    frame = pd.DataFrame({**{("x", n): left[n] for n in xs}, **{("y", n): right[n] for n in ys}})
    r = frame.corr(min_periods=MIN_ROWS).to_numpy()[: len(xs), len(xs) :] if left is not right else (
        pd.DataFrame({n: left[n] for n in xs}).corr(min_periods=MIN_ROWS).to_numpy()
    )  # fmt: skip
    near = np.nan_to_num(r) ** 2 > _NEARLY
    place = {name: k for k, name in enumerate(names)}
    pairs = [(xs[i], ys[j]) for i, j in zip(*np.nonzero(near), strict=True)]
    return [(x, y) for x, y in pairs if place[x] < place[y]]


def _triples(columns: Mapping[str, Floats], steps: Mapping[str, float], fitted: "Fit") -> Iterator[Formula]:
    for scale in ("sum", "power"):
        taken = {
            name: np.log(values) if scale == "power" else values
            for name, values in columns.items()
            if scale == "sum" or np.nanmin(values) > 0
        }
        names = list(taken)
        for z, x, y in _candidates(taken):
            rows = ~np.isnan(taken[names[x]]) & ~np.isnan(taken[names[y]]) & ~np.isnan(taken[names[z]])
            if rows.sum() < MIN_ROWS:
                continue
            inputs = [names[x], names[y]]
            # In logarithms a step is relative to the value.
            size = {n: steps[n] / (columns[n][rows] if scale == "power" else 1.0) for n in (*inputs, names[z])}
            fit = fitted(
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
    r = pd.DataFrame(columns).corr(min_periods=MIN_ROWS).to_numpy()
    found = []
    for z in range(len(r)):
        with np.errstate(invalid="ignore", divide="ignore"):
            explained = (r[z][:, None] ** 2 + r[z][None, :] ** 2 - 2 * np.outer(r[z], r[z]) * r) / (1 - r**2)
        explained[np.abs(r) > 0.9999] = np.nan  # x and y say the same
        alone = np.maximum(r[z][:, None] ** 2, r[z][None, :] ** 2)
        explained[1 - explained > 0.5 * (1 - alone)] = np.nan  # one of them says nearly as much
        for x, y in zip(*np.nonzero(np.triu(explained > _NEARLY, 1)), strict=True):
            if z not in (x, y):
                found.append((-float(explained[x, y]), z, int(x), int(y)))
    # Where x + y = z, each follows from the others: the last column is the likelier result.
    return [(z, x, y) for _, z, x, y in sorted(found, key=lambda item: (-item[1], item[0]))]


def _longer_sums(
    columns: Mapping[str, Floats], flags: Mapping[str, Floats], steps: Mapping[str, float], fitted: "Fit"
) -> Iterator[Formula]:
    """A column that is a weighted sum of others or of their logarithms, the last columns first.

    Terms are taken one after another, each the one that what is still left is most like (orthogonal matching
    pursuit); rows in which a term is not recorded drop out when it is taken.
    """
    logs = {name: np.log(values) for name, values in columns.items() if np.nanmin(values) > 0}
    terms = [(name, values, False) for name, values in (*columns.items(), *flags.items())]
    terms += [(name, values, True) for name, values in logs.items()]
    if not terms:
        return
    names, matrix = [name for name, _, _ in terms], np.column_stack([values for _, values, _ in terms])
    for target in reversed(list(columns)):
        usable = np.array([name != target for name in names])
        chosen: list[int] = []
        rows = ~np.isnan(columns[target])
        while len(chosen) < MAX_TERMS and usable.any():
            best = _likest(columns[target], matrix, rows, chosen, usable)
            if best is None or (still := rows & ~np.isnan(matrix[:, best])).sum() < MIN_ROWS + 5 * len(chosen):
                break
            rows, usable[best] = still, False
            chosen.append(best)
            if len(chosen) < 2:
                continue
            size: list[Floats | float] = [
                steps.get(names[n], 0.0) / (columns[names[n]][rows] if terms[n][2] else 1.0) for n in chosen
            ]
            fit = fitted(columns[target][rows], [matrix[rows, n] for n in chosen], steps[target], size)
            if fit is None:
                continue
            spread = matrix[rows][:, chosen].std(axis=0) * np.abs(fit[:-1])
            used = [
                n for n, part in zip(chosen, spread, strict=True) if part > _LEAST_PART * columns[target][rows].std()
            ]
            if len({names[n] for n in used}) >= 2:
                told = ", ".join(f"ln {names[n]}" if terms[n][2] else names[n] for n in used)
                yield Formula(target, tuple(dict.fromkeys(names[n] for n in used)), f"a weighted sum of {told}")
            break


def _likest(
    target: Floats, matrix: Floats, rows: NDArray[np.bool_], chosen: list[int], usable: NDArray[np.bool_]
) -> int | None:
    """The usable column of ``matrix`` that correlates most with what the ``chosen`` ones leave of ``target``."""
    some = np.flatnonzero(rows)[:_SEARCHED_ROWS]
    here, aim = matrix[some], target[some]
    design = np.column_stack([here[:, chosen], np.ones(len(some))])
    left = aim - design @ np.linalg.lstsq(design, aim, rcond=None)[0]
    if left.std() < 1e-9 * (1 + np.abs(aim).max()):
        return None
    known = ~np.isnan(here)
    enough = known.sum(axis=0) >= MIN_ROWS
    x = np.where(known, here, 0.0)
    n = np.maximum(known.sum(axis=0), 1)
    y = left[:, None] * known
    covariance = (x * left[:, None]).sum(axis=0) - x.sum(axis=0) * y.sum(axis=0) / n
    spread = np.sqrt(np.maximum((x**2).sum(axis=0) - x.sum(axis=0) ** 2 / n, 0))
    spread_y = np.sqrt(np.maximum((y**2).sum(axis=0) - y.sum(axis=0) ** 2 / n, 0))
    with np.errstate(invalid="ignore", divide="ignore"):
        score = np.abs(covariance) / (spread * spread_y)
    score = np.where(usable & enough & np.isfinite(score), score, -1.0)
    best = int(score.argmax())
    chance = 3 * np.log(len(score)) / len(some) if len(some) == _SEARCHED_ROWS else 0.0
    return best if score[best] ** 2 > max(_LEAST_GAIN, chance) else None


def _fitted(
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


Fit = Callable[[Floats, list[Floats], "Floats | float", "list[Floats | float]"], Floats | None]
