"""The low-rank form of a difference is the difference where it has that rank, and says what it loses where not."""

import math
from pathlib import Path
from typing import Any

import pytest

from creason_core.model.engines.weights import model_folder
from creason_core.settings import settings
from tests.training.tiny import make_tiny
from training.gpu.low_rank import low_rank
from training.trainer.weights import load_model

pytestmark = pytest.mark.slow
LAYER = "model.layers.0.self_attn.q_proj.weight"  # 128 × 128
DOWN = "model.layers.1.mlp.down_proj.weight"  # 128 × 256
NORM = "model.norm.weight"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("low-rank") / "base"
    make_tiny(folder, like=str(model_folder(settings())))
    return folder


def trained(base: Path, to: Path, changes: dict[str, Any]) -> Path:
    """The base with ``changes`` added to its weights, in 32 bits."""
    import torch

    model = load_model(str(base), torch.float32)
    weights = dict(model.named_parameters())
    with torch.no_grad():
        for name, change in changes.items():
            weights[name] += change
    model.save_pretrained(to)
    return to


def difference(rank: int, rows: int, columns: int) -> Any:
    """A matrix whose ``rank`` singular values are 1, 1/2, 1/3 …"""
    import torch

    torch.manual_seed(rank)
    left, right = torch.linalg.qr(torch.randn(rows, rank))[0], torch.linalg.qr(torch.randn(columns, rank))[0]
    return left @ torch.diag(1 / torch.arange(1.0, rank + 1)) @ right.T


def test_a_difference_of_that_rank_is_reproduced(base: Path, tmp_path: Path) -> None:
    import torch

    changes = {LAYER: difference(4, 128, 128), DOWN: difference(3, 128, 256)}
    found = low_rank(str(base), trained(base, tmp_path / "trained", changes), 4)
    assert found.kept == pytest.approx(1, abs=1e-4)
    assert found.linear == pytest.approx(1, abs=1e-4)
    merged = dict(found.model.merge_and_unload().named_parameters())
    before = dict(load_model(str(base), torch.float32).named_parameters())
    for name, weight in merged.items():
        change = changes.get(name, torch.zeros_like(weight))
        assert float((weight - before[name] - change).detach().norm()) <= 0.01 * max(float(change.norm()), 1e-9)


def test_what_a_lower_rank_loses_is_what_the_left_out_singular_values_come_to(base: Path, tmp_path: Path) -> None:
    found = low_rank(str(base), trained(base, tmp_path / "trained", {LAYER: difference(4, 128, 128)}), 2)
    expected = math.sqrt((1 + 1 / 4) / (1 + 1 / 4 + 1 / 9 + 1 / 16))
    assert found.kept == pytest.approx(expected, abs=1e-3)
    assert "The adapter of rank 2 keeps 93.7 % of the Frobenius norm" in found.said


def test_what_changed_outside_of_linear_layers_counts_as_lost(base: Path, tmp_path: Path) -> None:
    import torch

    change = torch.zeros(128)
    change[0] = 1.0
    matrix = difference(1, 128, 128)  # of norm 1, as the norm's change
    found = low_rank(str(base), trained(base, tmp_path / "trained", {LAYER: matrix, NORM: change}), 8)
    assert found.kept == pytest.approx(math.sqrt(0.5), abs=1e-3)
    assert found.linear == pytest.approx(math.sqrt(0.5), abs=1e-3)


def test_weights_that_did_not_change_lose_nothing(base: Path, tmp_path: Path) -> None:
    found = low_rank(str(base), trained(base, tmp_path / "trained", {}), 4)
    assert (found.kept, found.linear) == (1.0, 1.0)
    assert found.said == "Training changed no weight, so the adapter is empty."
