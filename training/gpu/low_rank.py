"""What training every weight changed, as an adapter: the best low-rank form of the difference, and what it loses.

Of every linear layer's difference the first ``rank`` singular values are kept, which is the nearest matrix of that
rank (Eckart and Young, Psychometrika 1936). Embeddings, norms and the head have no place in an adapter: what changed
there is counted as lost.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.trainer.initial_model import lora_config
from training.trainer.settings import Lora
from training.trainer.weights import load_model


@dataclass(frozen=True, slots=True)
class LowRank:
    """The base with the adapter on it (a PeftModel), and shares of the difference's Frobenius norm, 0 to 1.

    ``kept`` is what the adapter is of the whole difference, as √(1 − ‖rest‖² / ‖difference‖²); ``linear`` what the
    linear layers are, which no rank can exceed. Both are 1 where nothing changed.
    """

    model: Any
    rank: int
    changed: bool
    kept: float
    linear: float

    @property
    def said(self) -> str:
        """In a sentence."""
        if not self.changed:
            return "Training changed no weight, so the adapter is empty."
        return (
            f"The adapter of rank {self.rank} keeps {100 * self.kept:.1f} % of the Frobenius norm of what training "
            f"changed; the linear layers hold {100 * self.linear:.1f} % of it."
        )


def low_rank(base: str, trained: Path, rank: int) -> LowRank:
    """The adapter on ``base`` (as in ``Grpo.model``) that comes nearest to the weights in ``trained``.

    Raises:
        SettingsError: There are no weights.
    """
    import torch
    from peft import get_peft_model
    from peft.tuners.lora import LoraLayer

    device = "cuda" if torch.cuda.is_available() else "cpu"
    after = dict(load_model(str(trained), torch.float32).named_parameters())
    plain = load_model(base, torch.float32)
    difference = {name: (after[name] - weight).detach() for name, weight in plain.named_parameters()}
    whole = sum(float(change.double().square().sum()) for change in difference.values())
    # A scale of 1: alpha = r.
    model = get_peft_model(plain, lora_config(Lora(r=rank, alpha=rank)))
    linear = rest = 0.0
    for name, layer in model.get_base_model().named_modules():
        if not isinstance(layer, LoraLayer):
            continue
        change = difference[f"{name}.weight"].to(device)
        left, values, right = torch.linalg.svd(change, full_matrices=False)
        root = values[:rank].sqrt()
        first = _filled(layer.lora_A["default"], root[:, None] * right[:rank], along=0)
        second = _filled(layer.lora_B["default"], left[:, :rank] * root, along=1)
        squared = float(change.double().square().sum())
        linear, rest = linear + squared, rest + float((change - second @ first).double().square().sum())
    return LowRank(model, rank, whole > 0, kept=_share(linear - rest, whole), linear=_share(linear, whole))


def _share(part: float, whole: float) -> float:
    """A share of a norm from the two squares; 1 where there is nothing to share."""
    return math.sqrt(max(0.0, part / whole)) if whole else 1.0


def _filled(linear: Any, factor: Any, *, along: int) -> Any:
    """Puts ``factor`` into a linear layer, rounded to bfloat16, as adapters are kept; returns what is there then.

    Where a matrix has fewer singular values than the rank, the rest (``along`` that axis) is zero.
    """
    import torch

    weight = torch.zeros_like(linear.weight, dtype=torch.bfloat16, device=factor.device)
    weight.narrow(along, 0, factor.shape[along]).copy_(factor)
    linear.weight = torch.nn.Parameter(weight.to(linear.weight.device))
    return weight.float()
