"""What a file of training data says of itself: its hash, and the cohort, codebook and split that its rows are about."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

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
    """Whose training patients."""
    codebook_hash: str
    """SHA-256 (hex) of the codebook."""
    split_hash: str
    """SHA-256 (hex) of the split."""
    prompt_version: int
    """How the questions were worded."""


def about_data(paths: Sequence[Path]) -> AboutData:
    """What the rationale files say of themselves.

    Raises:
        SettingsError: A file is missing or no file of rationales, or two are of different cohorts or wordings.
    """
    metas = []
    for path in paths:
        if not path.is_file():
            raise SettingsError(f"There is no file {path}.", remedy="Make it with: python -m training.rationales")
        said = (pq.read_schema(path).metadata or {}).get(META)
        if said is None:
            raise SettingsError(f"{path} holds no rationales.", remedy="Make it with: python -m training.rationales")
        metas.append(json.loads(said)["questions"])
    same = [{key: meta[key] for key in ("cohort", "codebook_hash", "split_hash", "prompt_version")} for meta in metas]
    if any(other != same[0] for other in same):
        raise SettingsError(
            "The files of rationales differ in cohort, codebook, split or prompt version.", remedy="Make them again."
        )
    rows = sum(pq.read_metadata(path).num_rows for path in paths)
    return AboutData(files={path.name: sha256(path) for path in paths}, rows=rows, **same[0])
