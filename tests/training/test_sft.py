"""The warm start on a tiny model: it learns, it says what it learnt from, and goes on exactly where it stopped."""

import json
import math
import shutil
from pathlib import Path

import pytest
from safetensors.numpy import load_file

from creason_core.cohort.loading import load_cohort
from creason_core.errors import SettingsError
from creason_core.files import sha256
from creason_core.model.engines.processor import Processor
from creason_core.model.engines.weights import model_folder
from creason_core.question.prompts import OPENING, around
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling
from creason_core.question.vectorised.table import read_questions
from creason_core.settings import settings
from training.data.prompts import chat_template_text
from training.data.ratings import arguments as arguments_from_ratings
from training.rl.grpo_args import arguments
from training.sft import as_dataset, train
from training.teacher.rationales import write
from training.trainer.settings import Grpo, Kto, Lora, WarmStart, read_settings
from training.trainer.weights import in_bfloat16, load_model, load_tokenizer

ADAPTER = "adapter_model.safetensors"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> WarmStart:
    """Eight rationales and a model of two tiny layers with random weights, in the small model's words."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    folder, cohort = tmp_path_factory.mktemp("sft"), load_cohort("rhc-sepsis")
    build(Plan(cohort, "train", features=("sex",), sampling=Sampling(limit=8)), folder / "train.parquet")
    write(read_questions(folder / "train.parquet"), cohort, folder / "rationales.parquet")
    torch.manual_seed(0)
    tokenizer = load_tokenizer(str(model_folder(settings())))
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    tiny = LlamaConfig(vocab_size=len(tokenizer), tie_word_embeddings=True, **shape)
    LlamaForCausalLM(tiny).save_pretrained(folder / "tiny")
    tokenizer.save_pretrained(folder / "tiny")
    return WarmStart(
        model=str(folder / "tiny"),
        rationales=(folder / "rationales.parquet",),
        out=folder / "out",
        batch=2,
        learning_rate=0.01,
        lora=Lora(r=4, alpha=8),
        save_every=2,
    )


@pytest.fixture(scope="module")
def whole(config: WarmStart) -> Path:
    """A whole run."""
    return train(config)


def losses(adapter: Path) -> list[float]:
    """The mean loss of a whole run."""
    history = json.loads((adapter / "training.json").read_text(encoding="utf-8"))["history"]
    return [entry["train_loss"] for entry in history if "train_loss" in entry]


@pytest.mark.parametrize(("has", "precision"), [("avx2 fma f16c", "float32"), ("avx2 avx512_bf16", "bfloat16")])
def test_training_computes_in_bfloat16_only_where_the_processor_multiplies_it(
    config: WarmStart, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has: str, precision: str
) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr("training.trainer.weights.processor", lambda held_to: Processor(frozenset(has.split()), {}))
    assert load_model(config.model).dtype == getattr(torch, precision)
    assert arguments_from_ratings(Kto(model=config.model, rows=tmp_path, out=tmp_path))["bf16"] == in_bfloat16()
    made = arguments(Grpo(model=config.model, questions=(tmp_path,), out=tmp_path, lora=config.lora))
    assert made.bf16 == in_bfloat16() == (precision == "bfloat16")
    one = train(config.model_copy(update={"out": tmp_path / "out", "limit": 2}))
    assert json.loads((one / "training.json").read_text(encoding="utf-8"))["precision"] == precision


@pytest.mark.slow
def test_the_warm_start_learns_and_goes_on_exactly_where_it_was_stopped(
    config: WarmStart, whole: Path, tmp_path: Path
) -> None:
    said = json.loads((whole / "training.json").read_text(encoding="utf-8"))
    assert losses(whole)
    assert all(math.isfinite(loss) for loss in losses(whole))
    assert said["weights"] == {ADAPTER: sha256(whole / ADAPTER)}
    assert said["data"]["rows"] == 8
    assert said["data"]["files"] == {"rationales.parquet": sha256(config.rationales[0])}
    assert moved(whole)

    stopped = config.model_copy(update={"out": tmp_path / "stopped"})
    shutil.copytree(config.out / "checkpoint-2", stopped.out / "checkpoint-2")
    assert sha256(train(stopped) / ADAPTER) == sha256(whole / ADAPTER)


def test_what_a_stage_took_a_later_one_can_skip(config: WarmStart) -> None:
    tokenizer = load_tokenizer(config.model)
    whole = as_dataset(config, tokenizer)["prompt"]
    first = as_dataset(config.model_copy(update={"limit": 3}), tokenizer)["prompt"]
    second = as_dataset(config.model_copy(update={"skip": 3, "limit": 2}), tokenizer)["prompt"]
    assert [*first, *second] == list(whole)[:5]


def moved(adapter: Path) -> bool:
    """Whether the second factors of the adapter, which start at zero, are zero no more."""
    from safetensors import safe_open

    with safe_open(adapter / ADAPTER, framework="pt") as tensors:
        return all(bool(tensors.get_tensor(name).any()) for name in tensors.keys() if "lora_B" in name)  # noqa: SIM118


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="torch compiles with a C++ compiler")
def test_compiled_layers_learn_what_plain_ones_learn(config: WarmStart, whole: Path, tmp_path: Path) -> None:
    compiled = train(config.model_copy(update={"out": tmp_path / "compiled", "compiled": True}))
    assert losses(compiled) == pytest.approx(losses(whole), rel=1e-3)
    assert moved(compiled)


@pytest.mark.slow
def test_a_second_stage_goes_on_from_the_first_and_refuses_another_shape(
    config: WarmStart, whole: Path, tmp_path: Path
) -> None:
    second = config.model_copy(update={"start": whole, "out": tmp_path / "second", "learning_rate": 1e-9})
    before, after = (load_file(folder / ADAPTER) for folder in (whole, train(second)))
    assert max(float(abs(after[name] - before[name]).max()) for name in before) < 1e-6
    with pytest.raises(SettingsError, match="r = 4 and alpha = 8"):
        train(second.model_copy(update={"lora": Lora(r=8, alpha=8), "out": tmp_path / "third"}))
    with pytest.raises(ValueError, match="lora must give its shape"):
        WarmStart.model_validate({**second.model_dump(), "lora": None})


@pytest.mark.slow
def test_the_prompt_ends_with_the_opening_that_the_model_goes_on_from(config: WarmStart) -> None:
    sent = around("## Demographics", load_cohort("rhc-sepsis").codebook)
    text = chat_template_text(load_tokenizer(config.model), sent)
    assert text.endswith(OPENING)
    assert text.count("<|im_start|>") == 3


@pytest.mark.slow
def test_a_rationale_that_does_not_fit_is_told_and_not_cut(config: WarmStart, tmp_path: Path) -> None:
    short = config.model_copy(update={"max_length": 50, "out": tmp_path})
    with pytest.raises(SettingsError, match="max_length is 50"):
        train(short)


def test_a_setting_that_is_not_known_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("model: m\nrationales: [r]\nout: o\nlerning_rate: 1\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="lerning_rate"):
        read_settings(tmp_path / "bad.yaml", WarmStart)


def test_the_configurations_that_ship_are_accepted() -> None:
    for path in sorted((Path(__file__).parents[2] / "training" / "configs").glob("warm-start*.yaml")):
        assert read_settings(path, WarmStart).recipe == "sft"
