"""KTO from thumbs, with TRL's KTOTrainer.

    creason feedback export --format kto --per-rater-cap 200 --out var/ratings.jsonl
    python -m training.kto --config training/configs/kto.yaml

Every rated answer is shown with its prompt and whether it was found good. The result is a new version of an adapter;
``python -m training.gate`` decides whether it comes into use. A run that was stopped goes on from its last
checkpoint with the same command.
"""

import sys
from pathlib import Path

from creason_core.store.training_rows.rows import KtoRow
from training.data.ratings import arguments, as_text, in_order, read_rows, refuse_long, weights_of
from training.release.save import save_from_ratings
from training.trainer.command import judge_next, run_recipe
from training.trainer.initial_model import model_for_ratings
from training.trainer.settings import Kto
from training.trainer.weights import checkpoint_without_ref, load_tokenizer


def main() -> int:
    """The command."""
    return run_recipe("kto", __doc__, Kto, lambda config: judge_next(train(config)))


def train(config: Kto) -> Path:
    """Trains, and returns the folder of the new adapter.

    Raises:
        FeedbackError: The rows may not be used, or all thumbs are alike.
        SettingsError: A row is too long, or the weights are not those of the adapter to start from.
        WeightsError: The adapter to start from is not whole, or the loss was not finite.
    """
    export, in_store = read_rows(config, KtoRow)
    weights = weights_of(export.manifest.judgements)
    tokenizer = load_tokenizer(config.model)
    texts = [as_text(tokenizer, row.prompt, row.completion) for row in export.rows]
    refuse_long(tokenizer, [prompt + completion for prompt, completion in texts], config.max_length)
    order = in_order(len(texts), config)
    from datasets import Dataset
    from trl import KTOConfig, KTOTrainer

    initial = model_for_ratings(config)
    trainer = KTOTrainer(
        model=initial.model,
        args=KTOConfig(**arguments(config), **weights),
        train_dataset=Dataset.from_list(
            [{"prompt": texts[n][0], "completion": texts[n][1], "label": export.rows[n].label} for n in order]
        ),
        processing_class=tokenizer,
        peft_config=initial.lora,
    )
    trainer.train(resume_from_checkpoint=checkpoint_without_ref(config.out))
    return save_from_ratings(trainer, config, initial, export, in_store)


if __name__ == "__main__":
    sys.exit(main())
