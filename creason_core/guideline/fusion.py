"""Rankings whose scores cannot be compared, in one: reciprocal rank fusion.

Cormack, Clarke and Buettcher, SIGIR 2009: each ranking gives 1 / (60 + rank), summed.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

K = 60
Ranked = TypeVar("Ranked")


def fused(
    rankings: Sequence[Sequence[Ranked]], key: Callable[[Ranked], Hashable], weights: Sequence[float] = ()
) -> list[tuple[Ranked, float]]:
    """Each one of ``rankings`` (best first) once, with its score, best first; of equal ones, what came first.

    What has the same ``key`` is the same; it is told as the first ranking that has it has it. ``weights`` are of the
    rankings, 1 where none are given.
    """
    first: dict[Hashable, Ranked] = {}
    score: dict[Hashable, float] = {}
    for weight, ranking in zip(weights or [1.0] * len(rankings), rankings, strict=True):
        for rank, one in enumerate(ranking, 1):
            name = key(one)
            first.setdefault(name, one)
            score[name] = score.get(name, 0.0) + weight / (K + rank)
    return sorted(((one, score[name]) for name, one in first.items()), key=lambda told: -told[1])
