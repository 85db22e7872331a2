"""A tiny random Llama and a random adapter of it, as peft writes one."""

import pytest

from creason_core.model.adapters.manifest import Adapter
from creason_core.model.engines.weights import Weights, check, seal
from tests.model.adapters.folders import make_adapter

SHAPE = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2}


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    """The base, in bfloat16 and in two files."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    folder = tmp_path_factory.mktemp("base") / "tiny"
    torch.manual_seed(0)
    model = LlamaForCausalLM(LlamaConfig(vocab_size=64, tie_word_embeddings=True, **SHAPE))
    model.to(torch.bfloat16).save_pretrained(folder, max_shard_size="20KB")
    seal(folder, "tiny", source="random weights", licence="Apache-2.0", made_with={})
    return check(folder)


@pytest.fixture(scope="session")
def lora(tiny: Weights, tmp_path_factory: pytest.TempPathFactory) -> Adapter:
    """An adapter of every linear layer, both factors random."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    base = AutoModelForCausalLM.from_pretrained(tiny.folder, dtype=torch.bfloat16)
    shape = LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False)
    folder = tmp_path_factory.mktemp("lora") / "adapter"
    get_peft_model(base, shape).save_pretrained(folder)
    (folder / "README.md").unlink()
    return make_adapter(folder, tiny.folder)
