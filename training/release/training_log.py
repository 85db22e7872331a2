"""What lies beside trained weights: settings, data, hashes, releases, and the course of the loss."""

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from pydantic import JsonValue

from creason_core import __version__
from training.data.provenance import AboutData
from training.trainer.settings import WarmStart
from training.trainer.weights import base_folder, in_bfloat16, weight_hashes

NAME = "training.json"
RELEASES = ("torch", "transformers", "trl", "peft", "datasets")


def write_training_log(
    folder: Path, config: WarmStart, about: AboutData, history: Sequence[Mapping[str, JsonValue]], program_commit: str
) -> None:
    """Writes ``training.json`` beside the weights in ``folder``; ``program_commit``: as training began."""
    base = base_folder(config.model)
    content = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "program": __version__,
        "commit": program_commit,
        "settings": config.model_dump(mode="json"),
        "data": about.model_dump(mode="json"),
        "base": {
            "name": base.name,
            "weights": weight_hashes(base),
        },
        "weights": weight_hashes(folder),
        "precision": "bfloat16" if in_bfloat16() else "float32",
        "releases": {name: version(name) for name in RELEASES},
        "history": list(history),
    }
    (folder / NAME).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def commit() -> str:
    """The commit of the program, with a mark where files differ from it; empty outside a checkout."""
    git = shutil.which("git")
    if git is None:
        return ""
    root = Path(__file__).parents[2]
    described = subprocess.run(  # noqa: S603 - git itself, with words of ours
        [git, "describe", "--always", "--dirty", "--abbrev=40"], cwd=root, capture_output=True, text=True, check=False
    )
    return described.stdout.strip()
