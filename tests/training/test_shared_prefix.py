"""One reading of a prompt for its whole group gives what a reading for each completion gives, gradients included."""

from types import SimpleNamespace
from typing import Any

import pytest

from training.rl.shared_prefix import _of_group

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def model() -> Any:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    tiny = LlamaForCausalLM(LlamaConfig(vocab_size=50, num_key_value_heads=2, **shape))
    made = get_peft_model(tiny, LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM"))
    for name, factor in made.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(factor, std=0.1)  # so that both factors get a gradient
    return made


def batch() -> Any:
    """Three completions of 5, 3 and 1 tokens behind a prompt of 6 that is padded by two on the left."""
    import torch

    prompt = torch.tensor([0, 0, 7, 9, 3, 11, 2, 8])
    completions = torch.tensor([[4, 5, 6, 12, 13], [21, 22, 23, 0, 0], [31, 0, 0, 0, 0]])
    ids = torch.cat([prompt.expand(3, 8), completions], dim=1)
    mask = torch.tensor([[0, 0] + [1] * 6] * 3)
    return ids, torch.cat([mask, (completions > 0).long()], dim=1)


def one_by_one(model: Any, ids: Any, mask: Any, keep: int, temperature: float) -> tuple[Any, Any]:
    """The same, each row without its padding, from the whole logits."""
    import torch

    logps, entropies = torch.zeros(len(ids), keep), torch.zeros(len(ids), keep)
    for k, (row, there) in enumerate(zip(ids, mask.bool(), strict=True)):
        count = int(there[-keep:].sum())
        shares = (model(row[there][None]).logits[0, -count - 1 : -1] / temperature).log_softmax(dim=-1)
        logps[k, :count] = shares.gather(1, row[there][-count:, None])[:, 0]
        entropies[k, :count] = -(shares.exp() * shares).sum(dim=-1)
    return logps, entropies


def test_log_probabilities_entropies_and_gradients_are_those_of_single_readings(model: Any) -> None:
    import torch

    ids, mask = batch()
    worth = torch.tensor([[1.0], [-0.5], [2.0]])
    gradients = []
    found = []
    for score in (_of_group, one_by_one):
        model.zero_grad()
        logps, entropies = score(model.get_base_model(), ids, mask, 5, 0.7)
        (logps * worth).sum().backward()
        found.append((logps.detach(), entropies.detach()))
        gradients.append([one.grad.clone() for one in model.parameters() if one.requires_grad])
    for ours, plain in zip(*found, strict=True):
        torch.testing.assert_close(ours, plain, atol=1e-5, rtol=1e-5)
    assert any(one.abs().max() > 1e-3 for one in gradients[1])
    for mine, theirs in zip(*gradients, strict=True):
        torch.testing.assert_close(mine, theirs, atol=1e-5, rtol=1e-4)


def test_groups_are_told_apart_where_the_prompt_changes(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr("trl.trainer.grpo_trainer.shuffle_sequence_dict", None)  # put back after the test
    from training.rl.shared_prefix import shared_trainer

    ids, mask = batch()
    other = ids.clone()
    other[:, 2] = 40
    accelerator = SimpleNamespace(unwrap_model=lambda one: one, autocast=torch.no_grad)
    trainer = SimpleNamespace(accelerator=accelerator, temperature=1.0)
    score = shared_trainer()._get_per_token_logps_and_entropies
    together, _, _ = score(trainer, model, torch.cat([ids, other]), torch.cat([mask, mask]), 5)
    plain = model.get_base_model()
    for rows, apart in ((ids, together[:3]), (other, together[3:])):
        torch.testing.assert_close(apart, one_by_one(plain, rows, mask, 5, 1.0)[0], atol=1e-5, rtol=1e-5)


def test_a_batch_without_a_difference_in_rewards_is_not_read(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    from trl import GRPOTrainer

    monkeypatch.setattr("trl.trainer.grpo_trainer.shuffle_sequence_dict", None)  # put back after the test
    from training.rl.shared_prefix import shared_trainer

    read: list[Any] = []

    def compute(_self: Any, _model: Any, inputs: Any) -> float:
        read.append(inputs)
        return 1.0

    monkeypatch.setattr(GRPOTrainer, "_compute_loss", compute)
    kind = shared_trainer()
    trainer = kind.__new__(kind)
    trainer.beta = 0.0
    loss = trainer._compute_loss(model, {"advantages": torch.zeros(8)})
    model.zero_grad()
    loss.backward()
    assert read == []
    assert loss.item() == 0.0
    assert all(one.grad is None or not one.grad.any() for one in model.parameters())
    some = {"advantages": torch.tensor([0.5, -0.5])}
    assert trainer._compute_loss(model, some) == 1.0
    trainer.beta = 0.1  # the reference pulls even where the rewards are equal
    still = {"advantages": torch.zeros(2)}
    assert trainer._compute_loss(model, still) == 1.0
    assert read == [some, still]
