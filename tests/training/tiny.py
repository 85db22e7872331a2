"""A tiny model with random weights and the small model's tokenizer: for what must run everywhere in seconds.

It says nothing sensible. It is a model folder like any other, so that training, both engines and the gate take it.
"""

from importlib.metadata import version
from pathlib import Path

from creason_core.model.engines.weights import WeightsManifest, seal
from training.trainer.weights import load_tokenizer

# Two layers; heads of 64 because vLLM's CPU build takes no smaller ones, 4,096 tokens because that is what is served.
SHAPE = {
    "hidden_size": 128,
    "intermediate_size": 256,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "max_position_embeddings": 4096,
}


def make_tiny(folder: Path, *, like: str, seed: int = 0) -> WeightsManifest:
    """Writes the model to the new folder ``folder``, with the tokenizer of the model ``like``.

    Raises:
        SettingsError: There is no model ``like``.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = load_tokenizer(like)
    ends = tokenizer.eos_token_id
    config = LlamaConfig(
        vocab_size=len(tokenizer), tie_word_embeddings=True, bos_token_id=ends, eos_token_id=ends, **SHAPE
    )
    torch.manual_seed(seed)
    model = LlamaForCausalLM(config).to(torch.bfloat16)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return seal(
        folder,
        folder.name,
        source="random weights",
        licence="Apache-2.0",
        made_with={package: version(package) for package in ("torch", "transformers")},
    )
