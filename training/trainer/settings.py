"""The settings of a training run: one YAML file, checked before anything is loaded."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeVar

import yaml
from pydantic import (
    Field,
    JsonValue,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    ValidationError,
    model_validator,
)

from creason_core.errors import SettingsError
from creason_core.frozen import Frozen
from creason_core.model.adapters.manifest import Name

Settings = TypeVar("Settings", bound=Frozen)
Engine = Literal["transformers", "colocate", "server", "lora", "merged"]


class Lora(Frozen):
    """Low-rank adapters on every linear layer (Hu et al., arXiv 2106.09685); ``alpha`` scales them by alpha / r."""

    r: PositiveInt = 16
    alpha: PositiveInt = 32
    dropout: float = Field(default=0.0, ge=0, lt=1)


class WarmStart(Frozen):
    """A warm start: supervised fine-tuning on rationales.

    ``model`` is a folder of weights, or a name as in ``creason model``. ``batch`` is prompts a step. ``limit`` takes
    the first so many rationales, whose order is that of their ids and so as good as drawn; ``skip`` passes over those
    that a stage before it took. ``max_length`` is in tokens, prompt and completion together: longer rows are an error,
    never cut. ``start`` is an adapter that is trained on, of the shape ``lora``. ``compiled`` has torch compile the
    layers, which takes a C++ compiler.
    """

    recipe: Literal["sft"] = "sft"
    model: str
    start: Path | None = None
    rationales: tuple[Path, ...]
    out: Path
    limit: PositiveInt | None = None
    skip: NonNegativeInt = 0
    epochs: PositiveFloat = 1.0
    batch: PositiveInt = 8
    accumulate: PositiveInt = 1
    learning_rate: PositiveFloat = 1e-3
    warmup: float = Field(default=0.05, ge=0, lt=1)
    lora: Lora | None = Lora()
    max_length: PositiveInt = 1024
    save_every: PositiveInt = 50
    compiled: bool = False
    seed: int = 0

    @model_validator(mode="after")
    def _an_adapter_is_trained_as_one(self) -> "WarmStart":
        if self.start is not None and self.lora is None:
            raise ValueError("start names an adapter, so lora must give its shape")
        return self


class Rewards(Frozen):
    """The weight of each reward of ``training.rl.rewards`` in the sum; 0 leaves it out, ``correct`` is always logged.

    ``form`` and ``random`` are controls: what is gained with them was not learnt from the patients. ``soft_tokens``
    is the stretch before the longest completion over which the length reward falls to −1.
    """

    correct: NonNegativeFloat = 1.0
    expected: NonNegativeFloat = 0.0
    calibration: NonNegativeFloat = 0.0
    grounding: NonNegativeFloat = 0.0
    length: NonNegativeFloat = 0.0
    form: NonNegativeFloat = 0.0
    random: NonNegativeFloat = 0.0
    soft_tokens: PositiveInt = 64


class Difficulty(Frozen):
    """Keeps questions whose pass rate in the finished evaluation ``run`` (a folder) lies within ``low``–``high``."""

    run: Path
    low: float = Field(default=0.2, ge=0, le=1)
    high: float = Field(default=0.8, ge=0, le=1)


class RolloutSettings(Frozen):
    """Who writes the completions.

    ``transformers`` generates with the weights in training. ``colocate`` and ``server`` are TRL's two ways of vLLM,
    on GPUs. ``lora`` and ``merged`` are a vLLM server that gets every new version of an adapter: beside the base, or
    merged into its weights; ``url`` names one that runs, empty starts one.
    """

    engine: Engine = "transformers"
    url: str = ""


class Grpo(Frozen):
    """Group-relative policy optimisation (Shao et al., arXiv 2402.03300) on questions about training patients.

    ``model`` is as in ``WarmStart``. ``start`` is the adapter that training goes on from: with ``lora`` the same
    adapter is trained on, without it is merged and every weight is trained. ``questions`` are files of ``creason
    questions build``. ``balanced`` keeps every class of a feature equally often after the other filters.
    ``least_spread`` keeps questions whose likeliest and least likely options are at least so far apart (0–1, out of
    fold): where all are about as likely, no answer teaches much. ``longest_prompt`` is in tokens: longer prompts are
    left out and counted. ``notes`` puts the registry's notes into every prompt. ``share_prompts`` reads a prompt once
    for its whole group (``training.rl.shared_prefix``).
    ``compiled`` is as in ``WarmStart``, where transformers does not write.
    ``processes`` is the number of training processes that the launcher starts. ``shape`` is a ``config.json`` for
    ``--dry-run`` where the weights are not there. ``trl`` holds arguments of TRL's ``GRPOConfig``, over the defaults
    of ``training.rl.grpo_args``. The result is version ``version`` of the adapter ``name``, the next number where none
    is given.
    """

    recipe: Literal["grpo"] = "grpo"
    model: str
    start: Path | None = None
    questions: tuple[Path, ...] = Field(min_length=1)
    out: Path
    name: Name = "creason"
    version: Name | None = None
    limit: PositiveInt | None = None
    balanced: bool = True
    difficulty: Difficulty | None = None
    least_spread: float = Field(default=0.0, ge=0, lt=1)
    longest_prompt: PositiveInt = 1024
    notes: bool = False
    share_prompts: bool = False
    compiled: bool = False
    rewards: Rewards = Rewards()
    lora: Lora | None = Lora()
    rollouts: RolloutSettings = RolloutSettings()
    processes: PositiveInt = 1
    shape: Path | None = None
    trl: Mapping[str, JsonValue] = {}
    seed: int = 0


class FromRatings(Frozen):
    """The settings that KTO and DPO share.

    ``model`` is a folder of weights, or a name as in ``creason model``. ``start`` is the adapter folder to go on
    from, "active" for the one in use, or null for the base; ``lora`` shapes a new adapter and counts only without a
    ``start``. ``rows`` were made by ``creason feedback export``; nobody may have more than ``per_rater`` of them.
    ``batch`` is rows a step, each epoch in another order. ``beta`` holds the model to where it started: more is
    closer. ``max_length`` is in tokens, prompt and completion together: longer rows are an error, never cut or left
    out. The result is version ``version`` of
    the adapter ``name``, the next number where none is given.
    """

    model: str
    start: Literal["active"] | Path | None = None
    rows: Path
    out: Path
    name: Name = "creason"
    version: Name | None = None
    per_rater: PositiveInt = 200
    epochs: PositiveInt = 1
    batch: PositiveInt = 4
    accumulate: PositiveInt = 1
    learning_rate: PositiveFloat = 1e-5
    warmup: float = Field(default=0.1, ge=0, lt=1)
    beta: PositiveFloat = 0.1
    lora: Lora = Lora()
    max_length: PositiveInt = 2048
    save_every: PositiveInt = 50
    seed: int = 0


class Kto(FromRatings):
    """Kahneman-Tversky optimisation (Ethayarajh et al., arXiv 2402.01306) from single thumbs.

    Thumbs up and down count the same in sum, whichever are more. ``batch`` is at least 2: what keeps the model near
    its start is estimated from the answers of a batch, each put to another one's prompt.
    """

    recipe: Literal["kto"] = "kto"
    batch: int = Field(default=4, ge=2)


class Dpo(FromRatings):
    """Direct preference optimisation (Rafailov et al., arXiv 2305.18290) from pairs of opposite thumbs."""

    recipe: Literal["dpo"] = "dpo"


def read_settings(path: Path, kind: type[Settings]) -> Settings:
    """The settings in a YAML file; paths in it are relative to where the command runs.

    ``extends`` names another file beside it, whose settings hold where this one says nothing.

    Raises:
        SettingsError: The file is missing, no YAML, or says something that the recipe does not know.
    """
    try:
        return kind.model_validate(_content(path))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors())
        raise SettingsError(
            f"{path} is not accepted: {wrong}.", remedy="Correct it; training/trainer/settings.py says what is known."
        ) from error


def _content(path: Path, above: tuple[Path, ...] = ()) -> Mapping[str, object]:
    """What a file says, with what it extends."""
    if path in above:
        raise SettingsError(f"{path} extends itself.", remedy="Remove a line 'extends'.")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise SettingsError(f"{path} cannot be read: {type(error).__name__}.", remedy="Give a YAML file.") from error
    if not isinstance(content, dict):
        raise SettingsError(f"{path} holds no settings.", remedy="Give a YAML file with a line for each setting.")
    base = content.pop("extends", None)
    return content if base is None else _over(_content(path.parent / str(base), (*above, path)), content)


def _over(below: Mapping[str, object], above: Mapping[str, object]) -> Mapping[str, object]:
    """``above`` laid over ``below``, mapping by mapping."""
    merged = dict(below)
    for name, value in above.items():
        lower = merged.get(name)
        both = isinstance(lower, Mapping) and isinstance(value, Mapping)
        merged[name] = _over(lower, value) if both else value  # type: ignore[arg-type]
    return merged
