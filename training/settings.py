"""What a training run is told: one YAML file, checked before anything is loaded."""

from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, PositiveFloat, PositiveInt, ValidationError

from creason_core.codebook import Frozen
from creason_core.errors import SettingsError


class Lora(Frozen):
    """Low-rank adapters on every linear layer (Hu et al., arXiv 2106.09685); ``alpha`` scales them by alpha / r."""

    r: PositiveInt = 16
    alpha: PositiveInt = 32
    dropout: float = Field(default=0.0, ge=0, lt=1)


class WarmStart(Frozen):
    """A warm start: supervised fine-tuning on rationales.

    ``model`` is a folder of weights, or a name as in ``creason model``. ``batch`` is prompts a step. ``limit`` takes
    the first so many rationales, whose order is that of their ids and so as good as drawn. ``max_length`` is in
    tokens, prompt and completion together: longer rows are an error, never cut.
    """

    recipe: Literal["sft"] = "sft"
    model: str
    rationales: tuple[Path, ...]
    out: Path
    limit: PositiveInt | None = None
    epochs: PositiveFloat = 1.0
    batch: PositiveInt = 8
    accumulate: PositiveInt = 1
    learning_rate: PositiveFloat = 1e-3
    warmup: float = Field(default=0.05, ge=0, lt=1)
    lora: Lora | None = Lora()
    max_length: PositiveInt = 1024
    save_every: PositiveInt = 50
    seed: int = 0


def read_config(path: Path) -> WarmStart:
    """The settings in a YAML file; paths in it are relative to where the command runs.

    Raises:
        SettingsError: The file is missing, no YAML, or says something that the recipe does not know.
    """
    try:
        return WarmStart.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise SettingsError(f"{path} cannot be read: {type(error).__name__}.", remedy="Give a YAML file.") from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors())
        raise SettingsError(
            f"{path} is not accepted: {wrong}.", remedy="Correct it; training/settings.py says what is known."
        ) from error
