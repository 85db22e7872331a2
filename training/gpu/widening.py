"""An adapter of higher rank that computes what the given one does: where training of a higher rank begins."""

import json
import shutil
from pathlib import Path

from creason_core.errors import SettingsError
from creason_core.model.adapters.manifest import CONFIG, WEIGHTS, read_adapter, write_manifest
from creason_core.model.engines.weights import MANIFEST
from training.trainer.settings import Lora


def widened(start: Path, lora: Lora, to: Path) -> Path:
    """The adapter in ``start``, or, where its rank is below that of ``lora``, one of that rank in the folder ``to``.

    The rows that its first factors get are small and drawn from a fixed seed, the columns that its second factors get
    are zero, and its scale stays: the sum is the same, and every new direction can be learnt.

    Raises:
        SettingsError: The scale of ``lora`` (alpha / r) is another than the adapter's.
        WeightsError: The adapter's files are not those that its manifest says.
    """
    import torch
    from safetensors.torch import load_file, save_file

    config = json.loads((start / CONFIG).read_bytes())
    if config["r"] >= lora.r:
        return start
    if lora.alpha * config["r"] != config["lora_alpha"] * lora.r:
        raise SettingsError(
            f"The adapter in {start} has alpha / r = {config['lora_alpha'] / config['r']:g}, the settings say "
            f"{lora.alpha / lora.r:g}.",
            remedy=f"Set lora.alpha to {config['lora_alpha'] * lora.r / config['r']:g}.",
        )
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(start, to)
    drawn, factors = torch.Generator().manual_seed(0), {}
    for name, factor in load_file(start / WEIGHTS).items():
        first = ".lora_A." in name
        shape = (lora.r - config["r"], factor.shape[1]) if first else (factor.shape[0], lora.r - config["r"])
        # As peft begins: even within ±1/√(inputs).
        more = (2 * torch.rand(shape, generator=drawn) - 1) / shape[1] ** 0.5 if first else torch.zeros(shape)
        factors[name] = torch.cat((factor, more.to(factor.dtype)), dim=0 if first else 1).contiguous()
    save_file(factors, to / WEIGHTS, metadata={"format": "pt"})
    (to / CONFIG).write_text(json.dumps({**config, "r": lora.r, "lora_alpha": lora.alpha}) + "\n", encoding="utf-8")
    if (start / MANIFEST).is_file():
        write_manifest(to, read_adapter(start).manifest)  # of the same name: the same function, in other files
    return to
