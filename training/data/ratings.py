"""Training on ratings, what KTO and DPO share: the check of the rows, and the order they are shown in."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from creason_core.errors import FeedbackError, SettingsError
from creason_core.model.engines.base import Message
from creason_core.question.prompts import OPENING
from creason_core.settings import settings
from creason_core.store.training_rows.reading import Export, read_export, withdrawn
from creason_core.store.training_rows.rows import DpoRow, KtoRow, Turns
from creason_core.store.upkeep.database import open_store
from training.data.prompts import chat_template_text, once_begun
from training.trainer.settings import FromRatings
from training.trainer.weights import in_bfloat16

R = TypeVar("R", KtoRow, DpoRow)


def read_rows(config: FromRatings, kind: type[R]) -> tuple[Export[R], int]:
    """The rows to train on, checked, and how many of their ratings this computer's database knows.

    Raises:
        FeedbackError: The file is not what its manifest says, a rater has too many rows, or a rating was changed,
            deleted or withdrawn from training since.
        StoreError: The database is there and cannot be read.
    """
    export = read_export(config.rows, kind, cap=config.per_rater)
    present = settings()
    if not present.database_url and not (present.data_dir / "creason.db").exists():
        return export, 0  # another computer than the one that ratings are given on
    store = open_store(present.database, present.data_dir)
    try:
        gone, known = withdrawn(store, {name for row in export.rows for name in ratings_of(row)})
    finally:
        store.close()
    if gone:
        raise FeedbackError(
            f"Ratings in {config.rows} were changed, deleted or withdrawn from training since: {len(gone):,} of "
            f"{known:,}.",
            remedy=f"Write the file again: creason feedback export --format {export.manifest.format}",
        )
    return export, known


def ratings_of(row: KtoRow | DpoRow) -> tuple[str, ...]:
    """The ids of the ratings that a row was made of."""
    if isinstance(row, DpoRow):
        return row.chosen_source.rating, row.rejected_source.rating
    return (row.source.rating,)


def as_text(tokenizer: Any, prompt: Turns, completion: Turns) -> tuple[str, str]:
    """What an engine sends and what the model said after it, end of text included.

    The opening that the model was given belongs to what is sent: it earns neither praise nor blame.
    """
    said = completion[0].content
    opening = OPENING if said.startswith(OPENING) else ""
    messages = [Message(turn.role, turn.content) for turn in prompt]
    if opening:
        messages.append(Message("assistant", opening))
    text = once_begun(tokenizer, chat_template_text(tokenizer, messages))
    return text, said.removeprefix(opening) + tokenizer.eos_token


def refuse_long(tokenizer: Any, texts: Sequence[str], max_length: int) -> None:
    """Raises ``SettingsError`` where a prompt with its completion has more than ``max_length`` tokens."""
    lengths = [len(tokenizer(text)["input_ids"]) for text in texts]
    if too_long := sum(length > max_length for length in lengths):
        raise SettingsError(
            f"{too_long:,} of {len(lengths):,} rows are longer than max_length = {max_length:,}; the longest has "
            f"{max(lengths):,} tokens.",
            remedy=f"Set max_length to {max(lengths)} or more; nothing is cut or left out.",
        )


def in_order(count: int, config: FromRatings) -> list[int]:
    """Which of ``count`` rows is shown when: all of them in each epoch, every epoch in another order.

    The last step is filled up from one more epoch, so that every batch is whole and no row is dropped.
    """
    step = config.batch * config.accumulate
    shown = -(-count * config.epochs // step) * step
    random = np.random.default_rng(config.seed)
    epochs = [random.permutation(count) for _ in range(-(-shown // count))]
    return [int(row) for row in np.concatenate(epochs)[:shown]]


def arguments(config: FromRatings) -> dict[str, Any]:
    """What both trainers are told alike. Rows come in the order that ``in_order`` made, epochs included."""
    import torch

    gpu = torch.cuda.is_available()
    return {
        "output_dir": str(config.out),
        "num_train_epochs": 1,
        "train_sampling_strategy": "sequential",
        "per_device_train_batch_size": config.batch,
        "gradient_accumulation_steps": config.accumulate,
        "learning_rate": config.learning_rate,
        "lr_scheduler_type": "cosine",
        "warmup_steps": config.warmup,
        "beta": config.beta,
        "max_length": config.max_length,
        "gradient_checkpointing": False,
        "bf16": in_bfloat16(),
        "use_cpu": not gpu,
        "dataloader_pin_memory": gpu,
        "logging_steps": 1,
        "save_steps": config.save_every,
        "save_total_limit": 2,
        "seed": config.seed,
        "report_to": "none",
    }


def weights_of(thumbs: Mapping[str, int]) -> Mapping[str, float]:
    """The weights of thumbs up and down with which both count the same in sum; the commoner one has 1.

    Raises:
        FeedbackError: All thumbs are alike: there is nothing to tell apart.
    """
    up, down = thumbs.get("up", 0), thumbs.get("down", 0)
    if not up or not down:
        said = f"Every thumb is {'up' if up else 'down'} ({up + down:,} of {up + down:,})"
        raise FeedbackError(
            f"{said}, and KTO learns from the difference.",
            remedy="Rate answers of the other kind too, then export again.",
        )
    return {"desirable_weight": max(1.0, down / up), "undesirable_weight": max(1.0, up / down)}
