"""The settings of a run are made to fit the machine, and change nothing of what is learnt."""

import pytest

from creason_core.errors import SettingsError
from training.gpu.machine import Machine, fitted
from training.rl.memory import Shape
from training.trainer.settings import Grpo

SHAPE = Shape("small", parameters=135_000_000, adapted=300_000, hidden=576, layers=30, cached=192, vocabulary=49_152)
GPU = Machine("cuda", "a GPU", 140e9, bf16=True, vllm=False)
ASKED = Grpo.model_validate({
    "model": "m", "questions": ["q"], "out": "o", "lora": None, "longest_prompt": 640,
    "rollouts": {"engine": "colocate"},
    "trl": {"num_generations": 16, "per_device_train_batch_size": 32, "gradient_accumulation_steps": 8,
            "max_completion_length": 128},
})  # fmt: skip

pytestmark = pytest.mark.slow  # TRL checks the arguments


def sizes(config: Grpo) -> tuple[int, int]:
    each, times = config.trl["per_device_train_batch_size"], config.trl["gradient_accumulation_steps"]
    assert isinstance(each, int)
    assert isinstance(times, int)
    return each, times


def with_memory(gigabytes: float, *, vllm: bool = False) -> Grpo:
    return fitted(ASKED, Machine("cuda", "a GPU", 1e9 * gigabytes, bf16=True, vllm=vllm), SHAPE)


def test_the_memory_decides_how_many_completions_are_computed_at_a_time_and_not_how_many_a_step_has() -> None:
    large, small = sizes(with_memory(140)), sizes(with_memory(16))
    assert large[0] > small[0] >= 1
    assert large[0] * large[1] == small[0] * small[1] == 256


def test_vllm_writes_where_it_is_and_transformers_where_it_is_not() -> None:
    assert with_memory(140, vllm=True).rollouts.engine == "colocate"
    assert with_memory(140).rollouts.engine == "transformers"
    on_processor = fitted(ASKED, Machine("cpu", "the processor", 100e9, bf16=True, vllm=True), SHAPE)
    assert on_processor.rollouts.engine == "transformers"


def test_too_little_memory_is_said_with_what_would_help() -> None:
    with pytest.raises(SettingsError, match=r"One completion at a time needs \d+\.\d GB, and 0\.7 GB are there"):
        with_memory(1)


def test_a_generation_over_several_steps_is_refused_since_a_checkpoint_could_fall_into_it() -> None:
    two = ASKED.model_copy(update={"trl": {**ASKED.trl, "steps_per_generation": 16}})
    with pytest.raises(SettingsError, match="A generation of these settings lasts several steps"):
        fitted(two, GPU, SHAPE)


def test_a_machine_says_what_it_has_not() -> None:
    said = " ".join(Machine("cpu", "the processor", 8e9, bf16=False, vllm=False).said)
    assert "no GPU" in said
    assert "no bfloat16" in said
    assert "no vLLM" in said
    assert list(Machine("cuda", "X", 8e9, bf16=True, vllm=True).said) == [
        "It computes on X, of whose memory 8.0 GB are free."
    ]
