"""The factors of a low-rank adapter (Hu et al., arXiv 2106.09685), and the one step that adds them to its base.

A weight W (out × in) becomes W + s·B·A, with A (r × in), B (out × r) and s = alpha / r, or alpha / √r where the
adapter says so. It is computed in float32 and stored in the base's own type, as peft does; neither peft nor PyTorch is
needed.
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, PositiveInt, ValidationError

from creason_core.errors import WeightsError
from creason_core.model.adapters.manifest import AGAIN, CONFIG, WEIGHTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Weight = NDArray[Any]
    Factors = tuple[Weight, Weight]

_PREFIX = "base_model.model."
_A, _B = ".lora_A.weight", ".lora_B.weight"


# What peft writes besides and what changes nothing in how its factors are added: where the adapter is from, what was
# trained and how, sizes and cores of what is switched off.
_WITHOUT_EFFECT = frozenset(
    "auto_mapping base_model_name_or_path exclude_modules inference_mode layers_pattern layers_to_transform "
    "lora_dropout megatron_core peft_version qalora_group_size revision target_modules task_type".split()
)


class LoraConfig(BaseModel):
    """What ``adapter_config.json`` must say to be understood: plain low-rank factors of linear layers, nothing else.

    A field that is not known here and is neither empty nor false may change what the factors mean: it is refused.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    peft_type: Literal["LORA"]
    r: PositiveInt
    lora_alpha: float
    use_rslora: bool = False
    use_dora: Literal[False] = False
    fan_in_fan_out: Literal[False] = False
    lora_bias: Literal[False] = False
    bias: Literal["none"] = "none"
    modules_to_save: None = None
    layer_replication: None = None
    trainable_token_indices: None = None
    rank_pattern: dict[str, int] | None = None
    alpha_pattern: dict[str, float] | None = None
    init_lora_weights: bool | Literal["gaussian"] = True  # others alter the base before training

    @property
    def scale(self) -> float:
        """The factor before B·A."""
        return self.lora_alpha / (math.sqrt(self.r) if self.use_rslora else self.r)


def read_config(folder: Path) -> LoraConfig:
    """How the adapter in ``folder`` is to be applied.

    Raises:
        WeightsError: It asks for something that this program does not apply.
    """
    path = folder / CONFIG
    try:
        config = LoraConfig.model_validate_json(path.read_bytes())
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {type(error).__name__}.", remedy=AGAIN) from error
    except ValidationError as error:
        fields = ", ".join(str(one["loc"][0]) for one in error.errors() if one["loc"]) or "the file is not JSON"
        raise _not_applied(path, fields) from error
    if odd := [name for name, value in (config.model_extra or {}).items() if value and name not in _WITHOUT_EFFECT]:
        raise _not_applied(path, ", ".join(sorted(odd)))
    if config.rank_pattern or config.alpha_pattern:
        raise WeightsError(f"{path} is not accepted: its layers differ in rank or scale.", remedy=AGAIN)
    return config


def _not_applied(path: Path, fields: str) -> WeightsError:
    return WeightsError(
        f"{path} is not accepted: it asks for what this program does not apply ({fields}).",
        remedy="Train it as plain LoRA: no bias, no DoRA, no whole modules.",
    )


def read_weights(path: Path) -> "dict[str, Weight]":
    """Every tensor of a safetensors file, bfloat16 as the type of that name of ml_dtypes.

    Raises:
        WeightsError: It is not such a file.
    """
    import ml_dtypes  # noqa: F401 - numpy knows "bfloat16" once it is loaded
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{path} cannot be read as safetensors: {type(error).__name__}.", remedy=AGAIN) from error


def read_factors(folder: Path) -> "dict[str, Factors]":
    """The adapter's factors A (r × in) and B (out × r) by the name of the weight that they change.

    Raises:
        WeightsError: The file holds something else than pairs of factors.
    """
    path = folder / WEIGHTS
    tensors = read_weights(path)
    names = [name.removesuffix(_A) for name in tensors if name.endswith(_A)]
    expected = {name + part for name in names for part in (_A, _B)}
    if not names or tensors.keys() != expected or not all(name.startswith(_PREFIX) for name in names):
        odd = sorted(tensors.keys() ^ expected)[:1] or sorted(tensors)[:1]
        raise WeightsError(f"{path} holds something else than pairs of low-rank factors: {odd}.", remedy=AGAIN)
    return {f"{name.removeprefix(_PREFIX)}.weight": (tensors[name + _A], tensors[name + _B]) for name in names}


def add(weights: "dict[str, Weight]", factors: "dict[str, Factors]", scale: float, each: Callable[[], None]) -> None:
    """Adds to ``weights``, in place, every factor that belongs to one of them, and takes it out of ``factors``.

    ``each`` is called after each addition.

    Raises:
        WeightsError: The shapes of a weight and its factors do not fit.
    """
    for name in sorted(weights.keys() & factors.keys()):
        a, b = factors.pop(name)
        weight = weights[name]
        if (b.shape[0], a.shape[1], a.shape[0]) != (weight.shape[0], weight.shape[1], b.shape[1]):
            raise WeightsError(
                f"The adapter's factors for {name} are of another model: {tuple(b.shape)} · {tuple(a.shape)} does not "
                f"give {tuple(weight.shape)}.",
                remedy=AGAIN,
            )
        difference = b.astype("float32") @ a.astype("float32")
        weights[name] = (weight.astype("float32") + difference * scale).astype(weight.dtype)
        each()
