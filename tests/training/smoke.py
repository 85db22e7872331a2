"""Every recipe for a few steps on a tiny model, and what must be true of each: ``make train-smoke``, on a CPU.

    python -m tests.training.smoke

The warm start, reinforcement on top of it, and KTO from ratings on top of that. Of each: the losses are finite, the
weights moved, a run that was stopped goes on to the same bytes, and the embedded engine answers with the adapter. Of
reinforcement: the logged rewards are those that a few lines of their own compute from the stored completions. Of the
last: vLLM answers with it. Besides, the run of ``training.gpu``, rehearsed in two steps. Ends with 0 where all holds.
This computer's own models, cases and ratings stay untouched.
"""

import hashlib
import json
import math
import os
import re
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, TextIO

import pyarrow.parquet as pq

from creason_core.files import sha256
from creason_core.model.adapters.manifest import WEIGHTS, read_adapter
from creason_core.model.adapters.merging import merged
from creason_core.model.engines.base import Engine, GenerationRequest, Message
from creason_core.model.engines.embedded import Embedded
from creason_core.model.engines.vllm_server import VllmServer
from creason_core.model.engines.weights import model_folder
from creason_core.model.engines.weights_cache import cache_folder
from creason_core.settings import settings
from tests.training import smoke_data
from tests.training.gpu.rehearsal import rehearse
from tests.training.tiny import make_tiny
from training import grpo, kto, sft
from training.package import pack
from training.rl.vllm_server import rollout_server
from training.trainer.settings import Grpo, Kto, Lora, Rewards, WarmStart
from training.trainer.weights import base_folder

MODEL = "tiny"
LOG = Path(tempfile.gettempdir()) / "creason-train-smoke.log"
LORA = Lora(r=4, alpha=8)
HALF = 3  # steps until the checkpoint that a stopped run goes on from
COIN = 0.5  # weight of the random reward, which a tiny model earns as often as any other
REQUEST = GenerationRequest(
    (Message("user", "Lactate: 4 mmol/L"), Message("assistant", "So it is high")), max_tokens=8, temperature=0.0, seed=0
)
BOX = re.compile(r"\\boxed\{\s*([A-E])\s*\}")


class Checks:
    """What was looked at, said line by line as it is found; what libraries say goes to ``log``."""

    def __init__(self, log: TextIO) -> None:
        self.failed = 0
        self._log = log
        sys.stdout.write(f"{'recipe':<8}{'what must hold':<46}{'':<8}{'seconds':>7}  seen\n")

    def look(self, recipe: str, what: str, found: Callable[[], tuple[bool, str]]) -> bool:
        """Looks, and says what was seen; an error is a failure, its traceback in the log."""
        began = time.monotonic()
        try:
            with redirect_stdout(self._log), redirect_stderr(self._log):
                holds, seen = found()
        except Exception as error:  # noqa: BLE001 - one check must not hide the others
            traceback.print_exc(file=self._log)
            holds, seen = False, f"{type(error).__name__}: {error}"
        self.failed += not holds
        word, took = "holds" if holds else "FAILS", time.monotonic() - began
        sys.stdout.write(f"{recipe:<8}{what:<46}{word:<8}{took:>7.1f}  {seen}\n")
        sys.stdout.flush()
        return holds


def of_recipe(
    checks: Checks, name: str, config: Any, train: Callable[[Any], Path], start: Path | None = None
) -> Path | None:
    """Trains, and looks at all that must be true of every recipe; returns the adapter's folder, None without one."""
    made: list[Path] = []

    def trained() -> tuple[bool, str]:
        made.append(train(config))
        losses = [entry["loss"] for entry in _history(config.out) if "loss" in entry]
        shown = ", ".join(f"{loss:.3f}" for loss in losses)
        return bool(losses) and all(map(math.isfinite, losses)), f"losses {shown}"

    def moved() -> tuple[bool, str]:
        before = sha256(start / WEIGHTS) if start else ""
        norm = _norm(made[0])
        return norm > 0 and sha256(made[0] / WEIGHTS) != before, f"norm of the second factors {norm:.4f}"

    def resumed() -> tuple[bool, str]:
        again = config.model_copy(update={"out": config.out.with_name(f"{config.out.name}-resumed")})
        shutil.copytree(config.out / f"checkpoint-{HALF}", again.out / f"checkpoint-{HALF}")
        one, other = sha256(made[0] / WEIGHTS), sha256(train(again) / WEIGHTS)
        return one == other, f"SHA-256 {one[:12]}… and {other[:12]}…"

    def embedded() -> tuple[bool, str]:
        engine = Embedded(base_folder(MODEL), adapter=made[0], cache=cache_folder(settings()))
        return _answers(engine, read_adapter(made[0]).manifest.title)

    if checks.look(name, "trains; every loss is finite", trained):
        checks.look(name, "the weights moved", moved)
        checks.look(name, "a stopped run goes on to the same bytes", resumed)
        checks.look(name, "the embedded engine answers with the adapter", embedded)
    return made[0] if made else None


def rewards_by_hand(out: Path, weights: Rewards, seed: int) -> tuple[bool, str]:
    """Whether every logged reward is that of its completions, by nothing but a pattern and a hash."""
    logged = {entry["step"]: entry["reward"] for entry in _history(out) if "reward" in entry}
    by_hand = {}
    for file in sorted((out / "completions").glob("*.parquet")):
        rows = pq.read_table(file).to_pylist()
        by_hand[rows[0]["step"]] = sum(_reward(row, weights, seed) for row in rows) / len(rows)
    same = logged.keys() == by_hand.keys() and all(abs(logged[step] - by_hand[step]) < 1e-6 for step in logged)
    shown = ", ".join(f"{logged[step]:.4f} = {by_hand.get(step, math.nan):.4f}" for step in sorted(logged))
    return bool(logged) and same, shown


def _reward(row: dict[str, Any], weights: Rewards, seed: int) -> float:
    boxes = BOX.findall(row["completion"])
    about = f"{seed}\0{row['step'] - 1}\0{row['question']}\0{row['completion']}"  # sampled before the step was counted
    coin = hashlib.sha256(about.encode()).digest()[0] & 1
    return weights.correct * (boxes == [row["key"]]) + weights.random * coin


def served_by_vllm(adapter: Path | None, work: Path) -> tuple[bool, str]:
    """Whether a vLLM server answers with the adapter merged into the tiny model."""
    if adapter is None:
        return False, "there is no adapter"
    folder = merged(base_folder(MODEL), adapter, cache_folder(settings()), lambda _: None)
    # Compiling takes longer than all the rest, and is not what is looked at.
    with rollout_server(folder, "merged", LORA.r, work / "vllm.log", more=("--enforce-eager",)) as url:
        return _answers(VllmServer(f"{url}/v1"), read_adapter(adapter).manifest.title)


def _answers(engine: Engine, adapter: str) -> tuple[bool, str]:
    try:
        reply = engine.sample(REQUEST, 1)[0]
        named = engine.identity.adapter
    finally:
        engine.close()
    return reply.tokens > 0 and named == adapter, f"{reply.tokens} tokens from {engine.identity.model} {named}".strip()


def _history(out: Path) -> list[dict[str, Any]]:
    """What the trainer logged, from the last checkpoint of a run."""
    last = max(out.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]))
    said: list[dict[str, Any]] = json.loads((last / "trainer_state.json").read_bytes())["log_history"]
    return said


def _norm(adapter: Path) -> float:
    """The norm of all second factors, which are zero before training."""
    from safetensors.torch import load_file

    tensors = load_file(adapter / WEIGHTS)
    return math.sqrt(sum(float(one.float().square().sum()) for name, one in tensors.items() if "lora_B" in name))


def _warm_start(config: WarmStart) -> Path:
    return pack(sft.train(config), config.out / "packed", "smoke", "sft").folder


def run(work: Path, like: str, log: TextIO) -> int:
    """All checks, in the folder ``work``; how many failed. ``like`` is the folder of the tokenizer to use."""
    make_tiny(settings().models_dir / MODEL, like=like)
    checks = Checks(log)
    asked = smoke_data.questions(work)
    warm = WarmStart(
        model=MODEL,
        rationales=(smoke_data.rationales(asked),),
        out=work / "sft",
        batch=2,
        learning_rate=0.01,
        lora=LORA,
        max_length=2048,
        save_every=HALF,
    )
    started = of_recipe(checks, "SFT", warm, _warm_start)
    rewards = Rewards(correct=1.0, random=COIN)
    reinforced = Grpo(
        model=MODEL,
        start=started,
        questions=(asked,),
        out=work / "grpo",
        balanced=False,
        longest_prompt=2048,
        rewards=rewards,
        lora=LORA,
        trl={
            "num_generations": 4,
            "per_device_train_batch_size": 4,
            "max_completion_length": 12,
            "max_steps": 2 * HALF,
            "learning_rate": 0.01,
            "save_steps": HALF,
        },
    )
    best = of_recipe(checks, "GRPO", reinforced, grpo.train, started)
    checks.look(
        "GRPO", "logged rewards are those computed by hand", lambda: rewards_by_hand(reinforced.out, rewards, 0)
    )
    rated = Kto(
        model=MODEL,
        start=best,
        rows=smoke_data.ratings(work),
        out=work / "kto",
        version="smoke",
        epochs=HALF,
        batch=2,
        learning_rate=0.01,
        save_every=HALF,
    )
    final = of_recipe(checks, "KTO", rated, kto.train, best)
    rehearse(checks.look, work, asked, MODEL, started)
    checks.look("KTO", "vLLM answers with the adapter merged", lambda: served_by_vllm(final, work))
    return checks.failed


def main() -> int:
    """The command."""
    like, began = str(model_folder(settings())), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="creason-smoke-") as scratch:
        for name in [name for name in os.environ if name.startswith("CREASON_")]:
            del os.environ[name]
        os.environ |= {"CREASON_DATA_DIR": str(Path(scratch) / "data"), "CREASON_EMBEDDED_MODEL": MODEL}
        settings.cache_clear()
        with LOG.open("w", encoding="utf-8") as log:
            failed = run(Path(scratch), like, log)
    word = f"{failed} of the checks failed, {LOG} says more" if failed else "Everything holds"
    sys.stdout.write(f"{word}; {time.monotonic() - began:.0f} s.\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
