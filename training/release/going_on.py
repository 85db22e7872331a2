"""Where training on ratings begins, and the new adapter version that it leaves."""

import json
import math
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from creason_core import __version__
from creason_core.errors import SettingsError, WeightsError
from creason_core.model.adapters.choosing import chosen
from creason_core.model.adapters.manifest import AdapterManifest, Base, Data, read_adapter, write_manifest
from creason_core.model.adapters.versions import Versions
from creason_core.model.engines.weights import sha256
from creason_core.settings import settings
from creason_core.store.training_rows.reading import Export
from creason_core.store.training_rows.rows import Judged, Pair
from training.contamination import NAME, Patients, Ratings, joined, rated_patients
from training.data.ratings import FromRatings
from training.release.training_log import RELEASES, commit
from training.trainer.initial_model import lora_config
from training.trainer.weights import base_folder, load_model, newest_checkpoint


@dataclass(frozen=True)
class Start:
    """The model to train; ``lora`` shapes a new adapter on it, None where the version ``parent`` goes on.

    ``rated`` are the patients whose ratings went into ``parent``.
    """

    model: Any
    lora: Any
    parent: str
    rated: Patients


def start(config: FromRatings) -> Start:
    """Loads the base and, where the settings name one, the adapter that training goes on from.

    Raises:
        WeightsError: The adapter is not whole.
        SettingsError: There are no weights, or the adapter belongs to others.
    """
    from peft import PeftModel

    folder = chosen(settings()).folder if config.start == "active" else config.start
    if folder is None:
        return Start(load_model(config.model), lora_config(config.lora), "", {})
    manifest = read_adapter(folder).manifest
    if dict(manifest.base.weights) != _weights(config.model):
        raise SettingsError(
            f"{manifest.title} was trained on other weights than those of {config.model}.",
            remedy=f"Set model to {manifest.base.name}, as it was then, or start to an adapter of these weights.",
        )
    model = PeftModel.from_pretrained(load_model(config.model), str(folder), is_trainable=True)
    # At each checkpoint peft looks for the base under the name in its settings, if need be on the network.
    model.peft_config["default"].base_model_name_or_path = str(base_folder(config.model))
    return Start(model, None, manifest.title, rated_patients(folder))


def checkpoint(out: Path) -> str | None:
    """The last whole checkpoint of a run, from which it goes on; None where it begins.

    Beside what is trained TRL keeps "ref", a copy of the adapter that training began with, and makes it anew at each
    start. Where it is found in a checkpoint, transformers (5.19) takes up that copy and leaves what was trained.
    """
    found = newest_checkpoint(out)
    if found is not None:
        shutil.rmtree(Path(found) / "ref", ignore_errors=True)
    return found


def save(trainer: Any, config: FromRatings, begun: Start, export: Export[Judged] | Export[Pair], in_store: int) -> Path:
    """Writes the trained adapter as a version of its own, with what it was made of; returns its folder.

    Raises:
        WeightsError: The loss was not finite, so that nothing is worth keeping.
    """
    losses = [entry[key] for entry in trainer.state.log_history for key in ("loss", "train_loss") if key in entry]
    if not all(math.isfinite(loss) for loss in losses):
        raise WeightsError(
            "The loss was not a finite number, so no adapter was written.", remedy="Lower learning_rate, train again."
        )
    folder, base = config.out / "adapter", base_folder(config.model)
    trainer.model.peft_config["default"].base_model_name_or_path = base.name
    # The copy that TRL compares with when it goes on from an adapter is no part of the result.
    trainer.model.save_pretrained(str(folder), selected_adapters=["default"], save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)
    about, made_with = _about(export, begun.rated, in_store), export.manifest
    (folder / NAME).write_text(about.model_dump_json(indent=1) + "\n", encoding="utf-8")
    course = {"settings": config.model_dump(mode="json"), "history": trainer.state.log_history}
    (config.out / "training.json").write_text(json.dumps(course, indent=1) + "\n", encoding="utf-8")
    write_manifest(
        folder,
        AdapterManifest(
            name=config.name,
            version=config.version or Versions(settings().data_dir).next_version(config.name),
            parent=begun.parent,
            base=Base(name=base.name, weights=_weights(config.model)),
            files={},
            recipe=f"{made_with.format.upper()} on {len(export.rows):,} rows from ratings",
            settings=config.model_dump(mode="json"),
            data=Data(
                cohort=_only(made_with.public_patients),
                rows=len(export.rows),
                files={export.path.name: made_with.sha256},
                codebook_hash=_only(made_with.codebook_hashes),
                prompt_version=max(map(int, made_with.prompt_versions)),
            ),
            seed=config.seed,
            made=datetime.now(UTC),
            program=__version__,
            commit=commit(),
            releases={name: version(name) for name in RELEASES},
        ),
    )
    return folder


def _about(export: Export[Judged] | Export[Pair], before: Patients, in_store: int) -> Ratings:
    said = export.manifest
    return Ratings(
        file=export.path.name,
        sha256=said.sha256,
        manifest_sha256=export.manifest_sha256,
        rows=len(export.rows),
        in_store=in_store,
        judgements=said.judgements,
        raters=said.raters,
        codebook_hashes=said.codebook_hashes,
        prompt_versions=said.prompt_versions,
        patients=joined(before, said.public_patients),
    )


def _weights(model: str) -> dict[str, str]:
    return {path.name: sha256(path) for path in sorted(base_folder(model).glob("*.safetensors"))}


def _only(counts: Mapping[str, object]) -> str:
    """The one name in ``counts``; empty where there are several or none, which ``ratings.json`` then counts."""
    return next(iter(counts)) if len(counts) == 1 else ""
