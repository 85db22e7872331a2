"""Who gives the values beside the true one of a question: patients of the same part of the registry.

A patient whom the cohort keeps apart from training is asked about among others who are kept apart too, a training
patient among training patients. So the true value and the others come from one population, in which nobody can be
told from the rest by having been seen in training, or by how rare or how round a value is there. A value that is
not the registry's (an entered case, a changed value) has no such population; it stands beside values of patients
outside training, which it mostly is like. ``docs/options.md`` has the argument. Nothing here draws.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from creason_core.case import PatientCase
from creason_core.codebook import Feature
from creason_core.registry import Cohort, Split

if TYPE_CHECKING:
    import pandas as pd

Part = Split | Literal["fitted", "outside"]  # "fitted": the patients that options were fitted on, another cohort's too


def part_asked(case: PatientCase, feature: str, cohort: Cohort) -> Part:
    """Which part of ``cohort`` the value of ``feature`` in ``case`` belongs to.

    "outside" where it is not the one that the registry has of that patient.
    """
    value, patient = case.value(feature), case.patient
    part = cohort.part_of.get(patient)
    if part and cohort.table.at[patient, feature] == value:
        return part
    if patient in cohort.training.index and cohort.training.at[patient, feature] == value:
        return "fitted"
    return "outside"


def donor_values(cohort: Cohort, feature: Feature, part: Part) -> tuple[tuple[float | str, ...], ...]:
    """The measured values of ``feature`` of those who give to ``part``, in groups: who comes first, who fills in.

    Only a part with nobody in a bin of a number needs another: first all patients outside training, then (of
    ``options.fit_donors``) those of training. Outside training the levels are the codebook's, so there is no group
    of them.
    """
    if part == "outside" and not feature.numeric:
        return ((),)
    return tuple(tuple(cohort.of_measured(feature, rows).tolist()) for rows in _groups(cohort, part))


def _groups(cohort: Cohort, part: Part) -> Iterator["pd.DataFrame"]:
    if part == "fitted":
        yield cohort.training
        return
    if part != "outside":
        yield cohort.table.loc[list(cohort.split[part])]
    if part != "train":
        yield cohort.table.loc[[*cohort.split["validation"], *cohort.split["test"]]]
