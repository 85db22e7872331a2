"""Which patients of a cohort a newcomer may open where its manifest names none, and the line that introduces each.

Test patients with the most values recorded, in an order that only their keys decide, of different lines where there
are such. A line tells what the codebook says a patient is known by; a question that asks for it takes it out.
"""

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from creason_core.cohort.cohort import PublicCase
from creason_core.record.case import Entry
from creason_core.record.codebook import Codebook
from creason_core.record.highlights import who_features, who_is

if TYPE_CHECKING:
    import pandas as pd

OFFERED = 6


def offered_cases(table: "pd.DataFrame", patients: Iterable[str], codebook: Codebook) -> tuple[PublicCase, ...]:
    """At most ``OFFERED`` of ``patients``, rows of ``table``."""
    recorded = table.loc[list(patients)].notna().sum(axis="columns")
    drawn = sorted(recorded.index, key=lambda patient: (-recorded[patient], _draw(patient)))
    found: dict[str, PublicCase] = {}
    for patient in drawn[: 50 * OFFERED]:
        line = _line(str(patient), table.loc[patient], codebook)
        found.setdefault(line, PublicCase(patient=str(patient), headline=line))
        if len(found) == OFFERED:
            break
    return tuple(found.values())


def _line(patient: str, row: "pd.Series[float] | pd.Series[str]", codebook: Codebook) -> str:
    entries = {
        feature.name: Entry(feature=feature.name, value=value, measured=value not in feature.not_measured)
        for feature in who_features(codebook)
        if (value := row[feature.name]) is not None and value == value  # noqa: PLR0124 - NaN is not itself
    }
    return " · ".join(who_is(entries, codebook))[:150] or patient


def _draw(patient: str) -> str:
    return hashlib.sha256(patient.encode()).hexdigest()
