"""The graph of the embedded engine computes what transformers computes, and refuses what it is not made for."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from creason_core.errors import WeightsError
from creason_core.model.engines.choose import embedded_precision
from creason_core.model.engines.embedded_graph import Precision, initializers, read_config
from creason_core.model.engines.embedded_model import SlotModel, load
from creason_core.model.engines.embedded_weights import prepared
from creason_core.model.engines.processor import Processor
from creason_core.model.engines.weights import Weights, check
from creason_core.settings import Settings
from tests.training.tiny import make_tiny

TEXT = [1, 4093, 198, 28120, 47, 11, 3, 900, 12, 77, 8, 5021, 33, 2, 40000, 17]


@pytest.fixture(scope="module")
def tiny(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Weights:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    make_tiny(folder, like=str(model))
    return check(folder)


def loaded(tiny: Weights, precision: Precision, cache: Path) -> SlotModel:
    return load(prepared(tiny.folder, None, cache, precision, lambda _: None), precision, 1, 3)


def log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    wide = logits.astype(np.float64) - float(logits.max())
    found: NDArray[np.float64] = wide - float(np.log(np.exp(wide).sum()))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("precision", "apart"), [("float32", 1e-4), ("int8", 0.1)])
def test_it_says_after_every_token_what_transformers_says(
    tiny: Weights, tmp_path: Path, precision: Precision, apart: float
) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    whole = AutoModelForCausalLM.from_pretrained(tiny.folder, dtype=torch.float32)
    with torch.inference_mode():
        expected = whole(input_ids=torch.tensor([TEXT])).logits[0].log_softmax(-1).numpy()
    model = loaded(tiny, precision, tmp_path)
    seen = [model.read(1, TEXT[:10])]
    assert np.abs(log_softmax(seen[0]) - expected[9]).max() < apart
    model.slots.copy(1, 0, 10)  # one text goes on in two places, token by token and together with another
    model.slots.copy(1, 1, 10)
    for place, token in enumerate(TEXT[10:], 10):
        logits = model.step([token, TEXT[0]])
        assert np.abs(log_softmax(logits[0]) - expected[place]).max() < apart


@pytest.mark.slow
def test_a_text_that_outgrows_its_place_is_read_on_as_if_it_had_always_been_larger(
    tiny: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roomy = loaded(tiny, "float32", tmp_path)
    monkeypatch.setattr("creason_core.model.engines.embedded_model.GROWTH", 8)
    narrow = loaded(tiny, "float32", tmp_path)
    for model in (roomy, narrow):
        model.read(2, TEXT[:6])
        model.read(0, TEXT[:6])
    assert np.array_equal(roomy.read(0, TEXT[6:]), narrow.read(0, TEXT[6:]))
    assert np.array_equal(roomy.read(2, TEXT[6:12]), narrow.read(2, TEXT[6:12]))
    roomy.slots.swap(0, 2)
    narrow.slots.swap(0, 2)
    assert (narrow.slots.texts, narrow.slots.firm) == (roomy.slots.texts, [12, 0, 16])
    assert narrow.slots.shared(TEXT) == (16, 2)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("model_type", "qwen2"),
        ("attention_bias", True),
        ("rope_parameters", {"rope_theta": 1e4, "rope_type": "llama3"}),
    ],
)
def test_a_model_of_another_architecture_is_refused_with_what_to_do(
    model: Path, tmp_path: Path, field: str, value: object
) -> None:
    shutil.copyfile(model / "config.json", tmp_path / "config.json")
    assert read_config(tmp_path).ends == {2}
    told = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(told | {field: value}))
    with pytest.raises(WeightsError, match=rf"plain Llama models only \({field}\)") as refused:
        read_config(tmp_path)
    assert "vLLM" in refused.value.remedy


def test_a_configuration_as_transformers_4_wrote_it_is_the_same_model(model: Path, tmp_path: Path) -> None:
    told = json.loads((model / "config.json").read_text())
    for name in ("head_dim", "attention_bias", "mlp_bias"):
        del told[name]
    told |= {"rope_theta": told.pop("rope_parameters")["rope_theta"], "rope_scaling": None}
    (tmp_path / "config.json").write_text(json.dumps(told))
    assert read_config(tmp_path) == read_config(model)
    (tmp_path / "config.json").write_text(json.dumps(told | {"rope_scaling": {"factor": 8.0}}))
    with pytest.raises(WeightsError, match="rope_parameters"):
        read_config(tmp_path)


def test_weights_of_another_type_are_refused_and_not_read_as_if_they_were_bfloat16(model: Path) -> None:
    config = read_config(model)
    half = {"model.embed_tokens.weight": np.zeros((config.vocab_size, config.hidden_size), np.float16)}
    with pytest.raises(WeightsError, match="is float16 of the shape"):
        next(initializers(config, half, "int8"))
    with pytest.raises(WeightsError, match=r"has no weight model\.embed_tokens\.weight"):
        next(initializers(config, {}, "int8"))


@pytest.mark.parametrize(
    ("features", "asked", "used"),
    [
        ("avx2 fma", "auto", "int8"),
        ("asimd asimddp", "auto", "int8"),
        ("asimd", "auto", "float32"),
        ("", "int8", "int8"),
    ],
)
def test_int8_is_used_where_the_processor_multiplies_it_unless_another_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, features: str, asked: str, used: str
) -> None:
    found = Processor(frozenset(features.split()), {})
    monkeypatch.setattr("creason_core.model.engines.choose.processor", lambda _: found)
    assert embedded_precision(Settings(embedded_precision=asked)) == used
