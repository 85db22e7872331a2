"""The published RHC table → columns of the codebook, with every change counted.

What was decided and why is in ``docs/cohorts.md``. Nothing is imputed here; values are only left out, rounded to
the codebook's decimals, or given the codebook's level codes.
"""

import numpy as np
import pandas as pd

from creason_core.cohort.cohort import ColumnChange
from creason_core.record.codebook import Codebook, Feature

ZERO_IS_NOT_RECORDED = ("hrt1", "meanbp1", "resp1", "wtkilo1")
NO_BLOOD_GAS_PH = 7.399998  # the filled pH; a measured 7.40 is stored as 7.399414
TOP_AGE = 90


def clean(source: pd.DataFrame, codebook: Codebook) -> tuple[pd.DataFrame, tuple[ColumnChange, ...]]:
    """The table (index ``patient``, one column a feature) and what was changed, column by column."""
    raw = source.rename(columns=lambda name: name.removeprefix("num_").removeprefix("fac_"))
    raw = raw.set_index(pd.Index([f"rhc-{key:04d}" for key in raw["pid"]], name="patient"))
    raw["dth30"] = np.where((raw["event"] == 1) & (raw["time"] <= 30), "Yes", "No")
    raw["cat2"] = raw["cat2"].astype(str).replace("missing", "None")
    raw["swang1"] = raw["swang1"].astype(str).map({"No RHC": "No", "RHC": "Yes"})
    changes: list[ColumnChange] = []
    columns: dict[str, pd.Series[float] | pd.Series[str]] = {}
    for feature in codebook.features:
        if feature.numeric:
            columns[feature.name] = _numbers(raw, feature, changes)
        else:
            columns[feature.name] = _levels(raw[feature.name], feature)
    return pd.DataFrame(columns, index=raw.index), tuple(changes)


def _numbers(raw: pd.DataFrame, feature: Feature, changes: list[ColumnChange]) -> "pd.Series[float]":
    values = raw[feature.name].astype(float)

    def leave_out(which: "pd.Series[bool]", rule: str) -> None:
        if which.any():
            changes.append(ColumnChange(feature=feature.name, rule=rule, patients=int(which.sum())))
            values[which] = np.nan

    if feature.name in ZERO_IS_NOT_RECORDED:
        leave_out(values == 0, "0 means not recorded: left out")
    if feature.name == "edu":
        leave_out(values % 1 != 0, "a fraction of a year was estimated by the study's authors: left out")
    if feature.name == "paco21":
        filled = (values == 40) & ((raw["ph1"] - NO_BLOOD_GAS_PH).abs() < 1e-6)
        leave_out(filled, "40 filled in where no blood gas was taken (it comes with the filled pH): left out")
    if feature.impossible is not None:
        limits = feature.impossible
        outside = values.notna() & ~values.map(limits.contains)
        leave_out(outside, f"outside {limits}, which the codebook calls impossible: left out")
    if feature.name == "age":
        old = values >= TOP_AGE
        changes.append(ColumnChange(feature="age", rule="90 and over: stored as 90", patients=int(old.sum())))
        return (values // 1).clip(upper=TOP_AGE)
    rounded = values.round(feature.decimals)
    for fill in feature.not_measured:
        rounded[np.isclose(values, fill, rtol=0, atol=5e-4 if feature.name != "ph1" else 1e-6)] = fill
    return rounded + 0.0  # no negative zero


def _levels(values: "pd.Series[str]", feature: Feature) -> "pd.Series[str]":
    text = values.astype(str).str.strip()
    if {level.code for level in feature.levels} == {"No", "Yes"}:
        text = text.replace({"0": "No", "1": "Yes"})
    unknown = sorted(set(text) - set(feature.level_labels))
    if unknown:
        raise ValueError(f"{feature.name} has values that the codebook does not know: {unknown}")
    return text.astype(object)
