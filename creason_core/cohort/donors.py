"""Who gives the values beside the true one of a question: patients of the same part of the registry.

A patient whom the cohort keeps apart from training is asked about among others who are kept apart too, a training
patient among training patients. So the true value and the others come from one population, in which nobody can be
told from the rest by having been seen in training, or by how rare or how round a value is there. A value that is
not the registry's (an entered case, a changed value) has no such population; it stands beside values of patients
outside training, which it mostly is like. ``docs/options.md`` has the argument. Nothing here draws.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from creason_core.cohort.cohort import Cohort, Split
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Feature
from creason_core.record.over_time import counted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Part = Split | Literal["fitted", "outside"]  # "fitted": the patients that options were fitted on, another cohort's too


def part_asked(case: PatientCase, feature: str, cohort: Cohort) -> Part:
    """Which part of ``cohort`` the value of ``feature`` in ``case`` belongs to.

    "outside" where it is not the one that the registry has of that patient.
    """
    entry, patient = counted(case, cohort.codebook.feature(feature), cohort.codebook), case.patient
    value = entry.value if entry else None
    part = cohort.part_of.get(patient)
    if part and cohort.table.at[patient, feature] == value:
        return part
    if patient in cohort.training.index and cohort.training.at[patient, feature] == value:
        return "fitted"
    return "outside"


def donor_values(cohort: Cohort, feature: Feature, part: Part) -> Iterator[Sequence[float] | Sequence[str]]:
    """The measured values of ``feature`` of those who give to ``part``, in groups: who comes first, who fills in.

    Only a part with nobody in a bin of a number needs another: first all patients outside training, then (of
    ``donor_bins.fit_donors``) those of training. Outside training the levels are the codebook's, so there is no group
    of them.
    """
    if part == "outside" and not feature.numeric:
        yield []
        return
    if part == "fitted":
        yield cohort.measured_training(feature).tolist()
        return
    column = cohort.table[feature.name]
    held_out: tuple[Split, ...] = ("validation", "test")
    for parts in {"outside": (held_out,), "train": (("train",),)}.get(part, ((part,), held_out)):
        values = column.iloc[_rows(cohort, parts)]
        yield values[cohort.measured(feature, values)].tolist()


@lru_cache(maxsize=64)
def _rows(cohort: Cohort, parts: tuple[Split, ...]) -> "NDArray[np.intp]":
    """The places of the patients of ``parts`` in the cohort's table."""
    import pandas as pd

    patients = [patient for part in parts for patient in cohort.split[part]]
    return cohort.table.index.get_indexer(pd.Index(patients, dtype=object))
