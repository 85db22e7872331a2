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
    """The files trained on, by hash, and the cohort, codebook and split that their questions are of."""

    files: Mapping[str, str]
    rows: int
    cohort: str
    codebook_hash: str
    split_hash: str
    prompt_version: int


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
