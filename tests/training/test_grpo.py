"""GRPO on a tiny model that boxes letters: rewards counted by hand, weights that move, a resumed run like any."""

import json
import math
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from creason_core.cohort.loading import load_cohort
from creason_core.errors import SettingsError
from creason_core.files import sha256
from creason_core.model.adapters.manifest import read_adapter
from creason_core.model.engines.weights import check, model_folder
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling
from creason_core.question.vectorised.table import read_questions
from creason_core.settings import settings
from tests.training.boxing import make_boxing
from training.grpo import train
from training.rl.grpo_args import arguments
from training.rl.rollouts import merged_weights
from training.trainer.initial_model import model_for_grpo
from training.trainer.settings import Grpo, Lora
from training.trainer.weights import load_model, load_tokenizer

ADAPTER = "adapter_model.safetensors"
GROUP, PROMPTS = 2, 2
BOX = re.compile(r" \\boxed\{([A-E])\}")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Grpo:
    """Four steps of two prompts and two completions each, on questions with two and with five options."""
    folder = tmp_path_factory.mktemp("grpo")
    plan = Plan(load_cohort("rhc-sepsis"), "train", features=("sex", "crea1"), sampling=Sampling(limit=8))
    build(plan, folder / "train.parquet")
    model = make_boxing(folder / "boxing", load_tokenizer(str(model_folder(settings()))))
    return Grpo.model_validate({
        "model": str(model),
        "questions": [folder / "train.parquet"],
        "out": folder / "out",
        "version": "test-1",
        "balanced": False,
        "rewards": {"correct": 1.0, "form": 0.25},
        "lora": {"r": 4, "alpha": 8},
        "trl": {
            "num_generations": GROUP,
            "per_device_train_batch_size": GROUP * PROMPTS,
            "max_completion_length": 16,
            "learning_rate": 0.01,
            "warmup_steps": 0,
            "save_steps": 2,
        },
    })  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def small_tiles() -> Iterator[None]:
    """The vocabulary is scored in smaller tiles: the same figures in a tenth of the memory, and sooner."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("trl.trainer.utils._CHUNKED_LOGPROB_CHUNK_SIZE", 4096)
        yield


@pytest.fixture(scope="module")
def trained(config: Grpo) -> Path:
    return train(config)


def true_options(config: Grpo) -> Mapping[str, str]:
    """Question id → the text of its true option, from the question file."""
    return {one["id"]: one["options"][one["key"]] for one in read_questions(config.questions[0]).table.to_pylist()}


def logged(config: Grpo) -> pd.DataFrame:
    return pd.concat(pd.read_parquet(path) for path in sorted((config.out / "completions").glob("*.parquet")))


def course(config: Grpo) -> Any:
    return json.loads((config.out / "training.json").read_text(encoding="utf-8"))


def test_every_logged_reward_is_the_one_counted_by_hand(config: Grpo, trained: Path) -> None:
    rows, true = logged(config), true_options(config)
    assert len(rows) == 4 * GROUP * PROMPTS
    by_hand = []
    for row in rows.to_dict("records"):
        box = BOX.fullmatch(row["completion"])
        shown = dict(re.findall(r"^([A-E])\) (.+?)(?:<\|im_end\|>)?$", row["prompt"], re.MULTILINE))
        letter = box and box.group(1)
        right = letter is not None and shown.get(letter) == true[row["question"]]
        assert (row["correct"], row["form"]) == (float(right), float(letter in shown))
        by_hand.append(right + 0.25 * (letter in shown))
    rows["by hand"] = by_hand
    steps = [entry for entry in course(config)["history"] if "reward" in entry]
    assert len(steps) == 4
    for entry in steps:
        of_step = rows[rows["step"] == entry["step"]]
        assert entry["reward"] == pytest.approx(of_step["by hand"].mean())
        assert entry["answered"] == pytest.approx(of_step["letter"].notna().mean())
        assert math.isfinite(entry["loss"])
        # Not divided by the deviation of the group: what a completion earns above its group's mean.
        groups = of_step["by hand"].to_numpy().reshape(PROMPTS, GROUP)
        assert of_step["advantage"].to_numpy() == pytest.approx((groups - groups.mean(axis=1, keepdims=True)).ravel())
    assert 0 < rows["correct"].mean() < rows["form"].mean() <= 1


def test_the_adapter_says_what_it_is_and_has_moved(config: Grpo, trained: Path) -> None:
    from safetensors.torch import load_file

    manifest = read_adapter(trained).manifest
    assert manifest.title == "creason@test-1"
    assert manifest.data.files == {"train.parquet": sha256(config.questions[0])}
    assert manifest.base.weights == {"model.safetensors": sha256(Path(config.model) / "model.safetensors")}
    assert manifest.settings["trl"] == config.trl
    moved = [bool(tensor.any()) for name, tensor in load_file(trained / ADAPTER).items() if "lora_B" in name]
    assert all(moved)
    said = course(config)
    assert (said["arguments"]["scale_rewards"], said["arguments"]["beta"]) == ("none", 0.0)
    page = (config.out / "report.html").read_text(encoding="utf-8")
    assert "4 logged steps" in page
    assert "frac" not in page.partition("<body")[0]


def test_a_stopped_run_goes_on_exactly_where_it_was(config: Grpo, trained: Path, tmp_path: Path) -> None:
    stopped = config.model_copy(update={"out": tmp_path / "stopped"})
    shutil.copytree(config.out / "checkpoint-2", stopped.out / "checkpoint-2")
    assert sha256(train(stopped) / ADAPTER) == sha256(trained / ADAPTER)
    assert [entry["step"] for entry in course(stopped)["history"] if "reward" in entry] == [1, 2, 3, 4]


def test_training_goes_on_from_an_adapter_as_one_adapter_of_the_same_base(
    config: Grpo, trained: Path, tmp_path: Path
) -> None:
    further = config.model_copy(
        update={"start": trained, "out": tmp_path / "on", "version": "test-2", "trl": {**config.trl, "max_steps": 1}}
    )
    manifest = read_adapter(train(further)).manifest
    assert (manifest.parent, manifest.recipe) == ("creason@test-1", "warm start, then GRPO on 8 questions")
    assert manifest.base == read_adapter(trained).manifest.base
    assert manifest.files[ADAPTER] != sha256(trained / ADAPTER)
    other = config.model_copy(update={"start": trained, "lora": Lora(r=8, alpha=8)})
    with pytest.raises(SettingsError, match="has r = 4 and alpha = 8, the settings say 8 and 8"):
        model_for_grpo(other)


def test_a_prompt_read_once_for_its_group_gives_the_same_step(
    config: Grpo, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trl.trainer.grpo_trainer.shuffle_sequence_dict", None)  # put back after the test
    once = config.model_copy(
        update={"share_prompts": True, "out": tmp_path / "once", "trl": {**config.trl, "max_steps": 1}}
    )
    train(once)
    first, alike = (next(entry for entry in course(one)["history"] if "reward" in entry) for one in (config, once))
    assert (alike["reward"], alike["completions/mean_length"]) == (first["reward"], first["completions/mean_length"])
    # In bfloat16 on a gradient near nothing; tests/training/test_shared_prefix.py compares every gradient in 32 bits.
    assert alike["grad_norm"] == pytest.approx(first["grad_norm"], rel=0.2)
    assert alike["entropy"] == pytest.approx(first["entropy"], rel=0.02)


def test_every_weight_can_be_trained_from_the_merged_adapter(config: Grpo, trained: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    whole = config.model_copy(
        update={"start": trained, "lora": None, "out": tmp_path / "whole", "trl": {**config.trl, "max_steps": 1}}
    )
    folder = train(whole)
    check(folder)
    before, after = model_for_grpo(whole)[0].state_dict(), load_file(folder / "model.safetensors")
    name = "model.layers.0.self_attn.qkv_proj.weight"
    assert after[name].dtype == torch.float32
    assert not torch.equal(before[name], after[name])


def test_merged_weights_compute_what_base_and_adapter_compute(config: Grpo, trained: Path) -> None:
    import torch

    model, _ = model_for_grpo(config.model_copy(update={"start": trained}))
    with torch.no_grad():
        for name, factor in model.named_parameters():
            if "lora_B" in name:
                factor.mul_(20)  # far above what bfloat16 rounds away
    merged = merged_weights(model)
    plain = load_model(config.model)
    assert merged.keys() == plain.state_dict().keys()
    changed = [name for name, tensor in merged.items() if not torch.equal(tensor, plain.state_dict()[name])]
    assert len(changed) == 3 * 4  # the four linear parts of each layer
    plain.load_state_dict(merged)
    ids = torch.arange(1, 9)[None]
    with torch.no_grad():
        torch.testing.assert_close(plain(ids).logits, model(ids).logits, atol=0.3, rtol=0.05)


@pytest.mark.parametrize(("trl", "said"), [
    ({"beta": 0, "bta": 1}, "bta"),
    ({"seed": 3}, "trl.seed is not set there"),
    ({"num_generations": 3}, "divisible by num_generations"),
    ({"steps_per_generation": 4, "gradient_accumulation_steps": 1, "save_steps": 2}, "falls between two generations"),
])  # fmt: skip
def test_arguments_that_cannot_hold_are_refused_with_the_reason(config: Grpo, trl: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        arguments(config.model_copy(update={"trl": {**config.trl, **trl}}))
