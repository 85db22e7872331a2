"""Which of several values over time counts where one is wanted.

That belongs to the codebook (``Feature.counts``); nothing is chosen here that it does not say.
"""

import math
from collections.abc import Sequence

from creason_core.errors import CaseError
from creason_core.record.feature import Feature


def count(feature: Feature, values: Sequence[float | str]) -> tuple[int | None, float | str]:
    """Which of ``values`` (in order of time, at least one) counts: its place and value; no place if it is computed.

    Of equal ones the first. A mean and a sum have the codebook's decimals.

    Raises:
        CaseError: The codebook does not say which counts.
    """
    how = feature.counts
    if how is None:
        raise CaseError(
            f"{feature.label} has {len(values):,} values over time, and the codebook does not say which counts.",
            remedy="Keep one of them, or write 'counts:' (highest, lowest, worst, first, last, mean or sum) there.",
        )
    if how in ("sum", "mean"):
        total = math.fsum(float(value) for value in values)
        return None, round(total / (len(values) if how == "mean" else 1), feature.decimals) + 0.0
    if how in ("first", "last"):
        place = 0 if how == "first" else len(values) - 1
    else:
        ranks = [_rank(feature, value) for value in values]
        place = ranks.index(min(ranks) if how == "lowest" else max(ranks))
    return place, values[place]


def _rank(feature: Feature, value: float | str) -> float:
    """What is highest in the value that counts, or lowest where ``counts`` is that."""
    if isinstance(value, str):
        return float([level.code for level in feature.levels].index(value))
    limits = feature.reference
    if feature.counts != "worst" or limits is None:
        return value
    if limits.low is None or limits.high is None:
        return -value if limits.high is None else value
    return abs(value - (limits.low + limits.high) / 2)
