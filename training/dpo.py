"""DPO from pairs of opposite thumbs, with TRL's DPOTrainer.

    creason feedback export --format dpo --per-rater-cap 200 --out var/pairs.jsonl
    python -m training.dpo --config training/configs/dpo.yaml

Every pair is two answers to one prompt, of which one person found one good and one not. The result is a new version
of an adapter; ``python -m training.gate`` decides whether it comes into use. A run that was stopped goes on from its
last checkpoint with the same command.
"""

import sys
from pathlib import Path

from creason_core.store.training_rows.rows import DpoRow
from training.data.ratings import arguments, as_text, in_order, read_rows, refuse_long
from training.release.save import save_from_ratings
from training.trainer.command import judge_next, run_recipe
from training.trainer.initial_model import model_for_ratings
from training.trainer.settings import Dpo
from training.trainer.weights import checkpoint_without_ref, load_tokenizer


def main() -> int:
    """The command."""
    return run_recipe("dpo", __doc__, Dpo, lambda config: judge_next(train(config)))


def train(config: Dpo) -> Path:
    """Trains, and returns the folder of the new adapter.

    Raises:
        FeedbackError: The rows may not be used.
        SettingsError: A row is too long, or the weights are not those of the adapter to start from.
        WeightsError: The adapter to start from is not whole, or the loss was not finite.
    """
    export, in_store = read_rows(config, DpoRow)
    tokenizer = load_tokenizer(config.model)
    rows = []
    for pair in export.rows:
        prompt, chosen = as_text(tokenizer, pair.prompt, pair.chosen)
        _, rejected = as_text(tokenizer, pair.prompt, pair.rejected)
        rows.append({"prompt": prompt, "chosen": chosen, "rejected": rejected})
    refuse_long(
        tokenizer, [row["prompt"] + row[kind] for row in rows for kind in ("chosen", "rejected")], config.max_length
    )
    from datasets import Dataset
    from trl import DPOConfig, DPOTrainer

    initial = model_for_ratings(config)
    trainer = DPOTrainer(
        model=initial.model,
        args=DPOConfig(**arguments(config)),
        train_dataset=Dataset.from_list([rows[n] for n in in_order(len(rows), config)]),
        processing_class=tokenizer,
        peft_config=initial.lora,
    )
    trainer.train(resume_from_checkpoint=checkpoint_without_ref(config.out))
    return save_from_ratings(trainer, config, initial, export, in_store)


if __name__ == "__main__":
    sys.exit(main())
