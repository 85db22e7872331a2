"""Prescribed replies for the browser: a model that always says the same, at the pace of a real one."""

from pathlib import Path

from creason_core.errors import ModelFault
from creason_core.model.engines.base import FinishReason
from creason_core.model.engines.replay import Recording

REASONING = (
    " The patient is septic with a low pressure and a fast respiratory rate, which points to poor perfusion."
    " The white cell count is high, so the infection is probably active, and bilirubin is above its range."
    " Poor perfusion reduces urine output and raises creatinine within a day."
    " A normal value would fit a healthier kidney; a very high one would need chronic disease, which the record denies."
    " The middle of the range is therefore the most likely."
)


def reply(
    letter: str | None,
    *,
    pace: float = 0.03,
    times: int = 1,
    finish: FinishReason = "stop",
    fault: ModelFault | None = None,
    message: str = "",
) -> Recording:
    """The reasoning ``times`` over, a word each ``pace`` seconds, ending in ``letter``, without one, or in a fault."""
    texts = [f" {word}" for word in REASONING.split() * times]
    if letter:
        texts.append(f" The answer is \\boxed{{{letter}}}.")
    return Recording(
        prompt="*",
        model="script",
        pieces=tuple((text, number) for number, text in enumerate(texts, 1)),
        finish_reason=None if fault else finish,
        fault=fault,
        message=message,
        seconds=pace,
    )


def write(folder: Path, *replies: Recording) -> Path:
    """A recordings file with these replies, which are given in turn."""
    path = folder / "replies.jsonl"
    path.write_text("\n".join(item.model_dump_json(exclude_defaults=True) for item in replies), encoding="utf-8")
    return path
