"""Which septic test patients are offered to a newcomer, and the line that introduces each.

The rule: test patients with every laboratory value measured and all vital signs recorded, in eight groups of equal
size by physiology score; from each group the patient nearest to a set age and of alternating sex. Nobody picked.
"""

import numpy as np
import pandas as pd

from creason_core.codebook import Codebook
from creason_core.registry import PublicCase

COMPLETE = ("Vitals, day 1", "Labs, day 1")
# Group by severity (0 mildest), age and sex sought, in the order shown, so that the first few already differ.
SOUGHT = (
    (5, 72, "Female"), (2, 45, "Male"), (7, 58, "Male"), (0, 81, "Female"),
    (4, 31, "Female"), (6, 66, "Male"), (1, 24, "Male"), (3, 88, "Female"),
)  # fmt: skip
FINDINGS = {"meanbp1": "MAP", "crea1": "creatinine", "pafi1": "P/F", "ph1": "pH", "wblc1": "white cells",
            "bili1": "bilirubin", "temp1": "temperature", "hrt1": "heart rate"}  # fmt: skip


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
        cases.append(PublicCase(patient=str(nearest), headline=headline(str(nearest), table, codebook)))
    return tuple(cases)


def headline(patient: str, table: pd.DataFrame, codebook: Codebook) -> str:
    """Age, sex and the two findings of ``patient`` that lie furthest outside their reference range.

    Furthest is measured against the cohort: the share of ``table`` that lies nearer to the range on that side.
    """
    numbers = {name: float(table[name].loc[patient]) for name in ("age", *FINDINGS)}
    age = "patient of 90 or over" if numbers["age"] >= 90 else f"{numbers['age']:.0f}-year-old"
    person = {"Female": " woman", "Male": " man"}[str(table.loc[patient, "sex"])] if numbers["age"] < 90 else ""
    strange = {name: _strangeness(numbers[name], table[name], codebook, name) for name in FINDINGS}
    worst = sorted(strange, key=lambda name: -strange[name])[:2]
    found = [
        f"{FINDINGS[name]} {codebook.feature(name).text_with_unit(numbers[name])}"
        for name in FINDINGS
        if name in worst and strange[name] > 0
    ]
    return ", ".join([f"{age}{person}", "septic", *found])


def _strangeness(value: float, column: "pd.Series[float]", codebook: Codebook, name: str) -> float:
    limits = codebook.feature(name).reference
    if limits is None or limits.contains(value):
        return 0.0
    low = limits.low is not None and value < limits.low
    return float((column > value).mean() if low else (column < value).mean())
