"""Which entry of a case counts where a feature has several over time and one is wanted."""

from collections.abc import Collection

from creason_core.record.case import Entry, PatientCase
from creason_core.record.codebook import Codebook
from creason_core.record.counting import count
from creason_core.record.feature import Feature


def counted(case: PatientCase, feature: Feature, codebook: Codebook) -> Entry | None:
    """The entry of ``feature`` (or of it at one time) that counts; None where nothing is recorded.

    Of several values the measured ones count, where there are any. A mean and a sum are computed, without a time; a sum
    is not known while a portion is missing, at one of the codebook's time points.

    Raises:
        CaseError: There are several, and the codebook does not say which counts.
    """
    entries = case.of(feature.name)
    if portions_missing(feature, {entry.hours for entry in entries if entry.measured}, codebook):
        return None
    if len(entries) < 2:
        return entries[0] if entries else None
    several = [entry for entry in entries if entry.measured] or list(entries)
    place, value = count(feature, [entry.value for entry in several])
    if place is not None:
        return several[place]
    return several[-1].model_copy(update={"value": value, "provenance": "computed", "hours": None, "reason": ""})


def portions_missing(feature: Feature, hours: Collection[float | None], codebook: Codebook) -> tuple[float, ...]:
    """The time points at which a portion of a sum is missing, where some of its values, at ``hours``, have a time."""
    timed = any(time is not None for time in hours)
    return tuple(time for time in codebook.points if time not in hours) if feature.counts == "sum" and timed else ()
