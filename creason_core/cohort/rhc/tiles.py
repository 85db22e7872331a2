"""Which septic test patients are offered to a newcomer, and the line that introduces each.

The rule: test patients with every laboratory value measured and all vital signs recorded, in eight groups of equal
size by physiology score; from each group the patient nearest to a set age and of alternating sex. Nobody picked.
"""

import numpy as np
import pandas as pd

from creason_core.cohort.cohort import PublicCase
from creason_core.record.codebook import Codebook

COMPLETE = ("Vitals, day 1", "Labs, day 1")
# Group by severity (0 mildest), age and sex sought, in the order shown, so that the first few already differ.
SOUGHT = (
    (5, 72, "Female"), (2, 45, "Male"), (7, 58, "Male"), (0, 81, "Female"),
    (4, 31, "Female"), (6, 66, "Male"), (1, 24, "Male"), (3, 88, "Female"),
)  # fmt: skip


def public_cases_of(table: pd.DataFrame, codebook: Codebook) -> tuple[PublicCase, ...]:
    """Eight public cases of the septic ``table`` (with its ``split`` column)."""
    chosen = table[table["split"] == "test"]
    for feature in codebook.features:
        if feature.section in COMPLETE and feature.name not in ("wtkilo1", "urin1"):
            values = chosen[feature.name]
            chosen = chosen[values.notna() & ~values.isin(feature.not_measured)]
    ranked = chosen.assign(key=chosen.index).sort_values(["aps1", "key"])
    groups = np.array_split(np.arange(len(ranked)), len(SOUGHT))
    cases = []
    for group, age, sex in SOUGHT:
        members = ranked.take(groups[group])
        members = members[members["sex"] == sex]
        nearest = members.assign(gap=(members["age"] - age).abs()).sort_values(["gap", "key"]).index[0]
        cases.append(PublicCase(patient=str(nearest), headline=headline(str(nearest), table)))
    return tuple(cases)


def headline(patient: str, table: pd.DataFrame) -> str:
    """Age and sex of ``patient``. Nothing that was measured: what a tile tells, a question could ask."""
    years = float(table["age"].loc[patient])
    if years >= 90:
        return "patient of 90 or over, septic"
    return f"{years:.0f}-year-old {'woman' if table.loc[patient, 'sex'] == 'Female' else 'man'}, septic"
