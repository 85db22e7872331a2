"""What a training leaves: the adapter (or the weights) with its manifest, and how the run went."""

import json
import math
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from creason_core import __version__
from creason_core.errors import WeightsError
from creason_core.model.adapters.manifest import AdapterManifest, Base, Data, read_adapter, write_manifest
from creason_core.model.adapters.versions import Versions
from creason_core.model.engines.weights import MANIFEST, read_manifest, seal
from creason_core.settings import settings
from creason_core.store.training_rows.reading import Export
from creason_core.store.training_rows.rows import DpoRow, KtoRow
from training.data.contamination import NAME as RATINGS
from training.data.contamination import Patients, Ratings, joined, rated_patients
from training.data.provenance import AboutData
from training.release.report import write_report
from training.release.training_log import NAME, RELEASES, commit
from training.trainer.initial_model import InitialModel
from training.trainer.settings import FromRatings, Grpo
from training.trainer.weights import base_folder, weight_hashes


def save_grpo(trainer: Any, config: Grpo, about: AboutData) -> Path:
    """Writes everything, and returns the folder of the adapter (or of the weights). Every process must call it.

    Raises:
        WeightsError: The loss was not finite, so that nothing is worth keeping.
    """
    history = trainer.state.log_history
    _require_finite(history, "Lower trl.learning_rate, remove the checkpoints, and train again.")
    folder = config.out / ("adapter" if config.lora else "model")
    if config.lora is None:
        trainer.save_model(str(folder))  # gathers what ZeRO has spread
    if trainer.is_world_process_zero():
        if config.lora:
            save_policy(trainer.accelerator.unwrap_model(trainer.model), config, about, folder)
        else:
            _seal(config, folder)
        _write_log(config, about, trainer.args, history)
        write_report(config, history, config.out / "report.html")
    return folder


def save_from_ratings(
    trainer: Any, config: FromRatings, initial: InitialModel, export: Export[KtoRow] | Export[DpoRow], in_store: int
) -> Path:
    """Writes the trained adapter as a version of its own, with what it was made of; returns its folder.

    ``in_store`` is as in ``Ratings``.

    Raises:
        WeightsError: The loss was not finite, so that nothing is worth keeping.
    """
    _require_finite(trainer.state.log_history, "Lower learning_rate, train again.")
    folder, rows = config.out / "adapter", export.manifest
    _write_adapter(trainer.model, config.model, folder)
    before = rated_patients(initial.folder) if initial.folder else {}
    ratings = _ratings(export, before, in_store)
    (folder / RATINGS).write_text(ratings.model_dump_json(indent=1) + "\n", encoding="utf-8")
    log = {"settings": config.model_dump(mode="json"), "history": trainer.state.log_history}
    (config.out / NAME).write_text(json.dumps(log, indent=1) + "\n", encoding="utf-8")
    data = Data(
        cohort=_only(rows.public_patients),
        rows=len(export.rows),
        files={export.path.name: rows.sha256},
        codebook_hash=_only(rows.codebook_hashes),
        prompt_version=max(map(int, rows.prompt_versions)),
    )
    recipe = f"{rows.format.upper()} on {len(export.rows):,} rows from ratings"
    _write_manifest(folder, config, recipe, data, initial.parent)
    return folder


def _require_finite(history: Sequence[Mapping[str, Any]], remedy: str) -> None:
    losses = [entry[key] for entry in history for key in ("loss", "train_loss") if key in entry]
    if not all(math.isfinite(loss) for loss in losses):
        raise WeightsError("The loss was not a finite number, so nothing was written.", remedy=remedy)


def save_policy(model: Any, config: Grpo, about: AboutData, folder: Path, how: str = "") -> None:
    """Writes the adapter of the PeftModel ``model`` with its manifest; ``how`` is added to the line on its making."""
    _write_adapter(model, config.model, folder)
    parent = ""
    if config.start is not None:
        if (config.start / RATINGS).is_file():
            shutil.copyfile(config.start / RATINGS, folder / RATINGS)
        if (config.start / MANIFEST).is_file():
            parent = read_adapter(config.start).manifest.title
    recipe = f"{'warm start, then ' if config.start else ''}GRPO on {about.rows:,} questions{how}"
    _write_manifest(folder, config, recipe, Data(**about.model_dump()), parent)


def _write_adapter(model: Any, base: str, folder: Path) -> None:
    model.peft_config["default"].base_model_name_or_path = base_folder(base).name
    # The copy that TRL compares with when it goes on from an adapter is no part of the result.
    model.save_pretrained(str(folder), selected_adapters=["default"], save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)


def _write_manifest(folder: Path, config: Grpo | FromRatings, recipe: str, data: Data, parent: str) -> None:
    present, base = settings(), base_folder(config.model)
    write_manifest(
        folder,
        AdapterManifest(
            name=config.name,
            version=config.version or Versions(present.data_dir, present.principal.user).next_version(config.name),
            parent=parent,
            base=Base(name=base.name, weights=weight_hashes(base)),
            files={},
            recipe=recipe,
            settings=config.model_dump(mode="json"),
            data=data,
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


def _write_log(config: Grpo, about: AboutData, trl_args: Any, history: Sequence[Mapping[str, Any]]) -> None:
    content = {
        "settings": config.model_dump(mode="json"),
        "arguments": trl_args.to_dict(),
        "data": about.model_dump(mode="json"),
        "program": __version__,
        "commit": commit(),
        "releases": {name: version(name) for name in RELEASES},
        "history": history,
    }
    (config.out / NAME).write_text(json.dumps(content, indent=1, default=str) + "\n", encoding="utf-8")


def _ratings(export: Export[KtoRow] | Export[DpoRow], before: Patients, in_store: int) -> Ratings:
    manifest = export.manifest
    return Ratings(
        file=export.path.name,
        sha256=manifest.sha256,
        manifest_sha256=export.manifest_sha256,
        rows=len(export.rows),
        in_store=in_store,
        judgements=manifest.judgements,
        raters=manifest.raters,
        codebook_hashes=manifest.codebook_hashes,
        prompt_versions=manifest.prompt_versions,
        patients=joined(before, manifest.public_patients),
    )


def _only(counts: Mapping[str, object]) -> str:
    """The one name in ``counts``; empty where there are several or none, which ``ratings.json`` then counts."""
    return next(iter(counts)) if len(counts) == 1 else ""
