"""Converts a GGUF file to bfloat16 safetensors, in a process of its own: ``… weights_convert FILE.gguf FOLDER``."""

import sys
from pathlib import Path

from creason_core.engines.child import end_with_parent


def convert(gguf: Path, folder: Path) -> None:
    """Writes model, configuration, tokenizer and chat template of ``gguf`` into ``folder``."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    source = str(gguf.parent)
    tokenizer = AutoTokenizer.from_pretrained(source, gguf_file=gguf.name)
    model = AutoModelForCausalLM.from_pretrained(
        source,
        gguf_file=gguf.name,
        dtype=torch.float32,
        # Without this the weights stay packed in 4 bits, which cannot be saved as safetensors.
        quantization_config=GgufConfig(dequantize=True),
    )
    model.to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


if __name__ == "__main__":
    end_with_parent()
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
