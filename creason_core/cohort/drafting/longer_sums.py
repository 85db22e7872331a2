"""Sums of more than two columns and of their logarithms, such as the parts of a score, the anion gap, MELD."""

from collections.abc import Iterator, Mapping

import numpy as np

from creason_core.arrays import Bools, Floats
from creason_core.cohort.drafting.fits import LEAST_PART, MIN_ROWS, Fit, Formula

MAX_TERMS = 20  # of a longer sum
_SEARCHED_ROWS = 500  # in which a term of a longer sum is looked for; the sum is held against all
_LEAST_GAIN = 0.03  # of what is left: what a further term must explain, or the search ends; more where chance does


def longer_sums(
    columns: Mapping[str, Floats], flags: Mapping[str, Floats], steps: Mapping[str, float], fitted: Fit
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
                n for n, part in zip(chosen, spread, strict=True) if part > LEAST_PART * columns[target][rows].std()
            ]
            if len({names[n] for n in used}) >= 2:
                named = ", ".join(f"ln {names[n]}" if terms[n][2] else names[n] for n in used)
                yield Formula(target, tuple(dict.fromkeys(names[n] for n in used)), f"a weighted sum of {named}")
            break


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
