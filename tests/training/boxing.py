"""A tiny Phi-3-class model with random weights that boxes letters: what a reward can tell apart, in milliseconds.

Its head is set so that each token of " \\boxed{X}" follows the one before, X being A to E with even chances; its
layers are random and small. So it answers from the first step on, and learns like any other model.
"""

from itertools import pairwise
from pathlib import Path
from typing import Any

HIDDEN = 64  # one head of 64: vLLM on a CPU takes no smaller ones


def make_boxing(folder: Path, tokenizer: Any) -> Path:
    """Writes the model and ``tokenizer`` to ``folder``."""
    import torch
    from transformers import Phi3Config, Phi3ForCausalLM

    torch.manual_seed(0)
    end = tokenizer.eos_token_id
    config = Phi3Config(
        vocab_size=len(tokenizer), hidden_size=HIDDEN, intermediate_size=128, num_hidden_layers=3,
        num_attention_heads=1, num_key_value_heads=1, max_position_embeddings=4096,
        bos_token_id=end, eos_token_id=end, pad_token_id=end,
    )  # fmt: skip
    model = Phi3ForCausalLM(config)
    boxes = [tokenizer(f" \\boxed{{{letter}}}", add_special_tokens=False)["input_ids"] for letter in "ABCDE"]
    letters = [box[-2] for box in boxes]
    before, close = boxes[0][:-2], boxes[0][-1]
    start = tokenizer("step.", add_special_tokens=False)["input_ids"][-1]
    assert len(set(letters)) == 5
    assert all(box[:-2] == before and box[-1] == close for box in boxes)
    with torch.no_grad():
        known, head = model.get_input_embeddings().weight, model.get_output_embeddings().weight
        known.normal_()
        head.zero_()
        chain = [[start], *([token] for token in before), letters, [close], [end]]
        for these, nexts in pairwise(chain):
            for following in nexts:
                head[following] += sum(known[token] for token in these) / 2
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
