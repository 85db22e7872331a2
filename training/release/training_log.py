"""What lies beside trained weights: settings, data, hashes, releases, and the course of the loss."""

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pyarrow.parquet as pq
from pydantic import JsonValue

from creason_core import __version__
from creason_core.errors import SettingsError
from creason_core.frozen import Frozen
from creason_core.model.engines.weights import sha256
from training.rationales import META
from training.trainer.settings import WarmStart
from training.trainer.weights import base_folder

NAME = "training.json"
RELEASES = ("torch", "transformers", "trl", "peft", "datasets")


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


def write_manifest(
    folder: Path, config: WarmStart, about: AboutData, history: Sequence[Mapping[str, JsonValue]], begun: str
) -> None:
    """Writes ``training.json`` beside the weights in ``folder``; ``begun`` is the commit at which training began."""
    base = base_folder(config.model)
    content = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "program": __version__,
        "commit": begun,
        "settings": config.model_dump(mode="json"),
        "data": about.model_dump(mode="json"),
        "base": {
            "name": base.name,
            "weights": _hashes(base),
        },
        "weights": _hashes(folder),
        "releases": {name: version(name) for name in RELEASES},
        "history": list(history),
    }
    (folder / NAME).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _hashes(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path) for path in sorted(folder.glob("*.safetensors"))}


def commit() -> str:
    """The commit of the program, with a mark where files differ from it; empty outside a checkout."""
    git = shutil.which("git")
    if git is None:
        return ""
    root = Path(__file__).parents[2]
    said = subprocess.run(  # noqa: S603 - git itself, with words of ours
        [git, "describe", "--always", "--dirty", "--abbrev=40"], cwd=root, capture_output=True, text=True, check=False
    )
    return said.stdout.strip()
