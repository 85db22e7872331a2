"""What a GRPO run needs of memory, estimated from the shape of the model alone.

The parts, each with its source, in bytes for one training process:

    weights, gradients, Adam   16 for each trained parameter (Rajbhandari et al., arXiv 1910.02054, section 3.1), and
                               2 for each that stays; shared by all processes where every weight is trained on
                               several, as ZeRO stage 3 does
    activations                34·s·b·h a layer; with checkpointing 2·s·b·h a layer and one layer whole (Korthikanti
                               et al., arXiv 2205.05198, sections 4.1 and 5; attention scores are never stored)
    scores of the head         4 for each scored position and each of at most 32,768 columns of the vocabulary
    cache of keys and values   2·2·layers·kv·s for each completion written at once

It leaves out what the allocator, the kernels and the libraries hold, some gigabytes on a GPU.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from training.rl.grpo_args import by_adapter
from training.trainer.settings import Grpo
from training.trainer.weights import base_folder

_HEAD_COLUMNS = 32_768  # TRL scores the vocabulary in tiles of so many columns
GB = 1e9


@dataclass(frozen=True, slots=True)
class Shape:
    """A model by its sizes; ``adapted`` is what an adapter of rank 1 adds to all of its linear layers."""

    architecture: str
    parameters: int
    adapted: int
    hidden: int
    layers: int
    cached: int
    vocabulary: int


def shape_of(config: Grpo) -> Shape:
    """The shape of ``config.model``, from ``config.shape`` where that is given; no weight is loaded.

    Raises:
        SettingsError: There are no weights and no shape.
    """
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    if config.shape is not None:
        model_config = AutoConfig.for_model(**json.loads(config.shape.read_text(encoding="utf-8")))
    else:
        model_config = AutoConfig.from_pretrained(base_folder(config.model))
    with torch.device("meta"):
        model: Any = AutoModelForCausalLM.from_config(model_config)
    linear = [part for name, part in model.named_modules() if isinstance(part, torch.nn.Linear) and name != "lm_head"]
    heads = model_config.num_attention_heads
    a_head = getattr(model_config, "head_dim", None) or model_config.hidden_size // heads
    return Shape(
        architecture=type(model).__name__,
        parameters=sum(part.numel() for part in model.parameters()),
        adapted=sum(part.in_features + part.out_features for part in linear),
        hidden=model_config.hidden_size,
        layers=model_config.num_hidden_layers,
        cached=(model_config.num_key_value_heads or heads) * a_head,
        vocabulary=model_config.vocab_size,
    )


def trained(shape: Shape, config: Grpo) -> int:
    """How many parameters are trained."""
    return shape.adapted * config.lora.r if config.lora else shape.parameters


def estimate(shape: Shape, config: Grpo, trl_args: Any, longest: int) -> Mapping[str, float]:
    """Bytes for one training process, by part; ``longest`` is the longest prompt in tokens.

    ``trl_args`` are arguments made dry, for one process that stands for all.
    """
    micro = trl_args.per_device_train_batch_size // config.processes
    tokens = longest + trl_args.max_completion_length
    changed = trained(shape, config)
    zero = config.processes if config.lora is None else 1
    layer = tokens * micro * shape.hidden
    stored = 2 * shape.layers + 34 if trl_args.gradient_checkpointing else 34 * shape.layers
    parts = {
        "weights, gradients, Adam": (16 * changed + (2 * shape.parameters if config.lora else 0)) / zero,
        "activations": float(stored * layer),
        "scores of the head": 4.0 * micro * tokens * min(shape.vocabulary, _HEAD_COLUMNS),
    }
    if config.rollouts.engine == "transformers":
        at_once = micro * trl_args.steps_per_generation
        parts["cache of keys and values"] = 4.0 * shape.layers * shape.cached * tokens * at_once
    if config.rollouts.engine == "colocate":
        parts["weights in vLLM"] = 2 * shape.parameters / trl_args.vllm_tensor_parallel_size
    return parts


def serving(shape: Shape, config: Grpo, trl_args: Any, longest: int) -> float:
    """Bytes that a server of its own needs for weights and one generation's cache; 0 where there is none."""
    if config.rollouts.engine != "server" and not by_adapter(config):
        return 0.0
    tokens = longest + int(trl_args.max_completion_length)
    return 2.0 * shape.parameters + 4.0 * shape.layers * shape.cached * tokens * int(trl_args.generation_batch_size)
