"""The embedded engine with an adapter: what the contract promises, under a name of its own; and names behind vLLM."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from creason_core.errors import ModelError
from creason_core.model.adapters.manifest import CONFIG, WEIGHTS, Adapter, read_adapter
from creason_core.model.adapters.merging import merged
from creason_core.model.engines import serve, vllm_server
from creason_core.model.engines.base import GenerationRequest, Message
from creason_core.model.engines.embedded import Embedded
from creason_core.model.engines.limits import completion_of
from creason_core.model.engines.vllm_client import _served
from creason_core.model.engines.weights import Weights, check
from creason_core.settings import Settings
from tests.model.adapters.folders import make_adapter, make_base
from tests.model.engines import test_contract as contract
from tests.model.engines.requests import SHORT
from tests.training.tiny import make_tiny

GREEDY = GenerationRequest((Message("user", "MAP 43 mmHg"), Message("assistant", "So")), 12, 0.0, 0)


@pytest.fixture(scope="module")
def base(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Weights:
    """A tiny random model in the small model's words."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    make_tiny(folder, like=str(model))
    return check(folder)


@pytest.fixture(scope="module")
def adapter(base: Weights, tmp_path_factory: pytest.TempPathFactory) -> Adapter:
    """A random adapter, strong enough to be heard."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    plain = AutoModelForCausalLM.from_pretrained(base.folder, dtype=torch.bfloat16)
    shape = LoraConfig(r=8, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False)
    folder = tmp_path_factory.mktemp("lora") / "small"
    get_peft_model(plain, shape).save_pretrained(folder)
    (folder / "README.md").unlink()
    return make_adapter(folder, base.folder)


@pytest.fixture(scope="module")
def adapted(base: Weights, adapter: Adapter, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    engine = Embedded(base.folder, adapter=adapter.folder, cache=tmp_path_factory.mktemp("cache"))
    yield engine
    engine.close()


@pytest.mark.slow
def test_it_answers_under_its_own_name_and_otherwise_than_its_base(
    base: Weights, adapter: Adapter, adapted: Embedded
) -> None:
    sent = adapted.identity
    assert sent.title == "tiny + small@1"
    assert (sent.model_hash, sent.adapter_hash) == (base.manifest.hash, adapter.manifest.hash)
    assert adapted.health().identity == sent
    plain = Embedded(base.folder)
    try:
        assert plain.identity == replace(sent, adapter="", adapter_hash="")
        assert completion_of(plain.stream(GREEDY)).text != completion_of(adapted.stream(GREEDY)).text
    finally:
        plain.close()


@pytest.mark.slow
def test_it_keeps_the_contract_of_every_engine(adapted: Embedded) -> None:
    contract.test_a_reply_streams_and_only_its_last_piece_says_that_it_is_complete(adapted)
    contract.test_the_same_seed_gives_the_same_text_and_other_seeds_others(adapted)
    contract.test_samples_come_in_order_with_a_seed_each(adapted)
    contract.test_stop_ends_the_reply_within_a_second_and_the_engine_goes_on(adapted)
    contract.test_a_prompt_that_is_too_long_is_refused_in_words(adapted)


@pytest.mark.slow
def test_an_altered_adapter_is_refused_before_it_is_loaded(base: Weights, adapter: Adapter, tmp_path: Path) -> None:
    copy = tmp_path / "small"
    shutil.copytree(adapter.folder, copy)
    with (copy / WEIGHTS).open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\x01")
    engine = Embedded(base.folder, adapter=copy, cache=tmp_path / "cache")
    with pytest.raises(ModelError, match=r"adapter_model\.safetensors is not the file that was installed") as refused:
        completion_of(engine.stream(SHORT))
    assert not refused.value.retryable
    assert not engine.health().ready
    engine.close()


@pytest.mark.slow
def test_merged_weights_are_told_apart_by_their_adapter_wherever_they_are_served(
    base: Weights, adapter: Adapter, adapted: Embedded, tmp_path: Path
) -> None:
    folder = merged(base.folder, adapter.folder, tmp_path, lambda _: None)
    beside: list[dict[str, object]] = [
        {"id": "tiny", "root": str(base.folder), "max_model_len": 4096},
        {"id": "small@1", "root": str(adapter.folder), "parent": "tiny", "max_model_len": None},
    ]
    names = [_served([{"id": "small@1", "root": str(folder), "max_model_len": 4096}])[0], _served(beside)[1]]
    for served in names:
        assert served.context_tokens == 4096
        found = vllm_server._identity(served, "http://127.0.0.1:8000/v1", "")
        assert found == replace(adapted.identity, engine="vllm", runtime="", precision="")


def test_a_missing_adapter_is_told_before_anything_is_run(tmp_path: Path) -> None:
    engine = Embedded(make_base(tmp_path).folder, adapter=tmp_path / "small")
    assert not engine.health().ready
    assert "There is no adapter at" in engine.health().note
    assert engine.identity.adapter == "small"


def test_on_a_gpu_every_version_that_fits_is_offered_beside_the_base(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    base, other = make_base(data / "models"), make_base(tmp_path / "other", b"other weights")
    kept = data / "adapters" / "small"
    make_adapter(kept / "1", base.folder, "1")
    make_adapter(kept / "2", other.folder, "2")
    found = serve.fitting(Settings(data_dir=data), base)
    assert [one.manifest.title for one in found if one.manifest.name == "small"] == ["small@1"]
    assert "Not offered: The adapter small@2 was trained on other weights" in capsys.readouterr().out
    line = serve.beside([read_adapter(kept / "1")])
    assert line[:-1] == ["--enable-lora", "--max-lora-rank", "8", "--max-loras", "1", "--lora-modules"]
    assert json.loads(line[-1]) == {"name": "small@1", "path": str(kept / "1")}
    assert json.loads((kept / "1" / CONFIG).read_text())["r"] == 4
    assert serve.beside([]) == []
