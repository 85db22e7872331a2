"""Cohorts: a table that follows a codebook, split by patient, with the leak guard fitted on its training patients.

A cohort is a folder: packaged ones are ``cohort/<source>/``, one's own ``cohorts/<name>`` in the data folder or
anywhere. Its manifest says where it comes from, what was changed and what every file must hash to. Nothing is
loaded that does not match. This module makes no question.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from pydantic import ValidationError

from creason_core.cohort.leakage.guard import LeakGuard
from creason_core.cohort.mixtures import read_mixtures
from creason_core.cohort.options import Component
from creason_core.errors import CohortError
from creason_core.frozen import Frozen
from creason_core.record.case import Entry, PatientCase, make_case
from creason_core.record.codebook import Codebook, Feature, packaged_codebook, parse_codebook
from creason_core.record.hours import parted
from creason_core.settings import settings

if TYPE_CHECKING:  # slow to import: a question needs only this module's names
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)

_REINSTALL = (
    "Restore the package (reinstall it or check it out again), or make the cohort again with the command that made it."
)


class PublicCase(Frozen):
    """A packaged patient that a newcomer may open: the key, and a line made from the record."""

    patient: str
    headline: str


class Change(Frozen):
    """What making the cohorts did to a column of the source: the rule, and how many of all patients it touched."""

    feature: str
    rule: str
    patients: int


class Source(Frozen):
    """Where the table came from; hashes are SHA-256 in hex."""

    package: str
    url: str
    wheel_sha256: str
    member: str
    member_sha256: str
    citation: str
    terms: str


class TableSource(Frozen):
    """A table of somebody's own: what kind of file or query, its rows and columns, and the SHA-256 of the file."""

    kind: str
    rows: int
    columns: int
    sha256: str = ""
    citation: str = ""


class CohortFile(Frozen):
    """One cohort of a manifest: its file, what that must hash to, and its counts."""

    name: str
    title: str
    file: str
    sha256: str
    patients: int
    died_within_30_days: int | None = None
    split: Mapping[Split, int]
    split_hash: str
    split_rule: str = ""
    fitted_on: str  # the cohort whose training patients the guard and the options are fitted on
    public: tuple[PublicCase, ...] = ()


class Manifest(Frozen):
    """Everything about the cohorts of one source. Without ``codebook_file`` the codebook is a packaged one."""

    source: Source | TableSource
    codebook: str
    codebook_version: int
    codebook_hash: str
    codebook_file: str = ""
    codebook_sha256: str = ""
    guard_file: str
    guard_sha256: str
    mixture_file: str
    mixture_sha256: str
    cohorts: tuple[CohortFile, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, eq=False)
class Cohort:
    """A registry cohort, complete and checked.

    ``table`` has one row a patient (index: opaque patient key) and one column a codebook feature: float64 with
    NaN for numbers, level codes or None otherwise. A feature over time has a column for the value that counts and one
    for each time point ("lactate@6"). ``training`` is the same for the patients that guard and
    options are fitted on, which may be another cohort's.
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
                feature=name,
                value=row[feature.name],
                provenance="registry",
                measured=row[feature.name] not in feature.not_measured,
                hours=hours,
            )
            for feature in self.codebook.columns
            if recorded[feature.name]
            for name, hours in (parted(feature.name),)
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


def load_cohort(name: str) -> Cohort:
    """A cohort by its name (a packaged one, or one in ``own_cohorts()``) or by its folder.

    Raises:
        CohortError: There is no such cohort, or a file is missing, altered or made with another codebook.
    """
    if (Path(name) / "manifest.json").is_file():
        return _loaded(Path(name).resolve(), "")
    return _loaded(*_folder_of(name))


@lru_cache(maxsize=8)
def _loaded(folder: Path, name: str) -> Cohort:
    return read_cohort(folder, name or read_manifest(folder).cohorts[0].name)


@lru_cache(maxsize=8)
def _folder_of(name: str) -> tuple[Path, str]:
    """Where the cohort ``name`` lies."""
    packaged = Path(str(files("creason_core.cohort"))).glob("*/manifest.json")
    known: list[str] = []
    for path in (*sorted(packaged), *sorted(own_cohorts().glob("*/manifest.json"))):
        names = [cohort.name for cohort in read_manifest(path.parent).cohorts]
        if name in names:
            return path.parent, name
        known += names
    raise CohortError(
        f"There is no packaged cohort '{name}'. There is: {', '.join(known) or 'none'}.",
        remedy="One of your own is named by its folder, or made where it is found by name: 'creason cohort make'.",
    )


def own_cohorts() -> Path:
    """Where cohorts of one's own are found by name: a folder each."""
    return settings().data_dir / "cohorts"


def read_cohort(folder: Path, name: str) -> Cohort:
    """The cohort ``name`` of the source in ``folder``, checked against that folder's manifest.

    Raises:
        CohortError: A file is missing, altered or made with another codebook.
    """
    manifest = read_manifest(folder)
    entry = {cohort.name: cohort for cohort in manifest.cohorts}[name]
    codebook = _codebook_of(folder, manifest)
    if codebook.content_hash != manifest.codebook_hash:
        raise CohortError(
            f"The cohort {name} was made with another version of the codebook {codebook.name}: "
            f"its hash is {codebook.content_hash[:12]}…, the manifest expects {manifest.codebook_hash[:12]}….",
            remedy=_REINSTALL,
        )
    guard = _read_guard(_checked(folder / manifest.guard_file, manifest.guard_sha256))
    path = _checked(folder / entry.file, entry.sha256)
    table, split = _read_table(path, codebook)
    fitted_on = split if entry.fitted_on == name else None
    training = table.loc[list(split["train"])] if fitted_on else read_cohort(folder, entry.fitted_on).training
    if split_hash(split) != entry.split_hash:
        raise CohortError(f"The split of {name} is not the one that its manifest names.", remedy=_REINSTALL)
    return Cohort(
        name=name,
        title=entry.title,
        codebook=codebook,
        table=table,
        split=split,
        split_hash=entry.split_hash,
        guard=guard,
        training=training,
        public=entry.public,
        mixture_path=_checked(folder / manifest.mixture_file, manifest.mixture_sha256),
    )


def _codebook_of(folder: Path, manifest: Manifest) -> Codebook:
    if not manifest.codebook_file:
        return packaged_codebook(manifest.codebook)
    path = _checked(folder / manifest.codebook_file, manifest.codebook_sha256)
    return parse_codebook(path.read_text(encoding="utf-8"), manifest.codebook_file)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the cohorts in ``folder``.

    Raises:
        CohortError: It is missing or malformed.
    """
    path = folder / "manifest.json"
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise CohortError(f"The manifest {path} cannot be read: {error}.", remedy=_REINSTALL) from error


def public_cases(n: int = 5) -> tuple[PublicCase, ...]:
    """The first ``n`` public cases of ``rhc-sepsis``: test patients that vary in severity, age and sex."""
    return load_cohort("rhc-sepsis").public[:n]


def split_hash(split: Mapping[Split, tuple[str, ...]]) -> str:
    """SHA-256 (hex) of who is in which part, whatever the order of the patients."""
    lines = sorted(f"{patient}\t{part}" for part, patients in split.items() for patient in patients)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _read_guard(path: Path) -> LeakGuard:
    try:
        return LeakGuard.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise CohortError(f"The leak guard {path} is of another version: {error}.", remedy=_REINSTALL) from error


def _checked(path: Path, expected: str) -> Path:
    if not path.is_file():
        raise CohortError(f"The file {path} of a cohort is missing.", remedy=_REINSTALL)
    actual = hashlib.sha256(path.read_bytes()).hexdigest()
    if actual != expected:
        raise CohortError(
            f"The file {path} of a cohort was altered: its SHA-256 is {actual}, the manifest expects {expected}.",
            remedy=_REINSTALL,
        )
    return path


def _read_table(path: Path, codebook: Codebook) -> tuple["pd.DataFrame", Mapping[Split, tuple[str, ...]]]:
    import pandas as pd

    raw = pd.read_parquet(path)
    columns = {feature.name: feature for feature in (*codebook.features, *codebook.columns)}
    if missing := sorted(set(columns) - set(raw.columns)):
        raise CohortError(f"{path} lacks the columns {', '.join(missing)} of its codebook.", remedy=_REINSTALL)
    table = pd.DataFrame(
        {
            feature.name: raw[feature.name].astype(float)
            if feature.numeric
            else raw[feature.name].astype(object).where(raw[feature.name].notna(), None)
            for feature in columns.values()
        },
        index=raw.index.astype(str),
    )
    split: Mapping[Split, tuple[str, ...]] = {
        part: tuple(table.index[(raw["split"] == part).to_numpy()]) for part in SPLITS
    }
    return table, split
