"""What a GRPO run leaves: the adapter (or the weights) with its manifest, and how the run went."""

import json
import math
import shutil
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from creason_core import __version__
from creason_core.errors import WeightsError
from creason_core.model.adapters.manifest import AdapterManifest, Base, Data, read_adapter, write_manifest
from creason_core.model.adapters.versions import Versions
from creason_core.model.engines.weights import MANIFEST, read_manifest, seal, sha256
from creason_core.settings import settings
from training.contamination import NAME as RATINGS
from training.release.training_log import RELEASES, AboutData, commit
from training.rl.progress import write_report
from training.trainer.settings import Grpo
from training.trainer.weights import base_folder


def save(trainer: Any, config: Grpo, about: AboutData) -> Path:
    """Writes everything, and returns the folder of the adapter (or of the weights). Every process must call it.

    Raises:
        WeightsError: The loss was not finite, so that nothing is worth keeping.
    """
    history = trainer.state.log_history
    if not all(math.isfinite(entry["loss"]) for entry in history if "loss" in entry):
        raise WeightsError(
            "The loss was not a finite number, so nothing was written.",
            remedy="Lower trl.learning_rate, remove the checkpoints, and train again.",
        )
    folder = config.out / ("adapter" if config.lora else "model")
    if config.lora is None:
        trainer.save_model(str(folder))  # gathers what ZeRO has spread
    if trainer.is_world_process_zero():
        _write_adapter(trainer, config, about, folder) if config.lora else _seal(config, folder)
        _write_course(config, about, trainer.args, history)
        write_report(config, history, config.out / "report.html")
    return folder


def _write_adapter(trainer: Any, config: Grpo, about: AboutData, folder: Path) -> None:
    model, base = trainer.accelerator.unwrap_model(trainer.model), base_folder(config.model)
    model.peft_config["default"].base_model_name_or_path = base.name
    model.save_pretrained(str(folder), selected_adapters=["default"], save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)
    if config.start is not None and (config.start / RATINGS).is_file():
        shutil.copyfile(config.start / RATINGS, folder / RATINGS)
    has_parent = config.start is not None and (config.start / MANIFEST).is_file()
    versions = Versions(settings().data_dir, settings().principal.user)
    write_manifest(
        folder,
        AdapterManifest(
            name=config.name,
            version=config.version or versions.next_version(config.name),
            parent=read_adapter(config.start).manifest.title if config.start and has_parent else "",
            base=Base(name=base.name, weights={path.name: sha256(path) for path in base.glob("*.safetensors")}),
            files={},
            recipe=f"{'warm start, then ' if config.start else ''}GRPO on {about.rows:,} questions",
            settings=config.model_dump(mode="json"),
            data=Data(**about.model_dump()),
            seed=config.seed,
            made=datetime.now(UTC),
            program=__version__,
            commit=commit(),
            releases={name: version(name) for name in RELEASES},
        ),
    )


def _seal(config: Grpo, folder: Path) -> None:
    """The manifest that engines ask of a folder of weights; its licence is that of the base, where that says one."""
    (folder / "training_args.bin").unlink(missing_ok=True)  # a pickle
    base = base_folder(config.model)
    licence = read_manifest(base).manifest.licence if (base / MANIFEST).is_file() else ""
    seal(
        folder,
        folder.name,
        source=f"GRPO on {base.name}",
        licence=licence,
        made_with={name: version(name) for name in RELEASES},
    )


def _write_course(config: Grpo, about: AboutData, made: Any, history: list[Any]) -> None:
    content = {
        "settings": config.model_dump(mode="json"),
        "arguments": made.to_dict(),
        "data": about.model_dump(mode="json"),
        "program": __version__,
        "commit": commit(),
        "releases": {name: version(name) for name in RELEASES},
        "history": history,
    }
    (config.out / "training.json").write_text(json.dumps(content, indent=1, default=str) + "\n", encoding="utf-8")
