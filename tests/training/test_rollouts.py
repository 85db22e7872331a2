"""A real vLLM server samples from exactly the version that is trained: its probabilities are the trainer's own."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from creason_core.engines.weights import model_folder
from creason_core.settings import settings
from tests.training.boxing import make_boxing
from training.arguments import arguments
from training.policy import policy
from training.rollouts import rollout_function
from training.settings import Engine, Grpo
from training.weights import load_tokenizer

MODEL = model_folder(settings())
PROMPTS = ["Values: 4.8. Let's think step by step."] * 3 + ["Let's think step by step."] * 3


def move(model: Any, seed: int) -> None:
    """Another version: factors drawn anew, large enough to move every probability."""
    import torch

    from_seed = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, factor in model.named_parameters():
            if "lora_B" in name:
                factor.copy_(0.3 * torch.randn(factor.shape, generator=from_seed))


def apart(model: Any, said: dict[str, list[Any]]) -> float:
    """The mean difference of the sampler's log-probabilities from those that ``model`` computes now."""
    import torch

    differences = []
    for prompt, completion, logprobs in zip(*said.values(), strict=True):
        with torch.no_grad():
            logits = model(torch.tensor([prompt + completion])).logits[0, len(prompt) - 1 : -1].float()
        own = logits.log_softmax(-1).gather(1, torch.tensor(completion)[:, None])[:, 0]
        differences += (own - torch.tensor(logprobs)).abs().tolist()
    return sum(differences) / len(differences)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["merged"])
def test_each_version_is_what_the_server_samples_from(engine: Engine, tmp_path: Path) -> None:
    tokenizer = load_tokenizer(str(MODEL))
    config = Grpo.model_validate({
        "model": str(make_boxing(tmp_path / "boxing", tokenizer)), "questions": ["none"], "out": tmp_path / "out",
        "lora": {"r": 4, "alpha": 8}, "rollouts": {"engine": engine}, "trl": {"max_completion_length": 12},
    })  # fmt: skip
    from peft import get_peft_model

    base, lora = policy(config)
    model = get_peft_model(base, lora)
    trainer = SimpleNamespace(
        model=model,
        processing_class=tokenizer,
        state=SimpleNamespace(global_step=0),
        accelerator=SimpleNamespace(unwrap_model=lambda one: one),
    )
    with rollout_function(config, arguments(config)) as rollouts:
        assert rollouts is not None
        found = []
        for step in (0, 1):
            trainer.state.global_step = step
            move(model, seed=step)
            said = rollouts(PROMPTS, trainer)
            assert [len(said[name]) for name in ("prompt_ids", "completion_ids", "logprobs")] == [6, 6, 6]
            assert said["prompt_ids"] == tokenizer(PROMPTS)["input_ids"]
            found.append((apart(model, said), said))
        (first, before), (second, _) = found
        assert max(first, second) < 0.1
        assert apart(model, before) > 5 * max(first, second)
    assert not (config.out / "versions").exists()
