"""A whole leak guard of a large registry: all pairs, chance, and the models that look for what settles a value.

python -m tests.bench.guard_bench 13000 700     this many training patients and columns, with progress; minutes
"""

import sys
import time

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from creason_core.cohort.leakage.fitting import fit_guard
from creason_core.cohort.leakage.guard import GuardDesign
from creason_core.confined import peak_memory
from creason_core.record.codebook import Codebook
from tests.bench.mi_bench import BINS
from tests.bench.mi_bench import table as correlated


def registry(patients: int, columns: int) -> tuple[pd.DataFrame, Codebook]:
    """Correlated columns: a third numbers, the others of 2 to 10 levels.

    Of a hundred columns two are nearly the same as another, and one is the sum of two others.
    """
    codes = correlated(patients, columns)
    random = np.random.default_rng(7)
    features: list[dict[str, object]] = []
    table: dict[str, object] = {}
    numbers: dict[int, NDArray[np.float64]] = {}
    for place in range(columns):
        name, column = f"f{place:03}", codes[:, place]
        feature = {"name": name, "label": f"Feature {place}", "section": f"Section {place // 50}", "time": "day1"}
        if place % 3 == 0:
            value = column + random.normal(scale=0.5, size=patients)
            if place % 51 == 48:
                value = numbers[place - 3] + random.normal(scale=0.05, size=patients)
            if place % 102 == 54:
                value = numbers[place - 12] + numbers[place - 15]
            numbers[place] = value
            table[name] = np.where(column < 0, np.nan, np.round(value, 2))
            features.append(feature | {"kind": "number", "decimals": 2})
            continue
        count = max(int(column.max()) + 1, 2)
        levels = [{"code": str(level), "label": f"Level {level}"} for level in range(count)]
        table[name] = [None if level < 0 else str(level) for level in column.tolist()]
        features.append(feature | {"kind": "ordinal" if count > 2 else "binary", "levels": levels})
    book = {"name": "large", "version": 1, "title": "Large", "population": "made up", "source": "here"}
    sections = [f"Section {number}" for number in range((columns - 1) // 50 + 1)]
    return pd.DataFrame(table), Codebook.model_validate(
        book | {"citation": "none", "sections": sections, "features": features}
    )


def run(patients: int, columns: int) -> None:
    """Prints the time as it goes, then seconds, peak memory in GB, and how many pairs are hidden."""
    table, book = registry(patients, columns)
    started = time.perf_counter()
    done = 0

    def progress(features: int) -> None:
        nonlocal done
        done += features
        if done % 10 == 1:
            print(f"{done} of {columns} after {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)

    guard = fit_guard(table, book, GuardDesign(seed=0), split_hash="bench", progress=progress)
    pairs = sum(len(entry.hidden) for entry in guard.entries)
    peak = peak_memory() / 1e9
    print(f"{time.perf_counter() - started:.0f} s, {peak:.2f} GB, {pairs} pairs hidden; up to {BINS} levels")


if __name__ == "__main__":
    run(*map(int, sys.argv[1:]))
