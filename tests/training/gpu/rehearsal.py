"""The run on a GPU, rehearsed on a processor in two steps: packed, carried, dry, for real, and once more."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from creason_core.model.adapters.manifest import WEIGHTS, read_adapter
from tests.training import smoke_data
from training.gpu.pack import pack
from training.trainer.settings import Grpo
from training.trainer.weights import newest_checkpoint

PIECE = 5_000_000  # bytes, so that a tiny model too goes in several
SETTINGS = {
    "out": "unused",
    "version": "rehearsal",
    "balanced": False,
    "longest_prompt": 2048,
    "lora": None,
    "rollouts": {"engine": "colocate"},
    "rewards": {"random": 1.0},  # which a tiny model earns as often as any other, so that weights move
    "trl": {
        "num_generations": 4,
        "per_device_train_batch_size": 4,
        "max_completion_length": 8,
        "max_steps": 2,
        "learning_rate": 0.001,
        "warmup_steps": 0,
    },
}
Look = Callable[[str, str, Callable[[], tuple[bool, str]]], bool]


def rehearse(look: Look, work: Path, questions: Path, model: str, start: Path | None) -> None:
    """Everything that a run on a GPU does but the GPU's own part; ``look`` says what held."""
    folder, out = work / "carried-folder", work / "gpu"

    def packed() -> tuple[bool, str]:
        asked = {**SETTINGS, "model": model, "start": start, "questions": [questions], "notes": True}
        held_out = smoke_data.questions(work, "validation", limit=4)
        pack(Grpo.model_validate(asked), [held_out], [], folder, PIECE)
        sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
        pieces = sum(".piece-" in path.name for path in folder.rglob("*"))
        return max(sizes) <= PIECE and pieces > 1, f"{len(sizes)} files, {pieces} of them pieces of larger ones"

    def dry() -> tuple[bool, str]:
        ended, said = _command(folder, out, "--dry-run")
        there = (out / "work" / "run").exists()
        return ended == 0 and "nothing was trained" in said and not there, _last(said)

    def trained() -> tuple[bool, str]:
        ended, _ = _command(folder, out)
        metrics = _metrics(out)
        manifest = read_adapter(out / "adapter").manifest
        kept, asked = metrics["low rank"]["kept"], metrics["trained on validation.parquet"]["questions"]
        right = (metrics["training"]["steps"], manifest.data.prompt_version, asked) == (2, 2, 4) and 0 < kept < 1
        return ended == 0 and right, f"{metrics['seconds']:.0f} s, the adapter keeps {100 * kept:.0f} %"

    def again() -> tuple[bool, str]:
        before = (out / "adapter" / WEIGHTS).read_bytes()
        ended, said = _command(folder, out)
        same = (out / "adapter" / WEIGHTS).read_bytes() == before
        last = newest_checkpoint(out / "work" / "run") or ""
        return ended == 0 and same and last.endswith("checkpoint-2"), _last(said)

    def damaged() -> tuple[bool, str]:
        piece = next(folder.rglob("*.piece-001"))
        piece.write_bytes(b"\0" + piece.read_bytes()[1:])
        ended, said = _command(folder, out, "--dry-run")
        return ended == 1 and f"{piece.name}, a piece of" in said and "is damaged" in said, _last(said)[:60]

    if look("GPU", "packed in pieces", packed) and look("GPU", "a dry run trains nothing", dry):
        if look("GPU", "two steps, low-rank form, evaluation", trained):
            look("GPU", "the same command again goes on from the end", again)
        look("GPU", "a damaged piece is refused", damaged)


def _command(folder: Path, out: Path, *more: str) -> tuple[int, str]:
    """The command as it is typed on the other machine: from the carried source, with nothing of this one's."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CREASON_")}
    line = [sys.executable, "-m", "training.gpu.run", str(folder), "--minutes", "60", "--rank", "8", "--out", str(out)]
    ended = subprocess.run(
        [*line, *more],
        cwd=folder / "source",
        env={**environment, "PYTHONPATH": str(folder / "source")},
        capture_output=True,
        text=True,
        check=False,
    )
    said = ended.stdout + ended.stderr
    sys.stdout.write(said)  # into the log of the smoke test
    return ended.returncode, said


def _metrics(out: Path) -> Any:
    return json.loads((out / "metrics.json").read_bytes())


def _last(said: str) -> str:
    return said.strip().rpartition("\n")[2]
