"""Reading cohorts from their folders, complete and checked: nothing is loaded that its manifest does not match.

Packaged ones are ``cohort/<source>/``, one's own ``cohorts/<name>`` in the data folder or anywhere.
"""

import hashlib
import os
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from creason_core.cohort.cohort import SPLITS, Cohort, CohortFile, CohortManifest, Split, split_hash
from creason_core.cohort.leakage.guard import LeakGuard
from creason_core.cohort.offering import offered_cases
from creason_core.errors import CohortError
from creason_core.frozen import wrong_in
from creason_core.record.codebook import Codebook, Feature, packaged_codebook, parse_codebook
from creason_core.settings import settings

if TYPE_CHECKING:
    import pandas as pd

MANIFEST = "manifest.json"
_REINSTALL = (
    "Restore the package (reinstall it or check it out again), or make the cohort again with the command that made it."
)


def load_cohort(name: str) -> Cohort:
    """A cohort by its name (a packaged one, or one in ``own_cohorts()``) or by its folder.

    Raises:
        CohortError: There is no such cohort, or a file is missing, altered or made with another codebook.
    """
    if (Path(name) / MANIFEST).is_file():
        folder = Path(name).resolve()
        return cohort_in(folder, read_manifest(folder).cohorts[0].name)
    known: list[str] = []
    for folder in folders():
        try:
            names = [cohort.name for cohort in read_manifest(folder).cohorts]
        except CohortError:  # it keeps nobody from another one
            continue
        if name in names:
            return cohort_in(folder, name)
        known += names
    raise CohortError(
        f"There is no packaged cohort '{name}'. There is: {', '.join(known) or 'none'}.",
        remedy="One of your own is named by its folder, or made where it is found by name: 'creason cohort make'.",
    )


def cohort_in(folder: Path, name: str) -> Cohort:
    """The cohort ``name`` of ``folder``, read once for each state of the files there.

    Raises:
        CohortError: As ``read_cohort``.
    """
    return _read(folder, name, state_of(folder))


@lru_cache(maxsize=16)
def _read(folder: Path, name: str, _state: object) -> Cohort:
    return read_cohort(folder, name)


def state_of(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, time of change in ns and bytes of each file in ``folder``; empty where there is none to be read."""
    try:
        with os.scandir(folder) as found:
            files = [(item.name, item.stat()) for item in found if item.is_file()]
    except OSError:
        return ()
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in files))


def folders() -> tuple[Path, ...]:
    """Where cohorts lie that are found by name: packaged ones, then those in ``own_cohorts()``; sorted."""
    return (*packaged_folders(), *sorted(path.parent for path in own_cohorts().glob(f"[!.]*/{MANIFEST}")))


@cache
def packaged_folders() -> tuple[Path, ...]:
    """The folders of the packaged cohorts."""
    return tuple(sorted(path.parent for path in Path(str(files("creason_core.cohort"))).glob(f"*/{MANIFEST}")))


def own_cohorts() -> Path:
    """Where cohorts of one's own are found by name: a folder each."""
    return settings().data_dir / "cohorts"


def read_cohort(folder: Path, name: str) -> Cohort:
    """The cohort ``name`` of the source in ``folder``, checked against that folder's manifest.

    Raises:
        CohortError: A file is missing, altered or made with another codebook.
    """
    manifest = read_manifest(folder)
    known = {cohort.name: cohort for cohort in manifest.cohorts}
    entry = known.get(name)
    if entry is None or entry.fitted_on not in known:
        lacking = name if entry is None else entry.fitted_on
        raise CohortError(f"The manifest in {folder} names no cohort '{lacking}'.", remedy=_REINSTALL)
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
        public=entry.public or offered_cases(table, split["test"], codebook),
        mixture_path=_checked(folder / manifest.mixture_file, manifest.mixture_sha256),
        content_hash=_content_hash(manifest, entry, known[entry.fitted_on]),
        packaged=folder in packaged_folders(),
        guard_rules=manifest.guard_rules,
    )


def _content_hash(manifest: CohortManifest, *cohorts: CohortFile) -> str:
    """SHA-256 (hex) over the hashes of all that questions about the first of ``cohorts`` are made of."""
    parts = [manifest.codebook_hash, manifest.guard_sha256, manifest.mixture_sha256]
    parts += [text for cohort in cohorts for text in (cohort.sha256, cohort.split_hash)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _codebook_of(folder: Path, manifest: CohortManifest) -> Codebook:
    if not manifest.codebook_file:
        return packaged_codebook(manifest.codebook)
    path = _checked(folder / manifest.codebook_file, manifest.codebook_sha256)
    return parse_codebook(path.read_text(encoding="utf-8"), manifest.codebook_file)


def read_manifest(folder: Path) -> CohortManifest:
    """The manifest of the cohorts in ``folder``.

    Raises:
        CohortError: It is missing or malformed.
    """
    path = folder / MANIFEST
    try:
        return CohortManifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise CohortError(f"The manifest {path} cannot be read: {error}.", remedy=_REINSTALL) from error
    except ValidationError as error:
        raise CohortError(f"The manifest {path} cannot be read: {wrong_in(error)}.", remedy=_REINSTALL) from error


def _read_guard(path: Path) -> LeakGuard:
    try:
        return LeakGuard.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise CohortError(
            f"The leak guard {path} is of another version: {wrong_in(error)}.", remedy=_REINSTALL
        ) from error


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

    try:
        raw = pd.read_parquet(path)
    except (OSError, ValueError) as error:  # pyarrow's own errors are among the second
        raise CohortError(f"The table {path} cannot be read: it is no Parquet file.", remedy=_REINSTALL) from error
    columns = {feature.name: feature for feature in (*codebook.features, *codebook.columns)}
    if missing := sorted({"split", *columns} - set(raw.columns)):
        raise CohortError(f"{path} lacks the columns {', '.join(missing)} of its codebook.", remedy=_REINSTALL)
    table = pd.DataFrame(
        {name: _column(raw[name], feature, path) for name, feature in columns.items()},
        index=raw.index.astype(str),
    )
    split: Mapping[Split, tuple[str, ...]] = {
        part: tuple(table.index[(raw["split"] == part).to_numpy()]) for part in SPLITS
    }
    return table, split


def _column(values: "pd.Series[float] | pd.Series[str]", feature: Feature, path: Path) -> "pd.Series[Any]":
    """The values of ``feature``: float64, or level codes and None."""
    if not feature.numeric:
        return values.astype(object).where(values.notna(), None)
    try:
        return values.astype(float)
    except (TypeError, ValueError):  # whose words would quote a value
        raise CohortError(f"{path} holds texts for {feature.label}, a number.", remedy=_REINSTALL) from None
