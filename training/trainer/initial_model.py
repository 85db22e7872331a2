"""The weights that GRPO trains: the base, a new adapter on it, or an adapter that is trained on.

An adapter from the warm start is trained on, not merged into the base first: what comes out is one adapter of the
published base, small enough to ship, whose weights stay as they are, while a merged base would round every sum to
bfloat16 and would have to be shipped whole. TRL 1.16 takes such a model as it is; it wants a merge only where a
second adapter is put on the first. Without ``lora`` the adapter is merged in float32, and every weight is trained in
float32: at a learning rate of 1e-6 most changes are too small to move a bfloat16.
"""

from pathlib import Path
from typing import Any

from creason_core.errors import SettingsError
from creason_core.model.adapters.manifest import CONFIG, WEIGHTS, read_adapter
from creason_core.model.engines.weights import MANIFEST, sha256
from training.trainer.settings import Grpo, Lora
from training.trainer.weights import base_folder, compile_layers, load_model


def policy(config: Grpo) -> tuple[Any, Any]:
    """The model to train, and the ``LoraConfig`` that TRL puts on it, None where it needs none.

    Raises:
        SettingsError: There are no weights, no adapter to start from, or one of another shape.
        WeightsError: The adapter's files are not those that its manifest says.
    """
    import torch
    from peft import PeftModel

    model = load_model(config.model, torch.bfloat16 if config.lora else torch.float32)
    if config.compiled:
        compile_layers(model)
    if config.start is None:
        return model, config.lora and lora_config(config.lora)
    _check_start(config.start, base_folder(config.model))
    if config.lora is not None:
        return go_on(model, config.start, base_folder(config.model), config.lora), None
    started = PeftModel.from_pretrained(model, str(config.start))
    return started.merge_and_unload().requires_grad_(True), None  # peft had frozen the base


def go_on(model: Any, folder: Path, base: Path, lora: Lora) -> Any:
    """``model``, whose weights lie in ``base``, with the adapter in ``folder`` on it, to be trained on.

    Raises:
        SettingsError: There is no adapter, or it has another shape than ``lora`` or belongs to other weights.
        WeightsError: The adapter's files are not those that its manifest says.
    """
    from peft import PeftModel

    _check_start(folder, base)
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


def _check_start(folder: Path, base: Path) -> None:
    for name in (CONFIG, WEIGHTS):
        if not (folder / name).is_file():
            raise SettingsError(
                f"There is no adapter in {folder}: {name} is missing.",
                remedy="Make it with python -m training.sft, or remove 'start' from the settings.",
            )
    if not (folder / MANIFEST).is_file():
        return
    manifest = read_adapter(folder).manifest
    if dict(manifest.base.weights) != {path.name: sha256(path) for path in base.glob("*.safetensors")}:
        raise SettingsError(
            f"{manifest.title} was trained on other weights than those in {base}.",
            remedy=f"Set model to {manifest.base.name}, as it was then, or start from an adapter of these weights.",
        )


def merged_weights(model: Any) -> dict[str, Any]:
    """The weights of a PeftModel with its adapter in them, by their names in the base; the model stays as it is.

    The sum is made in float32 and rounded once to the base's own type, so that nothing builds up from version to
    version, as it would by merging and taking out again. Tied weights are given once.
    """
    from peft.tuners.lora import LoraLayer

    base = model.get_base_model()
    tied = set(getattr(base, "_tied_weights_keys", None) or ()) if base.config.tie_word_embeddings else set()
    changes = {
        name: module.get_delta_weight(adapter)
        for name, module in base.named_modules()
        if isinstance(module, LoraLayer)
        for adapter in module.active_adapters
    }
    weights = {}
    for name, tensor in base.state_dict().items():
        if "lora_" in name or name in tied:
            continue
        plain = name.replace(".base_layer.", ".")
        change = changes.get(plain.removesuffix(".weight"))
        summed = tensor if change is None else (tensor.float() + change.float()).to(tensor.dtype)
        weights[plain] = summed.detach().cpu().contiguous()
    return weights
