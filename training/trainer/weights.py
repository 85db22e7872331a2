"""The weights that training starts from, and the checkpoints that it leaves."""

import shutil
from pathlib import Path
from typing import Any

from creason_core.errors import SettingsError
from creason_core.files import sha256
from creason_core.model.engines.processor import processor
from creason_core.model.engines.weights import model_folder
from creason_core.settings import settings


def base_folder(model: str) -> Path:
    """The folder of ``model``: a path, or a name under the program's models.

    Raises:
        SettingsError: There are no weights.
    """
    folder = Path(model)
    if not (folder / "config.json").is_file():
        folder = model_folder(settings().model_copy(update={"embedded_model": model}))
    if not (folder / "config.json").is_file():
        raise SettingsError(f"There are no weights in {folder}.", remedy="Bring them with: creason model pull")
    return folder


def load_tokenizer(model: str) -> Any:
    """The tokenizer beside the weights; it pads with its end of text where it has no padding of its own."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base_folder(model))
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_model(model: str, dtype: Any = None) -> Any:
    """The weights, safetensors only: in what training computes in here (``in_bfloat16``), or as ``dtype`` says."""
    import torch
    from transformers import AutoModelForCausalLM

    # On a processor the backward pass of torch's fused attention takes three times as long under a padding mask.
    attention = None if torch.cuda.is_available() else "eager"
    plain = torch.bfloat16 if in_bfloat16() else torch.float32
    return AutoModelForCausalLM.from_pretrained(
        base_folder(model), dtype=dtype or plain, use_safetensors=True, attn_implementation=attention
    )


def in_bfloat16() -> bool:
    """Whether training computes in bfloat16 here: where the GPU, or without one the processor, multiplies it itself.

    Elsewhere it is emulated, on a processor many times slower than float32 (docs/training.md).
    """
    import torch

    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    return processor(settings().processor).precision == "bfloat16"


def compile_layers(model: Any) -> None:
    """Has torch compile each layer of ``model`` when it first runs, for records of any length (a minute, once).

    Only for passes over whole records: writing token by token would compile again as its memory grows. It needs a
    C++ compiler. docs/training-log.md has what it gains (about half as fast again on two cores).
    """
    for layer in model.model.layers:
        layer.compile(dynamic=True)


def newest_checkpoint(out: Path) -> str | None:
    """The last whole checkpoint in ``out``, or None."""
    found = [path for path in out.glob("checkpoint-*") if (path / "trainer_state.json").is_file()]
    return str(max(found, key=lambda path: int(path.name.rpartition("-")[2]))) if found else None


def checkpoint_without_ref(out: Path) -> str | None:
    """The last whole checkpoint of a run, from which it goes on; None where it begins.

    Beside what is trained TRL keeps "ref", a copy of the adapter that training began with, and makes it anew at each
    start. Where it is found in a checkpoint, transformers (5.19) takes up that copy and leaves what was trained.
    """
    found = newest_checkpoint(out)
    if found is not None:
        shutil.rmtree(Path(found) / "ref", ignore_errors=True)
    return found


def weight_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 (hex) of each file of weights in ``folder``, by its name."""
    return {path.name: sha256(path) for path in sorted(folder.glob("*.safetensors"))}
