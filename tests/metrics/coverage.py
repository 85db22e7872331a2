"""Simulated studies: how often an interval over patients holds the truth, and a test rejects where nothing differs.

``python -m tests.metrics.coverage`` prints the table of docs/evaluation.md.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from creason_core.metrics.comparison import paired_difference
from creason_core.metrics.intervals import Interval, mean, mean_loss, percentile_interval, resample, wilson

SIZES = (2, 3, 5, 10, 20, 50)
STUDIES = 1000


@dataclass(frozen=True, slots=True)
class Held:
    """Of ``STUDIES``: how many intervals held the truth, and how many of those that take questions as independent."""

    over_patients: int
    independent: int


@dataclass(frozen=True, slots=True)
class Paired:
    """Of ``STUDIES``: how many intervals of a difference held the truth, and how many differences had p < 0.05."""

    held: int
    rejected: int


def shares(patients: int, skill: tuple[float, float]) -> Held:
    """Patients with 1 to 9 questions each, who differ in difficulty (a beta distribution)."""
    rng, truth = np.random.default_rng(20), skill[0] / sum(skill)
    held = independent = 0
    for _ in range(STUDIES):
        clusters = np.repeat(np.arange(patients), rng.integers(1, 10, patients))
        right = (rng.random(len(clusters)) < rng.beta(*skill, patients)[clusters]).astype(float)
        held += _holds(mean(right, clusters).interval, truth)
        independent += _holds(wilson(int(right.sum()), len(right)), truth)
    return Held(held, independent)


def losses(patients: int, risk: tuple[float, float], studies: int = STUDIES) -> int:
    """Of ``studies`` of the Brier score of true probabilities (a beta distribution): how many intervals held it."""
    rng, every = np.random.default_rng(40), sum(risk)
    truth, held = risk[0] * risk[1] / (every * (every + 1)), 0
    for _ in range(studies):
        p = rng.beta(*risk, patients)
        held += _holds(mean_loss((p - (rng.random(patients) < p)) ** 2, np.arange(patients)).interval, truth)
    return held


def differences(patients: int, *, always_right: float = 0.0, luck: float = 0.5) -> Paired:
    """Two models on patients with 1 to 7 questions each; ``luck`` is how much they share: they fail on the same ones.

    They are as good as each other, but that the first is always right in a share ``always_right`` of the patients.
    """
    held = rejected = 0
    for study, (first, second, clusters) in enumerate(_pairs(patients, always_right, luck)):
        found = paired_difference(first, second, clusters, seed=study, draws=400)
        held += _holds(found.estimate.interval, always_right / 2)
        rejected += found.p < 0.05
    return Paired(held, rejected)


def apart(patients: int = 400) -> tuple[float, float]:
    """How far the ends of a share's interval are from those of drawn patients, in 200 studies: mean and maximum."""
    rng, found = np.random.default_rng(0), []
    for study in range(200):
        clusters = np.repeat(np.arange(patients), rng.integers(1, 5, patients))
        right = (rng.random(len(clusters)) < rng.beta(3, 4, patients)[clusters]).astype(float)
        sums = resample(np.stack([right, np.ones_like(right)], axis=1), clusters, seed=study)
        drawn, interval = (
            percentile_interval(sums.drawn[:, 0] / sums.drawn[:, 1], patients),
            mean(right, clusters).interval,
        )
        found += [abs(drawn.low - interval.low), abs(drawn.high - interval.high)]
    return float(np.mean(found)), max(found)


def _pairs(
    patients: int, always_right: float, luck: float
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]]:
    rng = np.random.default_rng(30)
    for _ in range(STUDIES):
        clusters = np.repeat(np.arange(patients), rng.integers(1, 8, patients))
        skill, shared = rng.beta(2, 2, patients)[clusters], rng.random(len(clusters))
        first, second = (luck * shared + (1 - luck) * rng.random(len(clusters)) < skill for _ in range(2))
        sure = (rng.random(patients) < always_right)[clusters]
        yield (first | sure).astype(float), second.astype(float), clusters


def _holds(interval: Interval, truth: float) -> bool:
    return interval.low <= truth <= interval.high


if __name__ == "__main__":
    for size in SIZES:
        middling, mostly = shares(size, (2, 3)), shares(size, (9, 1))
        loss, surer = losses(size, (1, 4)), losses(size, (0.5, 9))
        equal, unequal = differences(size), differences(size, always_right=0.2)
        hardest = differences(size, always_right=0.1, luck=0.9)
        row = (
            *(f"{100 * one.over_patients / STUDIES:.1f}" for one in (middling, mostly)),
            *(f"{100 * one.independent / STUDIES:.1f}" for one in (middling,)),
            *(f"{100 * one / STUDIES:.1f}" for one in (loss, surer)),
            f"{100 * equal.held / STUDIES:.1f}",
            f"{100 * equal.rejected / STUDIES:.1f}",
            f"{100 * unequal.held / STUDIES:.1f}",
            f"{100 * hardest.held / STUDIES:.1f}",
        )
        sys.stdout.write(f"| {size} | {' | '.join(row)} |\n")
    sys.stdout.write("shares of 400 patients, from drawn ones: {:.4f} on average, {:.4f} at most\n".format(*apart()))
