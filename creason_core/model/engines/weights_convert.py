"""Converts a Llama-class GGUF file to bfloat16 safetensors, in a process of its own: ``… weights_convert GGUF FOLDER``.

What is written is to the byte what transformers 5.19 writes for the same file, so that the hashes of adapters that were
trained on it hold; neither transformers nor PyTorch is needed.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creason_core.model.engines.child import end_with_parent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WHOLE = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
_IN_LAYER = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
}
_WRITTEN_AS = "5.19.0"  # the release of transformers whose files these are
_CONTROL = 3  # a token that is never part of a text, by GGUF's token types
_NO_LENGTH = 1000000000000000019884624838656  # how transformers says that a tokenizer has no length of its own


class Gguf:
    """The metadata and tensors of a GGUF file."""

    def __init__(self, path: Path) -> None:
        from gguf import GGUFReader

        self._reader = GGUFReader(path)
        self.architecture = str(self["general.architecture"])
        if self.architecture != "llama":
            raise ValueError(f"{path.name} is of the architecture {self.architecture}; only llama is converted")

    def __getitem__(self, name: str) -> Any:
        return self._reader.fields[name].contents()

    def __contains__(self, name: str) -> bool:
        return name in self._reader.fields

    def of_model(self, name: str) -> Any:
        """A value under the architecture's own heading."""
        return self[f"{self.architecture}.{name}"]

    def weights(self) -> "dict[str, NDArray[np.generic]]":
        """The weights under the names of transformers, rounded to bfloat16."""
        import ml_dtypes
        import numpy as np
        from gguf.quants import dequantize

        heads = {"attn_q": self.of_model("attention.head_count"), "attn_k": self.of_model("attention.head_count_kv")}
        found: dict[str, NDArray[np.generic]] = {}
        for tensor in self._reader.tensors:
            value = dequantize(tensor.data, tensor.tensor_type)
            name, part = _name(tensor.name)
            if part in heads:
                value = _halves(value, int(heads[part]))
            found[name] = np.ascontiguousarray(value.astype(ml_dtypes.bfloat16))
        return found


def _name(name: str) -> tuple[str, str]:
    """The name in transformers of a GGUF tensor, and the part of a layer that it is ("" outside the layers)."""
    stem = name.removesuffix(".weight")
    if stem in _WHOLE:
        return f"{_WHOLE[stem]}.weight", ""
    _, layer, part = stem.split(".")
    return f"model.layers.{layer}.{_IN_LAYER[part]}.weight", part


def _halves(weight: "NDArray[Any]", heads: int) -> "NDArray[Any]":
    """Rows from GGUF's rotary order (pairs side by side) to that of transformers (halves of each head)."""
    rows = weight.shape[0]
    return weight.reshape(heads, rows // heads // 2, 2, -1).swapaxes(1, 2).reshape(rows, -1)


def config(gguf: Gguf, weights: "dict[str, NDArray[np.generic]]") -> dict[str, object]:
    """``config.json`` of the model."""
    heads, width = int(gguf.of_model("attention.head_count")), int(gguf.of_model("embedding_length"))
    return {
        "_model_name_or_path": gguf["general.name"],
        "architectures": ["LlamaForCausalLM"],
        "attention_bias": False,
        "attention_dropout": 0.0,
        "bos_token_id": int(gguf["tokenizer.ggml.bos_token_id"]),
        "dtype": "bfloat16",
        "eos_token_id": int(gguf["tokenizer.ggml.eos_token_id"]),
        "head_dim": width // heads,
        "hidden_act": "silu",
        "hidden_size": width,
        "initializer_range": 0.02,
        "intermediate_size": int(gguf.of_model("feed_forward_length")),
        "max_position_embeddings": int(gguf.of_model("context_length")),
        "mlp_bias": False,
        "model_type": "llama",
        "num_attention_heads": heads,
        "num_hidden_layers": int(gguf.of_model("block_count")),
        "num_key_value_heads": int(gguf.of_model("attention.head_count_kv")),
        "pad_token_id": int(gguf["tokenizer.ggml.padding_token_id"]),
        "pretraining_tp": 1,
        "rms_norm_eps": float(gguf.of_model("attention.layer_norm_rms_epsilon")),
        "rope_parameters": {"rope_theta": float(gguf.of_model("rope.freq_base")), "rope_type": "default"},
        "tie_word_embeddings": "lm_head.weight" not in weights,
        "transformers_version": _WRITTEN_AS,
        "unk_token_id": int(gguf["tokenizer.ggml.unknown_token_id"]),
        "use_cache": True,
        "vocab_size": int(gguf.of_model("vocab_size")),
    }


def generation_config(told: dict[str, object]) -> dict[str, object]:
    """``generation_config.json``, from ``config.json``."""
    return {
        "_from_model_config": True,
        **{name: told[name] for name in ("bos_token_id", "eos_token_id")},
        "output_attentions": False,
        "output_hidden_states": False,
        "pad_token_id": told["pad_token_id"],
        "transformers_version": _WRITTEN_AS,
        "use_cache": True,
    }


def write_tokenizer(gguf: Gguf, folder: Path) -> None:
    """Writes ``tokenizer.json``, ``tokenizer_config.json`` and the chat template.

    Bytes are split by the pattern of GPT-2, without the digits apart that the model was made with: so transformers
    reads such files, and so the adapters were trained.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors

    pieces, kinds = gguf["tokenizer.ggml.tokens"], gguf["tokenizer.ggml.token_type"]
    merges = [tuple(merge.split(" ")) for merge in gguf["tokenizer.ggml.merges"]]
    vocabulary = {piece: at for at, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, continuing_subword_prefix="", end_of_word_suffix=""))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.TemplateProcessing(single="$A:0", pair="$A:0 $B:1")
    controls = [piece for piece, kind in zip(pieces, kinds, strict=True) if kind == _CONTROL]
    tokenizer.add_special_tokens([AddedToken(piece, special=True, normalized=False) for piece in controls])
    tokenizer.save(str(folder / "tokenizer.json"))

    def named(which: str) -> str:
        return str(pieces[int(gguf[f"tokenizer.ggml.{which}_token_id"])])

    told = {
        "backend": "tokenizers",
        "bos_token": named("bos"),
        "eos_token": named("eos"),
        "is_local": True,
        "local_files_only": False,
        "model_max_length": _NO_LENGTH,
        "pad_token": named("padding"),
        "tokenizer_class": "TokenizersBackend",
        "unk_token": named("unknown"),
    }
    _write(folder / "tokenizer_config.json", told)
    (folder / "chat_template.jinja").write_text(str(gguf["tokenizer.chat_template"]), encoding="utf-8")


def _write(path: Path, told: dict[str, object]) -> None:
    path.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def convert(path: Path, folder: Path) -> None:
    """Writes model, configuration, tokenizer and chat template of the GGUF file ``path`` into ``folder``."""
    from safetensors.numpy import save_file

    gguf = Gguf(path)
    weights = gguf.weights()
    told = config(gguf, weights)
    _write(folder / "config.json", told)
    _write(folder / "generation_config.json", generation_config(told))
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    write_tokenizer(gguf, folder)


if __name__ == "__main__":
    end_with_parent()
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
