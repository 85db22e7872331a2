"""The model that is trained: the base, a new adapter on it, or an adapter that is trained on.

An adapter from the warm start is trained on, not merged into the base first: what comes out is one adapter of the
published base, small enough to ship, whose weights stay as they are, while a merged base would round every sum to
bfloat16 and would have to be shipped whole. TRL 1.16 takes such a model as it is; it wants a merge only where a
second adapter is put on the first. Without ``lora`` the adapter is merged in float32, and every weight is trained in
float32: at a learning rate of 1e-6 most changes are too small to move a bfloat16.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from creason_core.errors import SettingsError
from creason_core.model.adapters.choosing import chosen
from creason_core.model.adapters.manifest import CONFIG, WEIGHTS, read_adapter
from creason_core.model.engines.weights import MANIFEST
from creason_core.settings import settings
from training.trainer.settings import FromRatings, Grpo, Lora
from training.trainer.weights import base_folder, compile_layers, load_model, weight_hashes


@dataclass(frozen=True)
class InitialModel:
    """The model that training on ratings begins with.

    ``lora`` shapes a new adapter on it; it is None where the version ``parent``, whose files lie in ``folder``, is
    trained on.
    """

    model: Any
    lora: Any
    parent: str = ""
    folder: Path | None = None


def model_for_ratings(config: FromRatings) -> InitialModel:
    """The base and, where the settings name one, the adapter that training goes on from.

    Raises:
        WeightsError: The adapter is not whole.
        SettingsError: There are no weights, or the adapter belongs to others.
    """
    from peft import PeftModel

    folder = chosen(settings()).folder if config.start == "active" else config.start
    if folder is None:
        return InitialModel(load_model(config.model), lora_config(config.lora))
    manifest = read_adapter(folder).manifest
    if dict(manifest.base.weights) != weight_hashes(base_folder(config.model)):
        raise SettingsError(
            f"{manifest.title} was trained on other weights than those of {config.model}.",
            remedy=f"Set model to {manifest.base.name}, as it was then, or start to an adapter of these weights.",
        )
    model = PeftModel.from_pretrained(load_model(config.model), str(folder), is_trainable=True)
    # At each checkpoint peft looks for the base under the name in its settings, if need be on the network.
    model.peft_config["default"].base_model_name_or_path = str(base_folder(config.model))
    return InitialModel(model, None, manifest.title, folder)


def model_for_grpo(config: Grpo) -> tuple[Any, Any]:
    """The model to train, and the ``LoraConfig`` that TRL puts on it, None where it needs none.

    Raises:
        SettingsError: There are no weights, no adapter to start from, or one of another shape.
        WeightsError: The adapter's files are not those that its manifest says.
    """
    import torch
    from peft import PeftModel

    model = load_model(config.model, None if config.lora else torch.float32)
    if config.compiled:
        compile_layers(model)
    if config.start is None:
        return model, config.lora and lora_config(config.lora)
    _check_adapter(config.start, base_folder(config.model))
    if config.lora is not None:
        return with_adapter(model, config.start, base_folder(config.model), config.lora), None
    started = PeftModel.from_pretrained(model, str(config.start))
    return started.merge_and_unload().requires_grad_(True), None  # peft had frozen the base


def with_adapter(model: Any, folder: Path, base: Path, lora: Lora) -> Any:
    """``model``, whose weights lie in ``base``, with the adapter in ``folder`` on it, to be trained on.

    Raises:
        SettingsError: There is no adapter, or it has another shape than ``lora`` or belongs to other weights.
        WeightsError: The adapter's files are not those that its manifest says.
    """
    from peft import PeftModel

    _check_adapter(folder, base)
    started = PeftModel.from_pretrained(model, str(folder), is_trainable=True)
    shape = started.peft_config["default"]
    if (shape.r, shape.lora_alpha) != (lora.r, lora.alpha):
        raise SettingsError(
            f"The adapter in {folder} has r = {shape.r} and alpha = {shape.lora_alpha}, the settings say "
            f"{lora.r} and {lora.alpha}.",
            remedy="Give the adapter's own: its shape cannot change.",
        )
    return started


def lora_config(lora: Lora) -> Any:
    """The adapter as peft makes it: on every linear layer but the head, which TRL cannot train by an adapter."""
    from peft import LoraConfig

    return LoraConfig(
        r=lora.r,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )


def _check_adapter(folder: Path, base: Path) -> None:
    for name in (CONFIG, WEIGHTS):
        if not (folder / name).is_file():
            raise SettingsError(
                f"There is no adapter in {folder}: {name} is missing.",
                remedy="Make it with python -m training.sft, or remove 'start' from the settings.",
            )
    if not (folder / MANIFEST).is_file():
        return
    manifest = read_adapter(folder).manifest
    if dict(manifest.base.weights) != weight_hashes(base):
        raise SettingsError(
            f"{manifest.title} was trained on other weights than those in {base}.",
            remedy=f"Set model to {manifest.base.name}, as it was then, or start from an adapter of these weights.",
        )
