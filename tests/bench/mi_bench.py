"""All-pairs mutual information of a large registry, in the clock's seconds, beside scikit-learn on some of its pairs.

python -m tests.bench.mi_bench 13000 700     another number of patients and columns, in this process
"""

import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
from sklearn.metrics import mutual_info_score

from creason_core.cohort.leakage.information import Codes, all_pairs
from creason_core.confined import peak_memory
from tests.bench.figures import Figure, figure

PATIENTS, COLUMNS, BINS = 13_000, 700, 10
COMPARED = 400  # pairs, drawn with a fixed seed


def table(patients: int, columns: int) -> Codes:
    """Bins of correlated columns, from 2 to 10 a column, with a tenth not measured."""
    random = np.random.default_rng(5)
    common = random.normal(size=(patients, 8))
    values = common @ random.normal(size=(8, columns)) + 2 * random.normal(size=(patients, columns))
    codes = np.empty((patients, columns), dtype=np.int64)
    for column, bins in enumerate(random.integers(2, BINS + 1, columns)):
        edges = np.quantile(values[:, column], np.linspace(0, 1, bins + 1)[1:-1])
        codes[:, column] = np.searchsorted(edges, values[:, column])
    codes[random.random(codes.shape) < 0.1] = -1
    return codes


def run(patients: int, columns: int) -> tuple[float, float, float]:
    """Seconds, the largest difference from scikit-learn in nats, and the process's peak memory in GB."""
    codes = table(patients, columns)
    started = time.perf_counter()
    found = all_pairs(codes)
    seconds = time.perf_counter() - started
    random = np.random.default_rng(6)
    worst = 0.0
    for x, y in random.integers(0, columns, (COMPARED, 2)):
        rows = codes[:, y] >= 0
        worst = max(worst, abs(found.nats[x, y] - mutual_info_score(codes[rows, x], codes[rows, y])))
    return seconds, worst, peak_memory() / 2**30


def measure() -> Iterator[Figure]:
    """Time, agreement and memory, in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.mi_bench", str(PATIENTS), str(COLUMNS)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    seconds, worst, gigabytes = map(float, done.stdout.split())
    what = f"{PATIENTS:,} patients, {COLUMNS} columns of 2 to {BINS} bins"
    yield figure("mutual information of all pairs", [seconds], goal=60, note=what)
    yield figure("  largest difference from scikit-learn", [worst], unit="nats", goal=1e-9, note=f"of {COMPARED} pairs")
    yield figure("  memory of the process", [gigabytes], unit="GB", goal=2)


if __name__ == "__main__":
    print(*run(*map(int, sys.argv[1:])))
