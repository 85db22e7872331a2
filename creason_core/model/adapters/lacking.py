"""What is missing in a folder that was given as an adapter and has no manifest, in words that say what to do.

Trainers (peft, TRL) leave weights and how they are applied, often in a folder for each checkpoint; the manifest, which
says what they belong to and how they were made, comes with packing.
"""

from pathlib import Path

_PICKLE = "adapter_model.bin"
_LOG = "training.json"
_BASE = "Or go back to the base: creason model use base"


def without_manifest(folder: Path, manifest: str, config: str, weights: str) -> tuple[str, str]:
    """What is wrong with ``folder``, which lacks ``manifest``, and the remedy; the others are names of its files."""
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    inside = sorted((path.parent.name for path in folder.glob(f"*/{config}")), key=lambda name: (len(name), name))
    log = "" if _LOG in there else f" That needs the {_LOG} of its training beside it, which is not there."
    pack = f"Pack it first: python -m training.package build {folder} NEW-FOLDER --name NAME --version 1.{log}"
    whole = "Copy the whole folder, then pack it."
    cases = (
        (not folder.is_dir(), "the folder is not there", "Look at its name."),
        (
            {config, weights} <= there,
            f"it is as training left it, without the {manifest} that says what it belongs to and how it was made",
            pack,
        ),
        (
            {config, _PICKLE} <= there,
            f"its weights are a pickle ({_PICKLE}), which can run programs, and {manifest} is missing",
            "Save them again with save_pretrained(…, safe_serialization=True), then pack it.",
        ),
        (config in there, f"its weights ({weights}) and {manifest} are missing", whole),
        (weights in there, f"{config} and {manifest} are missing", whole),
        (bool(inside), f"the adapters lie in folders inside ({', '.join(inside[-3:])})", "Pack one of them."),
        (
            "config.json" in there and any(name.endswith(".safetensors") for name in there),
            "it holds a whole model and no adapter",
            "Train it as an adapter (plain LoRA).",
        ),
        (True, f"{manifest} is missing", "Register a good copy of the folder."),
    )
    wrong, remedy = next((wrong, remedy) for found, wrong, remedy in cases if found)
    return wrong, f"{remedy} {_BASE}"
