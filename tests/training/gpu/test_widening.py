"""An adapter of higher rank begins as the same function, with room to learn."""

import json
from pathlib import Path

import pytest

from creason_core.errors import SettingsError
from creason_core.model.adapters.manifest import read_adapter
from creason_core.model.adapters.shipped import SHIPPED
from training.gpu.widening import widened
from training.trainer.settings import Lora

START = SHIPPED / "creason-smollm2"


@pytest.mark.slow
def test_the_widened_adapter_adds_the_same_to_every_weight_and_every_new_row_can_learn(tmp_path: Path) -> None:
    from safetensors.torch import load_file

    to = widened(START, Lora(r=24, alpha=48), tmp_path / "wide")
    before, after = load_file(START / "adapter_model.safetensors"), load_file(to / "adapter_model.safetensors")
    assert before.keys() == after.keys()
    for name in before:
        if ".lora_A." in name:
            second = name.replace("lora_A", "lora_B")
            difference = after[second] @ after[name] - before[second] @ before[name]
            assert difference.abs().max() < 1e-6
            assert after[name].shape[0] == after[second].shape[1] == 24
            assert (after[name][16:].abs().sum(dim=1) > 0).all()
            assert (after[second][:, 16:] == 0).all()
    shape = json.loads((to / "adapter_config.json").read_text(encoding="utf-8"))
    assert (shape["r"], shape["lora_alpha"]) == (24, 48)
    assert read_adapter(to).manifest.title == read_adapter(START).manifest.title


@pytest.mark.slow
def test_a_rank_that_is_no_higher_leaves_the_adapter_as_it_is_and_another_scale_is_refused(tmp_path: Path) -> None:
    assert widened(START, Lora(r=16, alpha=32), tmp_path / "wide") == START
    with pytest.raises(SettingsError, match=r"has alpha / r = 2, the settings say 1\. Set lora\.alpha to 64\."):
        widened(START, Lora(r=32, alpha=32), tmp_path / "wide")
    assert not (tmp_path / "wide").exists()
