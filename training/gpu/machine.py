"""What a machine has, and the settings of a run made to fit it."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from creason_core.errors import SettingsError
from training.rl.grpo_args import arguments
from training.rl.memory import GB, Shape, estimate
from training.trainer.settings import Grpo, RolloutSettings
from training.trainer.weights import in_bfloat16

SHARE = 0.7  # of the free memory that the estimate may take: it leaves out libraries and what the allocator holds


@dataclass(frozen=True, slots=True)
class Machine:
    """``device`` is "cuda" or "cpu"; ``memory`` is free bytes of it; ``vllm`` says whether vLLM can be imported."""

    device: str
    name: str
    memory: float
    bf16: bool
    vllm: bool

    @property
    def said(self) -> Iterator[str]:
        """In sentences."""
        yield f"It computes on {self.name}, of whose memory {self.memory / GB:.1f} GB are free."
        if self.device != "cuda":
            yield "There is no GPU that PyTorch can use: this is a rehearsal, and takes long."
        if not self.bf16:
            yield "It has no bfloat16 of its own, so it computes in 32 bits, several times slower than one that has."
        if not self.vllm:
            yield "There is no vLLM, so transformers writes the completions in batches."


def machine() -> Machine:
    """The machine of this process: its first GPU, else its processor."""
    import psutil
    import torch

    vllm = find_spec("vllm") is not None
    if not torch.cuda.is_available():
        return Machine("cpu", "the processor", float(psutil.virtual_memory().available), in_bfloat16(), vllm)
    free, _ = torch.cuda.mem_get_info()
    return Machine("cuda", torch.cuda.get_device_name(), float(free), in_bfloat16(), vllm)


def fitted(config: Grpo, here: Machine, shape: Shape) -> Grpo:
    """``config`` for one process on ``here``: who writes, and how many completions are computed at a time.

    Completions a step stay as they are, so that the machine changes how long a step takes and not what it learns.

    Raises:
        SettingsError: Not even one completion at a time fits, or a generation lasts several steps.
    """
    engine = "colocate" if here.device == "cuda" and here.vllm else "transformers"
    base = config.model_copy(
        update={
            "rollouts": RolloutSettings(engine=engine),
            "processes": 1,
            "trl": {**config.trl, "save_strategy": "no"},
        }
    )
    asked = arguments(base, dry=True)
    if asked.steps_per_generation != asked.gradient_accumulation_steps or asked.num_iterations != 1:
        raise SettingsError(
            "A generation of these settings lasts several steps, so that a checkpoint could fall into one.",
            remedy="Leave out trl.steps_per_generation, trl.generation_batch_size and trl.num_iterations.",
        )
    completions = asked.per_device_train_batch_size * asked.gradient_accumulation_steps
    free = here.memory * SHARE * ((1 - asked.vllm_gpu_memory_utilization) if engine == "colocate" else 1)
    for at_once in (size for size in range(completions, 0, -1) if completions % size == 0):
        tried = _with(base, at_once, completions)
        if sum(_needed(tried, shape).values()) <= free:
            return tried
    needed = sum(_needed(_with(base, 1, completions), shape).values())
    raise SettingsError(
        f"One completion at a time needs {needed / GB:.1f} GB, and {free / GB:.1f} GB are there.",
        remedy="Train an adapter (lora), shorter prompts (longest_prompt) or fewer completions a step.",
    )


def _with(config: Grpo, at_once: int, completions: int) -> Grpo:
    sizes = {"per_device_train_batch_size": at_once, "gradient_accumulation_steps": completions // at_once}
    return config.model_copy(update={"trl": {**config.trl, **sizes}})


def _needed(config: Grpo, shape: Shape) -> Any:
    return estimate(shape, config, arguments(config, dry=True), config.longest_prompt)
