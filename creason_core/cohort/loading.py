"""Reading cohorts from their folders, complete and checked: nothing is loaded that its manifest does not match.

Packaged ones are ``cohort/<source>/``, one's own ``cohorts/<name>`` in the data folder or anywhere.
"""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from creason_core.cohort.cohort import SPLITS, Cohort, Manifest, PublicCase, Split, split_hash
from creason_core.cohort.leakage.guard import LeakGuard
from creason_core.errors import CohortError
from creason_core.record.codebook import Codebook, packaged_codebook, parse_codebook
from creason_core.settings import settings

if TYPE_CHECKING:
    import pandas as pd

_REINSTALL = (
    "Restore the package (reinstall it or check it out again), or make the cohort again with the command that made it."
)


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
    names = [feature.name for feature in codebook.features]
    if missing := sorted(set(names) - set(raw.columns)):
        raise CohortError(f"{path} lacks the columns {', '.join(missing)} of its codebook.", remedy=_REINSTALL)
    table = pd.DataFrame(
        {
            feature.name: raw[feature.name].astype(float)
            if feature.numeric
            else raw[feature.name].astype(object).where(raw[feature.name].notna(), None)
            for feature in codebook.features
        },
        index=raw.index.astype(str),
    )
    split: Mapping[Split, tuple[str, ...]] = {
        part: tuple(table.index[(raw["split"] == part).to_numpy()]) for part in SPLITS
    }
    return table, split
