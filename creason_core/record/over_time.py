"""Several values of one feature over time: in order, and which of them counts where one is wanted.

Which one that is belongs to the codebook (``Feature.counts``); nothing is chosen here that it does not say.
"""

import math
from collections.abc import Sequence

from creason_core.errors import CaseError
from creason_core.record.case import Entry, PatientCase
from creason_core.record.feature import Feature


def counted(case: PatientCase, feature: Feature) -> Entry | None:
    """The entry of ``feature`` (or of it at one time) that counts; None where nothing is recorded.

    Of several values the measured ones count, where there are any. A mean and a sum are computed, without a time.

    Raises:
        CaseError: There are several, and the codebook does not say which counts.
    """
    entries = case.of(feature.name)
    if len(entries) < 2:
        return entries[0] if entries else None
    several = [entry for entry in entries if entry.measured] or list(entries)
    place, value = count(feature, [entry.value for entry in several])
    if place is not None:
        return several[place]
    return several[-1].model_copy(update={"value": value, "provenance": "computed", "hours": None, "reason": ""})


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
