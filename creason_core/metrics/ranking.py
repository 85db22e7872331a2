"""How well a ranking finds what is relevant. Ids are anything that can be compared; gains are binary."""

import math
from collections.abc import Collection, Hashable, Sequence


def recall_at(ranked: Sequence[Hashable], relevant: Collection[Hashable], k: int = 5) -> float:
    """The share of what is relevant among the first ``k``; of more than ``k`` relevant ones, ``k`` can be found.

    Raises:
        ValueError: Nothing is relevant.
    """
    return len(set(ranked[:k]) & set(relevant)) / _most(relevant, k)


def ndcg_at(ranked: Sequence[Hashable], relevant: Collection[Hashable], k: int = 10) -> float:
    """The discounted gain of the first ``k`` over the best that it could be.

    Järvelin and Kekäläinen, ACM TOIS 2002;20:422.

    Raises:
        ValueError: Nothing is relevant.
    """
    gain = sum(1 / math.log2(place + 2) for place, one in enumerate(ranked[:k]) if one in relevant)
    return gain / sum(1 / math.log2(place + 2) for place in range(_most(relevant, k)))


def _most(relevant: Collection[Hashable], k: int) -> int:
    """How many can be found among the first ``k``."""
    if not relevant or k < 1:
        raise ValueError(f"a ranking of {len(relevant)} relevant ids among the first {k} has no such figure")
    return min(k, len(set(relevant)))
