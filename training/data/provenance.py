"""What a file of training data says of itself: its hash, and the cohort, codebook and split that its rows are about."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict

import pyarrow.parquet as pq

from creason_core.errors import SettingsError
from creason_core.files import sha256
from creason_core.frozen import Frozen
from training.teacher.rationales import META


class AboutData(Frozen):
    """Files that are trained on."""

    files: Mapping[str, str]
    """File name → SHA-256 (hex)."""
    rows: int
    """Rows in them that are trained on."""
    cohort: str
    """Whose training patients; several are parted by a comma."""
    codebook_hash: str
    """SHA-256 (hex) of the codebook; empty where several."""
    split_hash: str
    """SHA-256 (hex) of the split; empty where several."""
    prompt_version: int
    """How the questions were worded."""


def cohort_of(path: Path) -> str:
    """The cohort that the rationales in ``path`` are about.

    Raises:
        SettingsError: The file is missing or no file of rationales.
    """
    return str(_questions(path)["cohort"])


def about_data(paths: Sequence[Path]) -> AboutData:
    """What the rationale files say of themselves.

    Raises:
        SettingsError: A file is missing or no file of rationales, two are of different wordings, or of the same cohort
            with another codebook or split.
    """
    metas = [_questions(path) for path in paths]
    said = [(str(meta["cohort"]), str(meta["codebook_hash"]), str(meta["split_hash"])) for meta in metas]
    versions = {int(meta["prompt_version"]) for meta in metas}
    if len(set(said)) > len({cohort for cohort, _, _ in said}) or len(versions) > 1:
        raise SettingsError(
            "The files of rationales differ in codebook or split of a cohort, or in the prompt version.",
            remedy="Make them again.",
        )
    return AboutData(
        files={path.name: sha256(path) for path in paths},
        rows=sum(pq.read_metadata(path).num_rows for path in paths),
        **of_cohorts(said),
        prompt_version=versions.pop(),
    )


class OfCohorts(TypedDict):
    """The fields of ``AboutData`` that say whose patients they are."""

    cohort: str
    codebook_hash: str
    split_hash: str


def of_cohorts(said: Iterable[tuple[str, str, str]]) -> OfCohorts:
    """Whose patients data are, from the cohort, the codebook's hash and the split's hash of each file."""
    each = list(dict.fromkeys(said))
    _, codebook, split = each[0]
    alone = len(each) == 1
    return OfCohorts(
        cohort=", ".join(cohort for cohort, _, _ in each),
        codebook_hash=codebook if alone else "",
        split_hash=split if alone else "",
    )


def _questions(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        raise SettingsError(f"There is no file {path}.", remedy="Make it with: python -m training.rationales")
    said = (pq.read_schema(path).metadata or {}).get(META)
    if said is None:
        raise SettingsError(f"{path} holds no rationales.", remedy="Make it with: python -m training.rationales")
    about: Mapping[str, Any] = json.loads(said)["questions"]
    return about
