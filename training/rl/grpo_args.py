"""The arguments of TRL's GRPOTrainer: the defaults of this project, and what a configuration puts over them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from creason_core.errors import SettingsError
from training.rl.rewards import rewards_of
from training.trainer.settings import Grpo
from training.trainer.weights import in_bfloat16

# Whether a value was right is a matter of chance even for the best model: dividing by a group's deviation makes such
# a model over-confident (arXiv 2508.11800), so rewards are not scaled, and the loss divides by a constant (2503.20783).
DEFAULTS: Mapping[str, JsonValue] = {
    "scale_rewards": "none",
    "loss_type": "dr_grpo",
    "beta": 0.0,
    "num_generations": 8,
    "max_completion_length": 192,
    "temperature": 1.0,
    "learning_rate": 1e-6,
    "lr_scheduler_type": "constant_with_warmup",
    "warmup_steps": 0.05,
    "num_train_epochs": 1,
    "per_device_train_batch_size": 8,
    "gradient_checkpointing": False,
    "logging_steps": 1,
    "save_steps": 25,
    "save_total_limit": 2,
    "report_to": "none",
    # Every completion goes into a file under ``out``; none to the terminal, where a record has no place.
    "log_completions": True,
    "num_completions_to_print": 0,
}
# A version of the adapter that the server computes in other kernels: what differs too far is not learnt from.
OF_A_SERVER: Mapping[str, JsonValue] = {"off_policy_mask_threshold": 0.1}
RESERVED = {
    "output_dir": "out",
    "seed": "seed",
    "reward_weights": "rewards",
    "use_vllm": "rollouts",
    "vllm_mode": "rollouts",
    "vllm_server_base_url": "rollouts",
    "use_cpu": "nothing: the GPU is used where there is one",
}


@dataclass(frozen=True, slots=True)
class StepPlan:
    """How a run goes: prompts a step, completions a prompt, and optimiser steps in all."""

    prompts: int
    group: int
    steps: int


def arguments(config: Grpo, *, dry: bool = False) -> Any:
    """The ``GRPOConfig`` of a run.

    With ``dry`` it is made for one process without a GPU that stands for all of them, so that TRL checks it anywhere.

    Raises:
        SettingsError: TRL does not accept them, or they contradict the configuration.
    """
    import torch
    from trl import GRPOConfig

    if wrong := sorted(RESERVED.keys() & config.trl.keys()):
        raise SettingsError(f"trl.{wrong[0]} is not set there.", remedy=f"What says it is {RESERVED[wrong[0]]}.")
    by, gpu = config.rollouts.engine, torch.cuda.is_available() and not dry
    own = OF_A_SERVER if by in ("lora", "merged") else {}
    given: dict[str, Any] = {**DEFAULTS, **own, **config.trl}
    if dry:
        given["per_device_train_batch_size"] *= config.processes
    if by in ("colocate", "server"):
        given |= {"use_vllm": True, "vllm_mode": by}
        if by == "server" and config.rollouts.url:
            given["vllm_server_base_url"] = config.rollouts.url
    rewards = rewards_of(config.rewards, most_tokens=given["max_completion_length"], seed=config.seed)
    fixed = {
        "output_dir": str(config.out),
        "seed": config.seed,
        "reward_weights": [weight for _, weight in rewards.values()],
        "bf16": dry or in_bfloat16(),  # else in 32 bits
        "use_cpu": not gpu,
        "dataloader_pin_memory": gpu,
        "disable_tqdm": True,
    }
    try:
        trl_args = GRPOConfig(**given, **fixed)
    except (TypeError, ValueError) as error:
        raise SettingsError(
            f"TRL does not accept these arguments: {error}", remedy="Correct the lines under 'trl'."
        ) from error
    _check(trl_args, config, dry=dry)
    return trl_args


def _check(trl_args: Any, config: Grpo, *, dry: bool) -> None:
    if by_adapter(config) and config.lora is None:
        raise SettingsError(
            f"Rollouts by {config.rollouts.engine} need an adapter.", remedy="Give 'lora', or other rollouts."
        )
    if by_adapter(config) and config.processes > 1:
        raise SettingsError(
            f"Rollouts by {config.rollouts.engine} serve one training process, not {config.processes}.",
            remedy="On several GPUs let TRL move the weights: rollouts by colocate or server.",
        )
    if config.share_prompts and config.processes > 1:
        raise SettingsError(
            f"share_prompts serves one training process, not {config.processes}.", remedy="Leave it out."
        )
    if config.compiled and config.rollouts.engine == "transformers":
        raise SettingsError(
            "compiled does not go with rollouts by transformers, whose memory of a text grows with every token.",
            remedy="Leave it out, or let a vLLM server write (rollouts: {engine: merged}).",
        )
    if not dry and trl_args.world_size != config.processes:
        raise SettingsError(
            f"The settings are for {config.processes} training processes, and {trl_args.world_size} run.",
            remedy="Start it with: accelerate launch --num_processes N -m training.grpo …, or correct 'processes'.",
        )
    block = trl_args.steps_per_generation * trl_args.num_iterations / trl_args.gradient_accumulation_steps
    if trl_args.save_strategy != "no" and trl_args.save_steps % max(block, 1):
        raise SettingsError(
            f"save_steps = {trl_args.save_steps:g} falls between two generations, which come every {block:g} steps, so "
            "that a resumed run would sample anew in the middle of one.",
            remedy=f"Give a multiple of {block:g}.",
        )


def by_adapter(config: Grpo) -> bool:
    """Whether a vLLM server gets every version of the adapter from this program, not from TRL."""
    return config.rollouts.engine in ("lora", "merged")


def step_plan(trl_args: Any, rows: int, processes: int = 1) -> StepPlan:
    """How a run over ``rows`` questions goes; questions that do not fill a generation are left to the next epoch.

    ``processes`` as in ``Grpo``; 1 where ``trl_args`` stands for all of them.
    """
    group = trl_args.num_generations
    each = trl_args.per_device_train_batch_size * processes
    blocks = rows // (each * trl_args.steps_per_generation // group)
    a_generation = trl_args.steps_per_generation * trl_args.num_iterations / trl_args.gradient_accumulation_steps
    steps = int(blocks * a_generation * trl_args.num_train_epochs)
    return StepPlan(
        each * trl_args.gradient_accumulation_steps // group,
        group,
        min(steps, trl_args.max_steps) if trl_args.max_steps > 0 else steps,
    )
