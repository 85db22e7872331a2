"""Every configuration that ships is gone through without a GPU; the memory it is said to take follows its formula."""

from pathlib import Path

import pytest
import yaml

from creason_core.cohort.loading import load_cohort
from creason_core.errors import SettingsError
from creason_core.model.engines.weights import model_folder
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling
from creason_core.settings import settings
from training.rl.dry_run import report
from training.rl.grpo_args import arguments
from training.rl.memory import Shape, estimate, serving
from training.trainer.settings import Grpo, read_settings

ROOT = Path(__file__).parents[2]
CONFIGS = sorted((ROOT / "training" / "configs").glob("grpo-*.yaml"))
MODEL = model_folder(settings())


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("questions") / "train.parquet"
    build(Plan(load_cohort("rhc-sepsis"), "train", features=("sex",), sampling=Sampling(limit=40)), file)
    return file


def of(path: Path, questions: Path) -> Grpo:
    """A configuration on the questions at hand; the small model, which tests find in another folder, by its path."""
    config = read_settings(path, Grpo)
    here = {"questions": (questions,), "shape": config.shape and ROOT / config.shape}
    return config.model_copy(update=here if config.shape else {**here, "model": str(MODEL)})


@pytest.mark.slow
@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_dry_run_of_each_configuration_says_what_would_be_done(
    path: Path, questions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.rl.dry_run.model_folder", lambda _: MODEL)
    config = of(path, questions)
    account = report(config)
    assert "about 1 features of rhc-sepsis" in account
    assert f"Memory of each of {config.processes} training processes" in account
    phi4 = {"grpo-phi4": 35, "grpo-phi4-paper": 35, "grpo-phi4-nodes": 128}
    completions = {**phi4, "grpo-gpu": 256, "grpo-as-they-come": 64, "grpo-notes": 64}.get(path.stem, 32)
    assert f"= {completions}, at most" in account
    if config.shape:
        assert "Phi3ForCausalLM, 14,659,507,200 parameters, 100 % as many trained" in account
        assert f"weights, gradients, Adam: {16 * 14_659_507_200 / config.processes / 1e9:.2f} GB" in account
    else:
        made_before = config.start == Path("var/warm-start/adapter")  # the others go on from what ships
        assert ("Not there yet: var/warm-start/adapter" in account) == made_before


@pytest.mark.slow
def test_the_memory_is_what_the_formula_gives_by_hand() -> None:
    shape = Shape("tiny", parameters=1000, adapted=10, hidden=8, layers=2, cached=4, vocabulary=100)
    base = {"model": "m", "questions": ["q"], "out": "o"}
    trl = {"num_generations": 2, "per_device_train_batch_size": 2, "max_completion_length": 6}
    adapter = Grpo.model_validate({**base, "lora": {"r": 3}, "trl": trl})
    assert estimate(shape, adapter, arguments(adapter, dry=True), longest=4) == {
        "weights, gradients, Adam": 16 * 30 + 2 * 1000,
        "activations": 2 * 34 * (4 + 6) * 2 * 8,
        "scores of the head": 4 * 2 * 10 * 100,
        "cache of keys and values": 2 * 2 * 2 * 4 * 10 * 2,
    }
    whole = Grpo.model_validate({
        **base, "lora": None, "processes": 4, "rollouts": {"engine": "server"},
        "trl": {**trl, "gradient_checkpointing": True},
    })  # fmt: skip
    made = arguments(whole, dry=True)
    assert estimate(shape, whole, made, longest=4) == {
        "weights, gradients, Adam": 16 * 1000 / 4,
        "activations": (2 * 2 + 34) * 10 * 2 * 8,
        "scores of the head": 4 * 2 * 10 * 100,
    }
    assert serving(shape, whole, made, longest=4) == 2 * 1000 + 4 * 2 * 4 * 10 * 8


def test_every_configuration_is_accepted_and_extends_files_that_are_there() -> None:
    assert {path.stem for path in CONFIGS} >= {"grpo-cpu", "grpo-gpu", "grpo-phi4", "grpo-phi4-nodes", "grpo-random"}
    for path in CONFIGS:
        assert read_settings(path, Grpo).recipe == "grpo"
    control = read_settings(ROOT / "training/configs/grpo-random.yaml", Grpo)
    base = read_settings(ROOT / "training/configs/grpo-cpu.yaml", Grpo)
    assert (control.trl, control.questions, control.start) == (base.trl, base.questions, base.start)
    assert (control.rewards.correct, control.rewards.random, control.rewards.soft_tokens) == (0, 1, 32)


def test_a_file_that_extends_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("extends: b.yaml\n")
    (tmp_path / "b.yaml").write_text("extends: a.yaml\n")
    with pytest.raises(SettingsError, match="extends itself"):
        read_settings(tmp_path / "a.yaml", Grpo)


@pytest.mark.slow
def test_the_accelerate_file_is_one_that_accelerate_reads() -> None:
    from accelerate.commands.config.config_args import load_config_from_file  # type: ignore[import-untyped]

    path = ROOT / "training" / "configs" / "accelerate-zero3.yaml"
    read = load_config_from_file(str(path))
    assert read.deepspeed_config["zero_stage"] == 3
    assert read.num_processes == read_settings(ROOT / "training/configs/grpo-phi4.yaml", Grpo).processes
    assert set(yaml.safe_load(path.read_text(encoding="utf-8"))) <= set(vars(read))
