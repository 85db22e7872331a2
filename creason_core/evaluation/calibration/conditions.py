"""All that makes questions and answers alike, and so a calibration that of an answer."""

import hashlib
from dataclasses import fields

from creason_core.frozen import Frozen
from creason_core.model.engines.base import ModelIdentity

# What people call the weights counts only where their hash is not known: the same weights answer alike.
_NAMED_BY = {"engine": "model_hash", "model": "model_hash", "adapter": "adapter_hash"}


class Conditions(Frozen):
    """What was asked, of which model, and how: every field counts, and every field of ``identity``.

    Questions are natural (none balanced by class or chosen by difficulty), with the leak guard on.
    """

    identity: ModelIdentity
    """The model, its adapter, and what computes: by hash where there is one."""
    cohort: str
    """Whose patients are asked about."""
    codebook_hash: str
    """SHA-256 (hex); determines what is hidden and how it is called."""
    split_hash: str
    """SHA-256 (hex); determines on whom the options were fitted."""
    design: str
    """How options were made."""
    design_version: int
    """Of the design."""
    prompt_version: int
    """Of ``question.prompts``: the wording."""
    scoring: str
    """How samples become one answer."""
    samples: int
    """Completions a question."""
    temperature: float
    """Of the samples."""
    max_tokens: int
    """Of a completion."""

    def key(self, *, any_length: bool = False) -> str:
        """32 hex digits over all of it; ``any_length`` leaves out ``max_tokens``.

        An empty field of ``identity`` does not count, so one that is added later leaves older keys as they are.
        """
        told = {name: value for name, value in _known(self.identity).items() if value not in ("", None)}
        told |= {name: getattr(self, name) for name in type(self).model_fields if name != "identity"}
        if any_length:
            told["max_tokens"] = "any"
        lines = "\n".join(f"{name}={told[name]}" for name in sorted(told))
        return hashlib.sha256(lines.encode()).hexdigest()[:32]

    def differing(self, other: "Conditions", *, any_length: bool = False) -> tuple[str, ...]:
        """What of ``other`` is not as here, in words; ``any_length`` leaves out ``max_tokens``."""
        told = ["model"] if _known(self.identity) != _known(other.identity) else []
        for name in type(self).model_fields:
            here, there = getattr(self, name), getattr(other, name)
            if here != there and name != "identity" and not (any_length and name == "max_tokens"):
                shown = "" if name.endswith("_hash") else f" ({here}, not {there})"
                told.append(f"{name.removesuffix('_hash').replace('_', ' ')}{shown}")
        return tuple(told)


def _known(identity: ModelIdentity) -> dict[str, object]:
    """Every field of ``identity`` that says which weights answer and how."""
    values = {field.name: getattr(identity, field.name) for field in fields(identity)}
    return {name: value for name, value in values.items() if not values.get(_NAMED_BY.get(name, ""))}
