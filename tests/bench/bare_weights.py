"""A folder of Llama-class weights in the forms of other runtimes: CTranslate2's and llama.cpp's (GGUF).

The same numbers, converted once and kept no longer than the measurement; nothing but the measurement uses them.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from creason_core.model.adapters.lora import read_weights
from creason_core.model.engines.embedded_graph import LlamaConfig, read_config

Weights = dict[str, NDArray[np.float32]]
_CONTROL, _NORMAL = 3, 1  # GGUF's token types
_GGUF_LAYER = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
}


def _float32(folder: Path) -> Weights:
    """The weights of a folder by their names in transformers."""
    found: dict[str, Any] = {}
    for path in sorted(folder.glob("*.safetensors")):
        found |= read_weights(path)
    return {name: np.ascontiguousarray(value, np.float32) for name, value in found.items()}


def _vocabulary(folder: Path) -> list[str]:
    """The tokens in the order of their ids."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    by_id = {at: token for token, at in tokenizer.get_vocab(with_added_tokens=True).items()}
    return [by_id[at] for at in range(len(by_id))]


def write_ctranslate2(folder: Path, made: Path) -> None:
    """Writes the model for CTranslate2 in float32; it multiplies in the type that it is loaded with."""
    from ctranslate2.specs.common_spec import Activation
    from ctranslate2.specs.transformer_spec import TransformerDecoderModelSpec

    config, weights = read_config(folder), _float32(folder)
    spec = TransformerDecoderModelSpec.from_config(
        config.num_hidden_layers,
        config.num_attention_heads,
        activation=Activation.SWISH,
        ffn_glu=True,
        rms_norm=True,
        rotary_dim=0,  # the whole head
        rotary_interleave=False,
        rotary_base=config.rope_parameters.rope_theta,
        num_heads_kv=config.num_key_value_heads,
    )
    decoder = spec.decoder
    decoder.scale_embeddings = False
    decoder.embeddings.weight = weights["model.embed_tokens.weight"]
    decoder.projection.weight = weights.get("lm_head.weight", decoder.embeddings.weight)
    decoder.layer_norm.gamma = weights["model.norm.weight"]
    for number, layer in enumerate(decoder.layer):

        def of(part: str, number: int = number) -> NDArray[np.float32]:
            return weights[f"model.layers.{number}.{part}.weight"]

        layer.self_attention.layer_norm.gamma = of("input_layernorm")
        layer.ffn.layer_norm.gamma = of("post_attention_layernorm")
        joined, out = layer.self_attention.linear
        joined.weight = np.concatenate([of(f"self_attn.{part}_proj") for part in "qkv"])
        out.weight = of("self_attn.o_proj")
        layer.ffn.linear_0.weight = of("mlp.gate_proj")
        layer.ffn.linear_0_noact.weight = of("mlp.up_proj")
        layer.ffn.linear_1.weight = of("mlp.down_proj")
    spec.config.layer_norm_epsilon = config.rms_norm_eps
    vocabulary = _vocabulary(folder)
    spec.config.bos_token = spec.config.unk_token = vocabulary[0]
    spec.config.eos_token = vocabulary[min(config.ends)]
    spec.register_vocabulary(vocabulary)
    spec.validate()
    spec.optimize()
    made.mkdir()
    spec.save(str(made))


def write_gguf(folder: Path, made: Path, kind: str) -> None:
    """Writes the model for llama.cpp; ``kind`` is a type of GGUF's ("F32", "BF16", "Q8_0"), norms stay float32."""
    from gguf import GGMLQuantizationType, GGUFWriter
    from gguf.quants import quantize

    config, chosen = read_config(folder), GGMLQuantizationType[kind]
    writer = GGUFWriter(made, "llama")
    _describe(writer, config, folder)
    heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}
    for name, weight in _float32(folder).items():
        part, told = _gguf_name(name)
        value = _pairs(weight, heads[part]) if part in heads else weight
        if value.ndim == 1:
            writer.add_tensor(told, value)
        else:
            writer.add_tensor(told, quantize(value, chosen), raw_dtype=chosen)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _describe(writer: Any, config: LlamaConfig, folder: Path) -> None:
    """The metadata: shapes, and a vocabulary that llama.cpp accepts; it is given ids and never splits a text."""
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_parameters.rope_theta)
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_vocab_size(config.vocab_size)
    told = json.loads((folder / "tokenizer.json").read_bytes())
    controls = {token["content"] for token in told["added_tokens"] if token["special"]}
    vocabulary = _vocabulary(folder)
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in told["model"]["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(vocabulary)
    writer.add_token_types([_CONTROL if token in controls else _NORMAL for token in vocabulary])
    writer.add_token_merges(merges)
    writer.add_eos_token_id(min(config.ends))


def _gguf_name(name: str) -> tuple[str, str]:
    """The part of a layer that a weight is ("" outside the layers), and its name in GGUF."""
    whole = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
    stem = name.removesuffix(".weight")
    if stem in whole:
        return "", f"{whole[stem]}.weight"
    _, _, layer, part = stem.split(".", 3)
    return _GGUF_LAYER[part], f"blk.{layer}.{_GGUF_LAYER[part]}.weight"


def _pairs(weight: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """Rows from the rotary order of transformers (halves of each head) to GGUF's (pairs side by side)."""
    rows = weight.shape[0]
    return np.ascontiguousarray(weight.reshape(heads, 2, rows // heads // 2, -1).swapaxes(1, 2).reshape(rows, -1))
