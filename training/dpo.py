"""DPO from pairs of opposite thumbs, with TRL's DPOTrainer.

    creason feedback export --format dpo --per-rater-cap 200 --out var/pairs.jsonl
    python -m training.dpo --config training/configs/dpo.yaml

Every pair is two answers to one prompt, of which one person found one good and one not. The result is a new version
of an adapter; ``python -m training.gate`` decides whether it comes into use. A run that was stopped goes on from its
last checkpoint with the same command.
"""

import sys
from pathlib import Path

from creason_core.store.training_rows.rows import Pair
from training.data.ratings import Dpo, arguments, as_text, command, in_order, read_rows, refuse_long
from training.release.going_on import checkpoint, save, start
from training.trainer.weights import load_tokenizer


def main() -> int:
    """The command."""
    return command("dpo", __doc__ or "", Dpo, train)


def train(config: Dpo) -> Path:
    """Trains, and returns the folder of the new adapter.

    Raises:
        FeedbackError: The rows may not be used.
        SettingsError: A row is too long, or the weights are not those of the adapter to start from.
        WeightsError: The adapter to start from is not whole, or the loss was not finite.
    """
    export, in_store = read_rows(config, Pair)
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

    begun = start(config)
    trainer = DPOTrainer(
        model=begun.model,
        args=DPOConfig(**arguments(config)),
        train_dataset=Dataset.from_list([rows[n] for n in in_order(len(rows), config)]),
        processing_class=tokenizer,
        peft_config=begun.lora,
    )
    trainer.train(resume_from_checkpoint=checkpoint(config.out))
    return save(trainer, config, begun, export, in_store)


if __name__ == "__main__":
    sys.exit(main())
