"""KTO from thumbs, with TRL's KTOTrainer.

    creason feedback export --format kto --per-rater-cap 200 --out var/ratings.jsonl
    python -m training.kto --config training/configs/kto.yaml

Every rated answer is shown with its prompt and whether it was found good. The result is a new version of an adapter;
``python -m training.gate`` decides whether it comes into use. A run that was stopped goes on from its last
checkpoint with the same command.
"""

import sys
from pathlib import Path

from creason_core.store.training_rows.rows import Judged
from training.data.ratings import Kto, arguments, as_text, command, in_order, read_rows, refuse_long, weights_of
from training.release.going_on import checkpoint, save, start
from training.trainer.weights import load_tokenizer


def main() -> int:
    """The command."""
    return command("kto", __doc__ or "", Kto, train)


def train(config: Kto) -> Path:
    """Trains, and returns the folder of the new adapter.

    Raises:
        FeedbackError: The rows may not be used, or all thumbs are alike.
        SettingsError: A row is too long, or the weights are not those of the adapter to start from.
        WeightsError: The adapter to start from is not whole, or the loss was not finite.
    """
    export, in_store = read_rows(config, Judged)
    weights = weights_of(export.manifest.judgements)
    tokenizer = load_tokenizer(config.model)
    texts = [as_text(tokenizer, row.prompt, row.completion) for row in export.rows]
    refuse_long(tokenizer, [prompt + completion for prompt, completion in texts], config.max_length)
    order = in_order(len(texts), config)
    from datasets import Dataset
    from trl import KTOConfig, KTOTrainer

    begun = start(config)
    trainer = KTOTrainer(
        model=begun.model,
        args=KTOConfig(**arguments(config), **weights),
        train_dataset=Dataset.from_list(
            [{"prompt": texts[n][0], "completion": texts[n][1], "label": export.rows[n].label} for n in order]
        ),
        processing_class=tokenizer,
        peft_config=begun.lora,
    )
    trainer.train(resume_from_checkpoint=checkpoint(config.out))
    return save(trainer, config, begun, export, in_store)


if __name__ == "__main__":
    sys.exit(main())
