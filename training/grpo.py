"""GRPO on questions whose answer is known, with TRL's GRPOTrainer.

    python -m training.grpo --config training/configs/grpo-cpu.yaml [--dry-run]

A prompt is the one that the app sends, opening included. A run that was stopped goes on from its last checkpoint
with the same command. In the folder ``out`` are then: ``adapter`` (or ``model``), ``training.json`` (settings,
arguments, data, releases, every logged figure), ``completions`` (every completion with its rewards, a Parquet file a
step), and ``report.html``.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from creason_core.errors import SettingsError
from training.data.questions import ChosenRows, choose
from training.release.save import save_grpo
from training.rl.console import Terminal
from training.rl.dry_run import report
from training.rl.grpo_args import arguments, step_plan
from training.rl.rewards import TrlReward, rewards_of
from training.rl.rollouts import rollout_function
from training.rl.shared_prefix import trainer_class
from training.trainer.allocator import keep_freed_memory
from training.trainer.command import run_recipe
from training.trainer.initial_model import model_for_grpo
from training.trainer.settings import Grpo
from training.trainer.trl_patches import skip_unscored_logits
from training.trainer.weights import load_tokenizer, newest_checkpoint


def main() -> int:
    """The command."""
    return run_recipe("grpo", __doc__, Grpo, lambda config: f"Everything is in {train(config).parent}.", dry_run=report)


def train(config: Grpo, callbacks: Sequence[Any] = ()) -> Path:
    """Trains, and returns the folder of the adapter (or of the whole weights without ``lora``).

    ``callbacks`` are called by the trainer, besides the line for each step: what they call ``on_…`` is what it calls so
    (``transformers.TrainerCallback``).

    Raises:
        CReasonError: The settings, the questions, the weights or the server do not serve.
    """
    trl_args = arguments(config)
    tokenizer = load_tokenizer(config.model)
    chosen = choose(config, tokenizer)
    if step_plan(trl_args, len(chosen.rows), config.processes).steps < 1:
        raise SettingsError(
            f"{len(chosen.rows)} questions do not fill one step.", remedy="Give more questions, or a smaller batch."
        )
    with rollout_function(config, trl_args) as rollouts:
        trainer = trainer_of(config, trl_args, tokenizer, chosen, rollouts)
        for callback in (Terminal(), *callbacks):
            trainer.add_callback(_called_back(callback))
        trainer.train(resume_from_checkpoint=newest_checkpoint(config.out))
    return save_grpo(trainer, config, chosen.about)


def _called_back(told: object) -> Any:
    """``told`` as the trainer wants it: with a method for every event, also those that it does not hear of."""
    from transformers import TrainerCallback

    callback = type(type(told).__name__, (TrainerCallback,), {})()
    for event in dir(told):
        if event.startswith("on_"):
            setattr(callback, event, getattr(told, event))
    return callback


def trainer_of(
    config: Grpo, trl_args: Any, tokenizer: Any, chosen: ChosenRows, rollouts: Any, *, kind: Any = None
) -> Any:
    """The trainer of a run: of ``trainer_class``, or of ``kind``, a subclass of it. It prints nothing."""
    from transformers.trainer_callback import PrinterCallback

    if trl_args.use_cpu:
        keep_freed_memory()
    skip_unscored_logits()
    model, lora = model_for_grpo(config)
    rewards = rewards_of(config.rewards, most_tokens=trl_args.max_completion_length, seed=config.seed)
    trainer = (kind or trainer_class(config))(
        model=model,
        reward_funcs=[TrlReward(name, reward) for name, (reward, _) in rewards.items()],
        args=trl_args,
        train_dataset=chosen.dataset(),
        processing_class=tokenizer,
        peft_config=lora,
        rollout_func=rollouts,
    )
    trainer.remove_callback(PrinterCallback)  # it prints every figure of every step
    return trainer


if __name__ == "__main__":
    sys.exit(main())
