"""A Llama-class model as a graph for ONNX Runtime: its weights in the form that the graph multiplies by, and the graph.

The graph reads a few tokens (as embeddings) of one or several texts, keeps their keys and values in buffers that it is
given, and says what comes next after the last token of each. It holds to the arithmetic of transformers'
``LlamaForCausalLM``: in float32 the log-probabilities agree to 1e-5.

In int8 a weight is rounded to 8 bits with one scale for 32 inputs, symmetric about zero, and so are the values that it
is multiplied by; sums are float32 (llama.cpp calls this Q8_0). docs/decisions.md says how far that is from float32.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from creason_core.errors import WeightsError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Precision = Literal["int8", "float32"]
BLOCK = 32  # inputs that share a scale
ZERO = 128  # what stands for 0 in a byte
EMBEDDINGS = "embeddings"  # looked up outside the graph
WEIGHTS = "weights"  # where the graph says that its weights are; they are handed over in memory
_OPSET, _IR = 18, 10
_MICROSOFT = "com.microsoft"


class _Rope(BaseModel):
    rope_theta: float
    rope_type: Literal["default"]


class LlamaConfig(BaseModel):
    """What ``config.json`` must say for the graph to be the model."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    model_type: Literal["llama"]
    hidden_act: Literal["silu"]
    attention_bias: Literal[False]
    mlp_bias: Literal[False]
    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    vocab_size: int
    max_position_embeddings: int
    rms_norm_eps: float
    rope_parameters: _Rope
    tie_word_embeddings: bool
    eos_token_id: int | list[int]

    @model_validator(mode="before")
    @classmethod
    def _as_transformers_5_writes_it(cls, told: Any) -> Any:
        """Earlier releases left out what can be worked out, and told the rotary embedding otherwise."""
        if not isinstance(told, dict):
            return told
        defaults: dict[str, Any] = {"attention_bias": False, "mlp_bias": False, "tie_word_embeddings": False}
        if told.get("num_attention_heads") and told.get("hidden_size"):
            defaults["head_dim"] = told["hidden_size"] // told["num_attention_heads"]
        if told.get("rope_scaling") is None and "rope_theta" in told:
            defaults["rope_parameters"] = {"rope_theta": told["rope_theta"], "rope_type": "default"}
        return defaults | {name: value for name, value in told.items() if value is not None}

    @property
    def ends(self) -> frozenset[int]:
        """The token ids that end a reply."""
        return frozenset(self.eos_token_id if isinstance(self.eos_token_id, list) else [self.eos_token_id])


def read_config(folder: Path) -> LlamaConfig:
    """The configuration of the model in ``folder``.

    Raises:
        WeightsError: It is of another architecture, or cannot be read.
    """
    path = folder / "config.json"
    try:
        return LlamaConfig.model_validate_json(path.read_bytes())
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {type(error).__name__}.") from error
    except ValidationError as error:
        fields = ", ".join(sorted({str(one["loc"][0]) for one in error.errors() if one["loc"]})) or "it is not JSON"
        raise WeightsError(
            f"The model in {folder} cannot run in the small engine, which knows plain Llama models only ({fields}).",
            remedy="Serve it with vLLM: python -m creason_core.model.engines.serve FOLDER",
        ) from error


def initializers(
    config: LlamaConfig, weights: "Mapping[str, NDArray[Any]]", precision: Precision
) -> "Iterator[tuple[str, NDArray[Any]]]":
    """The graph's weights by name, from those of transformers; matrices that share an input are one.

    Raises:
        WeightsError: A weight is missing or has another shape than ``config`` says.
    """
    import numpy as np

    def weight(name: str) -> "NDArray[np.float32]":
        if name not in weights:
            raise WeightsError(f"The model has no weight {name}, which a Llama model has.")
        return weights[name].astype(np.float32)

    weight(_EMBED)  # says so where it is missing
    table = weights[_EMBED]
    if table.dtype.name != "bfloat16" or table.shape != (config.vocab_size, config.hidden_size):
        raise WeightsError(
            f"{_EMBED} is {table.dtype.name} of the shape {table.shape}; the small engine reads bfloat16 of the shape "
            f"{(config.vocab_size, config.hidden_size)}.",
            remedy="Convert the weights to bfloat16, or serve them with vLLM.",
        )
    yield EMBEDDINGS, table.view(np.uint16)
    for layer in range(config.num_hidden_layers):
        under = f"model.layers.{layer}"
        yield f"norm.{layer}", weight(f"{under}.input_layernorm.weight")
        yield f"norm.{layer}.mlp", weight(f"{under}.post_attention_layernorm.weight")
        for name, parts in _MATRICES.items():
            whole = np.concatenate([weight(f"{under}.{part}.weight") for part in parts])
            if whole.shape != _shape(config, name):
                raise WeightsError(f"{under}.{parts[0]} has another shape than the configuration says.")
            yield from _matrix(f"{name}.{layer}", whole, precision)
    yield f"norm.{config.num_hidden_layers}", weight("model.norm.weight")
    head = _EMBED if config.tie_word_embeddings else "lm_head.weight"
    yield from _matrix("head", weight(head), precision)


_EMBED = "model.embed_tokens.weight"
_MATRICES: dict[str, Sequence[str]] = {
    "qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "out": ("self_attn.o_proj",),
    "gate_up": ("mlp.gate_proj", "mlp.up_proj"),
    "down": ("mlp.down_proj",),
}


def _shape(config: LlamaConfig, name: str) -> tuple[int, int]:
    """Outputs and inputs of a matrix."""
    queries = config.num_attention_heads * config.head_dim
    keys = config.num_key_value_heads * config.head_dim
    return {
        "qkv": (queries + 2 * keys, config.hidden_size),
        "out": (config.hidden_size, queries),
        "gate_up": (2 * config.intermediate_size, config.hidden_size),
        "down": (config.hidden_size, config.intermediate_size),
        "head": (config.vocab_size, config.hidden_size),
    }[name]


def _matrix(name: str, weight: "NDArray[np.float32]", precision: Precision) -> "Iterator[tuple[str, NDArray[Any]]]":
    """A matrix (outputs × inputs) in the form of its precision."""
    import numpy as np

    if precision == "float32":
        yield name, np.ascontiguousarray(weight.T)
        return
    outputs, inputs = weight.shape
    if inputs % BLOCK:
        raise WeightsError(
            f"A matrix of this model has {inputs} inputs, which are not whole blocks of {BLOCK} as int8 needs.",
            remedy="Set CREASON_EMBEDDED_PRECISION=float32.",
        )
    blocks = weight.reshape(outputs, inputs // BLOCK, BLOCK)
    scales = np.abs(blocks).max(-1) / (ZERO - 1)
    scales[scales == 0] = 1.0
    yield name, (np.rint(blocks / scales[..., None]) + ZERO).astype(np.uint8)
    yield f"{name}.scales", scales.astype(np.float32)


def rotations(config: LlamaConfig) -> "dict[str, NDArray[np.float32]]":
    """Cosines and sines of the rotary embedding (positions × half a head), Su et al., arXiv 2104.09864."""
    import numpy as np

    powers = np.arange(0, config.head_dim, 2, dtype=np.float64) / config.head_dim
    turns = np.outer(np.arange(config.max_position_embeddings), config.rope_parameters.rope_theta**-powers)
    return {"cos": np.cos(turns).astype(np.float32), "sin": np.sin(turns).astype(np.float32)}


def cache_names(config: LlamaConfig) -> list[str]:
    """The names of the key and value buffers; in and out of the graph they are ``past.NAME`` and ``present.NAME``."""
    return [f"{which}.{layer}" for layer in range(config.num_hidden_layers) for which in ("key", "value")]


class _Nodes:
    """The nodes of a graph, in the order of their work."""

    def __init__(self, config: LlamaConfig, precision: Precision) -> None:
        self.made: list[Any] = []
        self._config = config
        self._precision = precision

    def add(self, kind: str, takes: Sequence[str], gives: Sequence[str], domain: str = "", **about: Any) -> None:
        from onnx import helper

        self.made.append(helper.make_node(kind, list(takes), list(gives), domain=domain, **about))

    def matrix(self, name: str, takes: str, gives: str) -> None:
        """Multiplies by the matrix ``name`` (a kind, a dot and the layer)."""
        if self._precision == "float32":
            self.add("MatMul", [takes, name], [gives])
            return
        outputs, inputs = _shape(self._config, name.partition(".")[0])
        about = {"N": outputs, "K": inputs, "bits": 8, "block_size": BLOCK, "accuracy_level": 4}
        self.add("MatMulNBits", [takes, name, f"{name}.scales"], [gives], _MICROSOFT, **about)

    def norm(self, takes: str, stream: str, weight: str, gives: str) -> str:
        """Adds to the residual stream, and norms the sum; the name of the sum."""
        eps, summed = self._config.rms_norm_eps, f"{takes}.added"
        gives_both = [gives, "", "", summed]
        self.add("SkipSimplifiedLayerNormalization", [takes, stream, weight], gives_both, _MICROSOFT, epsilon=eps)
        return summed

    def layer(self, k: int, stream: str) -> str:
        """The layer ``k``, from ``normal.k`` to ``normal.k+1``; the name of the residual stream after it."""
        heads = {"num_heads": self._config.num_attention_heads, "kv_num_heads": self._config.num_key_value_heads}
        caches = [f"key.{k}", f"value.{k}"]
        self.matrix(f"qkv.{k}", f"normal.{k}", f"asked.{k}")
        self.add(
            "GroupQueryAttention",
            [f"asked.{k}", "", "", *(f"past.{name}" for name in caches), "before", "longest", "cos", "sin"],
            [f"seen.{k}", *(f"present.{name}" for name in caches)],
            _MICROSOFT,
            do_rotary=1,
            **heads,
        )
        self.matrix(f"out.{k}", f"seen.{k}", f"attended.{k}")
        stream = self.norm(f"attended.{k}", stream, f"norm.{k}.mlp", f"middle.{k}")
        self.matrix(f"gate_up.{k}", f"middle.{k}", f"wide.{k}")
        self.add("Split", [f"wide.{k}"], [f"gate.{k}", f"up.{k}"], axis=-1, num_outputs=2)
        self.add("QuickGelu", [f"gate.{k}"], [f"open.{k}"], _MICROSOFT, alpha=1.0)  # x · sigmoid(x) is SiLU
        self.add("Mul", [f"open.{k}", f"up.{k}"], [f"passed.{k}"])
        self.matrix(f"down.{k}", f"passed.{k}", f"fed.{k}")
        return self.norm(f"fed.{k}", stream, f"norm.{k + 1}", f"normal.{k + 1}")


def graph(config: LlamaConfig, precision: Precision, weights: "Mapping[str, NDArray[Any]]") -> bytes:
    """The serialised graph.

    It takes ``tokens`` (rows × new tokens × hidden, float32), ``before`` (rows, int32: the tokens of each row after
    these, minus one), ``longest`` (int32: the tokens of the longest row after these) and a buffer for each of
    ``cache_names`` (rows × heads × capacity × head, float32). It gives ``logits`` (rows × vocabulary) after the last
    token of each row, and the buffers.
    """
    from onnx import TensorProto, helper

    nodes, layers = _Nodes(config, precision), config.num_hidden_layers
    nodes.add("SimplifiedLayerNormalization", ["tokens", "norm.0"], ["normal.0"], epsilon=config.rms_norm_eps, axis=-1)
    stream = "tokens"
    for k in range(layers):
        stream = nodes.layer(k, stream)
    nodes.add("Gather", [f"normal.{layers}", "last"], ["final"], axis=1)
    nodes.matrix("head", "final", "logits")

    def tensor(name: str, kind: int, *shape: int | str) -> Any:
        return helper.make_tensor_value_info(name, kind, shape)

    buffer = ("rows", config.num_key_value_heads, "capacity", config.head_dim)
    inputs = [
        tensor("tokens", TensorProto.FLOAT, "rows", "new", config.hidden_size),
        tensor("before", TensorProto.INT32, "rows"),
        tensor("longest", TensorProto.INT32),
    ]
    outputs = [tensor("logits", TensorProto.FLOAT, "rows", config.vocab_size)]
    for name in cache_names(config):
        inputs.append(tensor(f"past.{name}", TensorProto.FLOAT, *buffer))
        outputs.append(tensor(f"present.{name}", TensorProto.FLOAT, *buffer))
    last = helper.make_tensor("last", TensorProto.INT64, [], [-1])
    outside = [_outside(name, value) for name, value in weights.items()]
    made = helper.make_graph(nodes.made, "llama", inputs, outputs, [last, *outside])
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
    return bytes(helper.make_model(made, opset_imports=opsets, ir_version=_IR).SerializeToString())


def _outside(name: str, value: "NDArray[Any]") -> Any:
    """Declares a weight that is handed over in memory."""
    from onnx import TensorProto, helper

    declared = TensorProto(name=name, data_type=helper.np_dtype_to_tensor_dtype(value.dtype), dims=value.shape)
    declared.data_location = TensorProto.EXTERNAL
    declared.external_data.add(key="location", value=WEIGHTS)
    return declared
