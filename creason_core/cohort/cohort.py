"""What a cohort is: a table that follows a codebook, split by patient, with the leak guard fitted on its training.

Its manifest says where it comes from, what was changed and what every file must hash to. Reading one is ``loading``;
this module makes no question.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from pydantic import Field

from creason_core.cohort.leakage.guard import RULES, LeakGuard
from creason_core.cohort.mixtures import read_mixtures
from creason_core.cohort.options import Component
from creason_core.errors import CohortError
from creason_core.frozen import Frozen
from creason_core.record.case import Entry, PatientCase, make_case
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.feature import unsaid
from creason_core.record.hours import parted

if TYPE_CHECKING:  # slow to import: a question needs only this module's names
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)


class PublicCase(Frozen):
    """A packaged patient that a newcomer may open: the key, and a line made from the record."""

    patient: str
    """The patient's key in the table."""
    headline: str
    """What Home says of them, made from the record."""


class ColumnChange(Frozen):
    """What making the cohorts did to a column of the source: the rule, and how many of all patients it touched."""

    feature: str
    """The column, by the codebook's name."""
    rule: str
    """What was done, in words."""
    patients: int
    """How many of all patients it touched."""


class Source(Frozen):
    """Where the table came from; hashes are SHA-256 in hex."""

    package: str
    """Name and release on the package registry."""
    url: str
    """Where the package is made."""
    wheel_sha256: str
    """Of the package's file."""
    member: str
    """The table's path inside it."""
    member_sha256: str
    """Of the table's file."""
    citation: str
    """Whom to cite."""
    terms: str
    """Under which terms the table may be used."""


class TableSource(Frozen):
    """A table of somebody's own: what kind of file or query, its rows and columns, and the SHA-256 of the file."""

    kind: str
    """Of the file or query, in a word or two."""
    rows: int
    """As they were read, before any was left out."""
    columns: int
    """As they were read."""
    sha256: str = ""
    """Of the file, in hex; empty for a query."""
    citation: str = ""
    """Whom to cite, from the codebook; may be empty."""


class CohortFile(Frozen):
    """One cohort of a manifest: its file, what that must hash to, and its counts."""

    name: str
    """As in addresses and commands."""
    title: str
    """As people read it."""
    file: str
    """The table's name in the folder."""
    sha256: str
    """Of that file, in hex."""
    patients: int
    """Rows of the table."""
    died_within_30_days: int | None = None
    """How many of them, where the registry knows."""
    split: Mapping[Split, int]
    """Patients by part."""
    split_hash: str
    """SHA-256 (hex) over who is in which part."""
    split_rule: str = ""
    """How they were parted, as ``--split`` of the command takes it; empty for a packaged cohort."""
    fitted_on: str
    """The cohort whose training patients the guard and the options are fitted on."""
    public: tuple[PublicCase, ...] = ()
    """The patients that Home offers."""


class CohortManifest(Frozen):
    """Everything about the cohorts of one source. Without ``codebook_file`` the codebook is a packaged one."""

    source: Source | TableSource
    """Where the table came from."""
    codebook: str
    """Its name."""
    codebook_version: int
    """Of the codebook, counted by whoever writes it."""
    codebook_hash: str
    """SHA-256 (hex) over what it says."""
    codebook_file: str = ""
    """Its name in the folder; empty for a packaged codebook."""
    codebook_sha256: str = ""
    """Of that file, in hex."""
    guard_file: str
    """The leak guard's name in the folder."""
    guard_sha256: str
    """Of that file, in hex."""
    guard_rules: int | None = Field(default=None, exclude_if=unsaid)
    """By which rules the guard was found (``leakage.guard.RULES``); of before they were kept, and packaged, nothing."""
    mixture_file: str
    """That of the distributions that options are drawn from."""
    mixture_sha256: str
    """Of that file, in hex."""
    cohorts: tuple[CohortFile, ...]
    """Those that were made of the source."""
    changes: tuple[ColumnChange, ...]
    """What making them did to the columns."""


@dataclass(frozen=True, eq=False)
class Cohort:
    """A registry cohort, complete and checked. ``content_hash`` is a SHA-256 (hex) over everything that it is made of.

    ``table`` has one row a patient (index: opaque patient key) and one column a codebook feature: float64 with
    NaN for numbers, level codes or None otherwise. A feature over time has a column for the value that counts and one
    for each time point ("lactate@6"). ``training`` is the same for the patients that guard and options are fitted on,
    which may be another cohort's.
    """

    name: str
    title: str
    codebook: Codebook
    table: "pd.DataFrame"
    split: Mapping[Split, tuple[str, ...]]
    split_hash: str
    guard: LeakGuard
    training: "pd.DataFrame"
    public: tuple[PublicCase, ...] = ()
    mixture_path: Path | None = None  # read when first needed
    content_hash: str = ""
    packaged: bool = False
    guard_rules: int | None = None

    @property
    def guard_outdated(self) -> str:
        """That the guard of a cohort of one's own was found by older rules, in a sentence; empty where it was not."""
        if self.packaged or self.guard_rules == RULES:
            return ""
        return (
            f"The leak guard of {self.name} was fitted by an older version of this program: it may show values that "
            "give a hidden one away, which the present rules find. Make the cohort again: 'creason cohort make'."
        )

    @cached_property
    def part_of(self) -> Mapping[str, Split]:
        """Patient → part of the split."""
        return {patient: part for part, patients in self.split.items() for patient in patients}

    def mixture(self, feature: str) -> tuple[Component, ...]:
        """The mixture of ``feature`` for the ``paper`` design; empty where the cohort has none."""
        return read_mixtures(self.mixture_path).by_feature.get(feature, ()) if self.mixture_path else ()

    def case(self, patient: str) -> PatientCase:
        """The record of ``patient``, with registry provenance; filled normals are marked not measured.

        Raises:
            CohortError: The cohort has no such patient.
        """
        if patient not in self.table.index:
            raise CohortError(
                f"The cohort {self.name} has no patient '{patient}'.",
                remedy=f"It has {len(self.table)}, such as {self.table.index[0]}.",
            )
        row = self.table.loc[patient]
        recorded = row.notna()
        entries = (
            Entry(
                feature=parted(feature.name)[0],
                value=row[feature.name],
                provenance="registry",
                measured=row[feature.name] not in feature.not_measured,
                hours=parted(feature.name)[1],
            )
            for feature in self.codebook.columns
            if recorded[feature.name]
        )
        return make_case(patient, entries, self.codebook)

    def measured(self, feature: Feature, values: "pd.Series[float] | pd.Series[str]") -> "NDArray[np.bool_]":
        """Which of ``values`` were recorded and are not a filled normal; one boolean a value."""
        recorded = values.notna().to_numpy(dtype=bool)
        return recorded & ~values.isin(feature.not_measured).to_numpy(dtype=bool) if feature.not_measured else recorded

    def measured_training(self, feature: Feature) -> "pd.Series[float] | pd.Series[str]":
        """The values of ``feature`` that were really measured in the training patients, indexed by patient."""
        values = self.training[feature.name]
        return values[self.measured(feature, values)]


def split_hash(split: Mapping[Split, tuple[str, ...]]) -> str:
    """SHA-256 (hex) of who is in which part, whatever the order of the patients."""
    lines = sorted(f"{patient}\t{part}" for part, patients in split.items() for patient in patients)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
