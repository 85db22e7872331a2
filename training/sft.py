"""The warm start: supervised fine-tuning on rationales, with TRL's SFTTrainer.

    python -m training.sft --config training/configs/warm-start.yaml

Only the completion counts in the loss. The prompt is the one that the app sends, opening included, so the model
goes on exactly where an engine lets it go on. A run that was stopped goes on from its last checkpoint with the same
command. Beside the adapter lie the resolved settings, the hashes of data and weights, and the releases used.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from creason_core.cohort.loading import load_cohort
from creason_core.errors import SettingsError
from creason_core.question.prompts import around
from training.data.prompts import chat_template_text
from training.data.provenance import about_data, cohort_of
from training.release.training_log import commit, write_training_log
from training.trainer.allocator import keep_freed_memory
from training.trainer.command import run_recipe
from training.trainer.initial_model import lora_config, with_adapter
from training.trainer.settings import WarmStart
from training.trainer.trl_patches import skip_unscored_logits
from training.trainer.weights import (
    base_folder,
    compile_layers,
    in_bfloat16,
    load_model,
    load_tokenizer,
    newest_checkpoint,
)

if TYPE_CHECKING:
    from datasets import Dataset


def main() -> int:
    """The command."""
    keep_freed_memory()
    return run_recipe("sft", __doc__, WarmStart, lambda config: f"The weights are in {train(config)}.")


def train(config: WarmStart) -> Path:
    """Trains, and returns the folder of the adapter (or of the whole weights without ``lora``).

    Raises:
        SettingsError: The data is missing or too long for ``max_length``, or there is no adapter to start from.
    """
    import torch
    from trl import SFTConfig, SFTTrainer

    skip_unscored_logits()
    program_commit = commit()  # of the program as it is now, whatever happens to the checkout meanwhile
    about = about_data(config.rationales)
    tokenizer = load_tokenizer(config.model)
    dataset = as_dataset(config, tokenizer)
    about = about.model_copy(update={"rows": len(dataset)})
    gpu = torch.cuda.is_available()
    arguments = SFTConfig(
        output_dir=str(config.out),
        num_train_epochs=config.epochs,
        per_device_train_batch_size=config.batch,
        gradient_accumulation_steps=config.accumulate,
        learning_rate=config.learning_rate,
        lr_scheduler_type="cosine",
        train_sampling_strategy="group_by_length",  # a short record is not padded to a long one
        warmup_steps=config.warmup,
        max_length=config.max_length,
        completion_only_loss=True,
        gradient_checkpointing=False,
        bf16=in_bfloat16(),
        use_cpu=not gpu,
        dataloader_pin_memory=gpu,
        logging_steps=5,
        save_steps=config.save_every,
        save_total_limit=2,
        seed=config.seed,
        report_to="none",
    )
    model, lora = load_model(config.model), config.lora and lora_config(config.lora)
    if config.compiled:
        compile_layers(model)
    if config.start is not None and config.lora is not None:
        model, lora = with_adapter(model, config.start, base_folder(config.model), config.lora), None
    trainer = SFTTrainer(
        model=model,
        args=arguments,
        train_dataset=dataset,
        processing_class=tokenizer,
        peft_config=lora,
    )
    trainer.train(resume_from_checkpoint=newest_checkpoint(config.out))
    folder = config.out / "adapter" if config.lora else config.out / "model"
    trainer.save_model(str(folder))
    write_training_log(folder, config, about, trainer.state.log_history, program_commit)
    return folder


def as_dataset(config: WarmStart, tokenizer: Any) -> "Dataset":
    """Prompt and completion of every rationale, as text; the prompt ends with the opening of the reply."""
    from datasets import Dataset

    table = (
        pa.concat_tables([_rationales(path) for path in config.rationales])
        .sort_by("id")
        .slice(config.skip, config.limit)
    )
    codebooks = {name: load_cohort(name).codebook for name in table["cohort"].unique().to_pylist()}
    asked = zip(table["user"].to_pylist(), table["cohort"].to_pylist(), strict=True)
    prompts = [chat_template_text(tokenizer, around(user, codebooks[cohort])) for user, cohort in asked]
    completions = [text + tokenizer.eos_token for text in table["completion"].to_pylist()]
    longest = max(len(tokenizer(prompt + text)["input_ids"]) for prompt, text in zip(prompts, completions, strict=True))
    if longest > config.max_length:
        raise SettingsError(
            f"The longest prompt and rationale have {longest:,} tokens together; max_length is {config.max_length:,}.",
            remedy="Raise max_length; nothing is cut.",
        )
    return Dataset.from_dict({"prompt": prompts, "completion": completions})


def _rationales(path: Path) -> pa.Table:
    """The rows of a file of rationales, each with the cohort that it is about."""
    table = pq.read_table(path, columns=["id", "user", "completion"])
    return table.append_column("cohort", pa.array([cohort_of(path)] * table.num_rows, pa.string()))


if __name__ == "__main__":
    sys.exit(main())
