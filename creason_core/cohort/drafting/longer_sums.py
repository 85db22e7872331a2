"""Sums of more than two columns and of their logarithms, such as the parts of a score, the anion gap, MELD.

Products of more than two are sums of logarithms, as the oxygenation index is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from creason_core.arrays import Bools, Floats
from creason_core.cohort.drafting.fits import LEAST_PART, MIN_ROWS, Fit, FittedFormula, is_needed, logarithms, relative
from creason_core.cohort.drafting.triples import nearest_sixths

MAX_TERMS = 20  # of a longer sum
_SEARCHED_ROWS = 500  # in which a term of a longer sum is looked for; the sum is held against all
_COMPLETES = 0.5  # of what rounding would also explain: what one more input must take away to be part of a formula
_LEAST_GAIN = 0.03  # of what is left: what a further term must explain, or the search ends; more where chance does


@dataclass(frozen=True)
class _Term:
    """What a sum may be made of: a column or its logarithm, and what its values are rounded to."""

    name: str
    values: Floats
    size: "Floats | float"
    log: bool = False

    @property
    def words(self) -> str:
        return f"ln {self.name}" if self.log else self.name


def longer_sums(
    columns: Mapping[str, Floats], flags: Mapping[str, Floats], steps: Mapping[str, float], fitted: Fit
) -> Iterator[FittedFormula]:
    """A column that is a weighted sum of others or of their logarithms, the last columns first.

    Terms are taken one after another, each the one that what is still left is most like (orthogonal matching
    pursuit); rows in which a term is not recorded drop out when it is taken.
    """
    terms = [_Term(name, values, steps.get(name, 0.0)) for name, values in (*columns.items(), *flags.items())]
    targets = list(terms[: len(columns)])
    terms += [
        _Term(name, np.log(values), steps.get(name, 0.0) / values, log=True)
        for name, values in columns.items()
        if np.nanmin(values) > 0
    ]
    for target, used, _ in _searched(targets, terms, fitted):
        named = ", ".join(term.words for term in used)
        yield FittedFormula(target, tuple(dict.fromkeys(term.name for term in used)), f"a weighted sum of {named}")


def longer_powers(columns: Mapping[str, Floats], steps: Mapping[str, float], fitted: Fit) -> Iterator[FittedFormula]:
    """A column that is a product of powers of others; exponents are sixths, as people use them."""
    logs = logarithms(columns)
    terms = [_Term(name, values, relative(columns[name], steps[name]), log=True) for name, values in logs.items()]
    for target, used, weights in _searched(terms, terms, fitted):
        if len(used) > 2 and nearest_sixths(weights) is not None:
            named = ", ".join(term.name for term in used)
            yield FittedFormula(target, tuple(term.name for term in used), f"a product of powers of {named}")


def _searched(
    targets: list[_Term], terms: list[_Term], fitted: Fit
) -> Iterator[tuple[str, list[_Term], tuple[float, ...]]]:
    """Each target that is a weighted sum of terms: its name, those that move it, and their weights."""
    if not terms:
        return
    matrix = np.column_stack([term.values for term in terms])
    for target in reversed(targets):
        usable = np.array([term.name != target.name for term in terms])
        chosen: list[int] = []
        rows = ~np.isnan(target.values)
        while len(chosen) < MAX_TERMS and usable.any():
            best = _likest(target.values, matrix, rows, chosen, usable)
            if best is None or (still := rows & ~np.isnan(matrix[:, best])).sum() < MIN_ROWS + 5 * len(chosen):
                break
            rows, usable[best] = still, False
            chosen.append(best)
            if len(chosen) < 2:
                continue
            size = [_in(terms[n].size, rows) for n in chosen]
            fit = fitted(target.values[rows], [matrix[rows, n] for n in chosen], _in(target.size, rows), size)
            if fit is None:
                continue
            inputs = [matrix[rows, n] for n in chosen]
            spread = [values.std() * abs(w) for values, w in zip(inputs, fit, strict=False)]
            least, step = LEAST_PART * target.values[rows].std(), _in(target.size, rows)
            used = [
                (terms[n], float(fit[k]))
                for k, n in enumerate(chosen)
                if spread[k] > least
                or is_needed(fitted, target.values[rows], step, list(zip(inputs, size, strict=True)), k)
            ]
            if len({term.name for term, _ in used}) >= 2:
                yield target.name, [term for term, _ in used], tuple(weight for _, weight in used)
            break


def _in(size: "Floats | float", rows: Bools) -> "Floats | float":
    return size if isinstance(size, float) else size[rows]


def completed(
    formula: FittedFormula, columns: Mapping[str, Floats], steps: Mapping[str, float], fitted: Fit
) -> FittedFormula:
    """``formula``, if it is a sum, with inputs that are smaller than the rounding of the others and complete it.

    An anion gap with potassium fits without it, and would give potassium away.
    """
    inputs = list(formula.inputs)
    left = _left_over(formula.result, inputs, columns, steps, fitted)
    while left is not None and len(inputs) < MAX_TERMS:
        rest = float(np.nanvar(left))
        trials = []
        for name, values in columns.items():
            both = ~np.isnan(left) & ~np.isnan(values)
            if name in (formula.result, *inputs) or both.sum() < MIN_ROWS + 5 * len(inputs) or not values[both].std():
                continue
            if rest and np.corrcoef(left[both], values[both])[0, 1] ** 2 > _COMPLETES:
                further = _left_over(formula.result, [*inputs, name], columns, steps, fitted)
                if further is not None and np.nanvar(further) < (1 - _COMPLETES) * np.nanvar(left[~np.isnan(further)]):
                    trials.append((float(np.nanvar(further)), name, further))
        if not trials:
            break
        _, name, left = min(trials, key=lambda trial: trial[:2])
        inputs.append(name)
    if len(inputs) == len(formula.inputs):
        return formula
    return replace(formula, inputs=tuple(inputs), words=f"a weighted sum of {', '.join(inputs)}", named=False)


def _left_over(
    result: str, inputs: list[str], columns: Mapping[str, Floats], steps: Mapping[str, float], fitted: Fit
) -> Floats | None:
    """What the sum leaves of the result (NaN where a part is not recorded); None where it is no sum."""
    if not {result, *inputs} <= columns.keys():
        return None
    matrix = np.column_stack([columns[name] for name in (*inputs, result)])
    rows = ~np.isnan(matrix).any(axis=1)
    if rows.sum() < MIN_ROWS:
        return None
    sizes: list[Floats | float] = [steps.get(name, 0.0) for name in inputs]
    fit = fitted(matrix[rows, -1], [matrix[rows, n] for n in range(len(inputs))], steps.get(result, 0.0), sizes)
    if fit is None:
        return None
    left = np.full(len(matrix), np.nan)
    left[rows] = matrix[rows, -1] - matrix[rows, :-1] @ fit[:-1] - fit[-1]
    return left


def _likest(target: Floats, matrix: Floats, rows: Bools, chosen: list[int], usable: Bools) -> int | None:
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
