"""Base and adapter become one folder of weights: the same as peft makes, whole, once, and only where they fit."""

import json
import os
import shutil
from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import pytest

from creason_core.errors import WeightsError
from creason_core.model.adapters.lora import read_config, read_factors
from creason_core.model.adapters.manifest import CONFIG, WEIGHTS, Adapter
from creason_core.model.adapters.merging import check_base, merged
from creason_core.model.engines.weights import Weights, check
from creason_core.model.engines.weights_cache import KEPT
from tests.model.adapters.folders import make_adapter, make_base

pytestmark = pytest.mark.slow  # torch, transformers and peft


def ignore(_: str) -> None:
    """Hears nothing."""


def test_the_merged_weights_are_those_that_peft_makes(tiny: Weights, lora: Adapter, tmp_path: Path) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(tiny.folder, dtype=torch.bfloat16)
    untouched = {name: weight.clone() for name, weight in base.state_dict().items()}
    expected = PeftModel.from_pretrained(base, str(lora.folder)).merge_and_unload().state_dict()
    said: list[str] = []
    folder = merged(tiny.folder, lora.folder, tmp_path / "cache", said.append)
    made = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16).state_dict()
    assert made.keys() == expected.keys()
    assert all(torch.equal(made[name], expected[name]) for name in made)
    changed = {name for name in made if not torch.equal(made[name], untouched[name])}
    assert len(changed) == 2 * 7  # every linear layer of both blocks, and nothing else
    assert said[-1] == "Merging the adapter small@1: 14 of 14 weights."
    about = check(folder).manifest
    assert about.merged is not None
    assert (about.model, about.merged.adapter) == ("tiny", "small@1")
    assert (about.merged.base_hash, about.merged.adapter_hash) == (tiny.manifest.hash, lora.manifest.hash)


def test_it_is_merged_once_and_again_only_where_the_result_was_damaged(
    tiny: Weights, lora: Adapter, tmp_path: Path
) -> None:
    cache, said = tmp_path / "cache", list[str]()
    folder = merged(tiny.folder, lora.folder, cache, ignore)
    assert merged(tiny.folder, lora.folder, cache, said.append) == folder
    assert said == []
    with next(folder.glob("*.safetensors")).open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\x01")
    (cache / ".making-killed").mkdir()
    assert merged(tiny.folder, lora.folder, cache, said.append) == folder
    assert "is not the file that was installed" in said[0]
    assert said[0].endswith("Making it again.")
    check(folder)
    assert not (cache / ".making-killed").exists()


def test_only_the_latest_few_are_kept(tiny: Weights, lora: Adapter, tmp_path: Path) -> None:
    for version in range(1, KEPT + 2):
        copy = tmp_path / f"made-{version}"
        shutil.copytree(lora.folder, copy)
        (copy / CONFIG).write_text(json.dumps(json.loads((copy / CONFIG).read_text()) | {"revision": str(version)}))
        make_adapter(copy, tiny.folder, str(version))
        merged(tiny.folder, copy, tmp_path / "cache", ignore)
    left = sorted(path.name.split("-")[0] for path in (tmp_path / "cache").glob("[!.]*"))
    assert left == [f"small@{version}" for version in range(2, KEPT + 2)]


def test_other_weights_of_the_base_are_refused(tiny: Weights, lora: Adapter, tmp_path: Path) -> None:
    other = make_base(tmp_path)
    with pytest.raises(WeightsError, match="belongs to tiny; the model here is SmolLM2"):
        check_base(lora.manifest, other)
    named = replace(other, manifest=other.manifest.model_copy(update={"model": "tiny"}))
    with pytest.raises(WeightsError, match="was trained on other weights of tiny"):
        check_base(lora.manifest, named)


def test_altered_base_weights_are_refused_before_they_are_merged(tiny: Weights, lora: Adapter, tmp_path: Path) -> None:
    copy = tmp_path / "tiny"
    shutil.copytree(tiny.folder, copy)
    with next(copy.glob("*.safetensors")).open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\x01")
    with pytest.raises(WeightsError, match="is not the file that was installed"):
        merged(copy, lora.folder, tmp_path / "cache", ignore)
    assert list((tmp_path / "cache").glob("[!.]*")) == []


def test_too_little_space_is_told_before_anything_is_written(
    tiny: Weights, lora: Adapter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1_000_000))
    with pytest.raises(WeightsError, match=r"0\.05 GB are needed .* 0\.00 GB are free; nothing was written"):
        merged(tiny.folder, lora.folder, tmp_path / "cache", ignore)
    assert list((tmp_path / "cache").glob("[!.]*")) == []


@pytest.mark.parametrize(("field", "value"), [
    ("use_dora", True),
    ("bias", "all"),
    ("modules_to_save", ["lm_head"]),
    ("rank_pattern", {"q_proj": 2}),
    ("init_lora_weights", "pissa"),
    ("peft_type", "IA3"),
    ("use_qalora", True),
    ("alora_invocation_tokens", [1, 2, 3]),
    ("target_parameters", ["experts.weight"]),
    ("a_field_of_a_later_peft", {"rank": 2}),
])  # fmt: skip
def test_what_is_no_plain_low_rank_adapter_is_refused(lora: Adapter, tmp_path: Path, field: str, value: object) -> None:
    config = json.loads((lora.folder / CONFIG).read_text())
    (tmp_path / CONFIG).write_text(json.dumps(config | {field: value}))
    with pytest.raises(WeightsError, match=rf"{field}|differ in rank"):
        read_config(tmp_path)


def test_factors_without_a_partner_or_of_another_model_are_refused(
    tiny: Weights, lora: Adapter, tmp_path: Path
) -> None:
    from safetensors.numpy import load_file, save_file

    tensors = load_file(lora.folder / WEIGHTS)
    first = min(tensors)
    save_file({name: one for name, one in tensors.items() if name != first}, tmp_path / WEIGHTS)
    with pytest.raises(WeightsError, match="something else than pairs of low-rank factors"):
        read_factors(tmp_path)
    copy = tmp_path / "adapter"
    shutil.copytree(lora.folder, copy)
    save_file({name.replace("layers.1.", "layers.7."): one for name, one in tensors.items()}, copy / WEIGHTS)
    make_adapter(copy, tiny.folder)
    with pytest.raises(WeightsError, match=r"changes model\.layers\.7\..* which tiny does not have"):
        merged(tiny.folder, copy, tmp_path / "cache", ignore)
