"""One run on one machine: training within its time, the adapter that is brought back, and what it is worth."""

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

from creason_core.cohort.loading import load_cohort
from creason_core.errors import EvaluationError
from creason_core.evaluation.run import Progress, Wanted, evaluate
from creason_core.files import write_whole
from creason_core.question.vectorised.table import read_questions
from creason_core.settings import settings
from training.data.questions import choose
from training.gpu.batched import Batched
from training.gpu.budget import Budget
from training.gpu.low_rank import low_rank
from training.gpu.machine import Machine, fitted, machine
from training.gpu.widening import widened
from training.grpo import train
from training.release.save import save_policy
from training.release.training_log import RELEASES
from training.rl.dry_run import report
from training.rl.grpo_args import arguments
from training.rl.memory import GB, shape_of
from training.trainer.settings import Grpo, read_settings
from training.trainer.weights import load_tokenizer, newest_checkpoint

TRAINING = 0.7  # of the minutes
WRITING = 20.0  # seconds at the end, for what is written after the last reply
AT_ONCE = {"cuda": 256, "cpu": 4}  # replies of an evaluation
METRICS = "metrics.json"


@dataclass
class Session:
    """What is asked for. ``began`` is of ``time.monotonic``; ``out`` comes back, ``work`` need not."""

    carried: Path
    out: Path
    work: Path
    began: float
    minutes: float
    rank: int
    limit: int
    metrics: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        settings.cache_clear()  # the data folder is the carried one
        packed = read_settings(self.carried / "settings.json", Grpo)
        placed = {
            "model": str(self.carried / packed.model),
            "start": self.carried / packed.start if packed.start else None,
            "questions": tuple(self.carried / path for path in packed.questions),
            "out": self.work / "run",
        }
        self.machine: Machine = machine()
        config = packed.model_copy(update=placed)
        if config.lora is not None and config.start is not None:
            wide = widened(config.start, config.lora, self.work / "start")
            config = config.model_copy(update={"start": wide})
        self.config = fitted(config, self.machine, shape_of(config))
        self.held_out = sorted((self.carried / "held-out").glob("*.parquet"))

    def plan(self) -> Iterator[str]:
        """What will be done, in sentences."""
        config, trl = self.config, self.config.trl
        yield from self.machine.said
        each, times = trl["per_device_train_batch_size"], trl["gradient_accumulation_steps"]
        trained = f"an adapter of rank {config.lora.r}" if config.lora else "every weight"
        yield f"GRPO trains {trained}; {config.rollouts.engine} writes; {each} × {times} completions a step."
        if config.lora is None:
            yield f"What it changes is brought back as an adapter of rank {self.rank}, with what that loses."
        yield f"The prompts have {'the registry’s notes' if config.notes else 'no notes of the registry'}."
        yield (
            f"Training ends {self.minutes * TRAINING:.1f} minutes after the start, all of it after {self.minutes:g}, "
            f"and {time.monotonic() - self.began:.0f} seconds are gone."
        )
        files = ", ".join(path.name for path in self.held_out) or "no file"
        yield f"Then it is asked at most {self.limit:,} held-out questions of {files}, and the start the same."

    def account(self) -> str:
        """The whole account of a dry run of the training."""
        return report(self.config)

    def run(self) -> Iterator[str]:
        """All of it; what came of each part, as it is done.

        Raises:
            CReasonError: The training cannot start, or its loss was not finite.
        """
        self._note("machine", {**asdict(self.machine), "memory": f"{self.machine.memory / GB:.1f} GB free"})
        self._note("releases", {name: version(name) for name in RELEASES})
        budget = Budget(self.began + 60 * self.minutes * TRAINING)
        made = _finished(self.config) or train(self.config, [budget])
        budget.stopped = budget.stopped or "every step was done before"
        self._note("training", {"stopped": budget.stopped, "seconds": self._gone(), **_course(self.config.out)})
        yield f"Trained: {budget.stopped}."
        yield from self._bring(made)
        model = self.config.model
        yield from self._evaluate("trained", model, self.out / "adapter")
        yield from self._evaluate("start", model, self.config.start)
        if self.config.lora is None:  # what the low-rank form is to be held against
            yield from self._evaluate("every weight", str(made), None)
        self._note("seconds", self._gone())
        yield f"Everything is in {self.out}, after {self._gone():.0f} seconds."

    def _bring(self, made: Path) -> Iterator[str]:
        """Writes what comes back of the training."""
        adapter = self.out / "adapter"
        shutil.rmtree(adapter, ignore_errors=True)
        for name in ("training.json", "report.html"):
            shutil.copyfile(self.config.out / name, self.out / name)
        if self.config.lora is not None:
            shutil.copytree(made, adapter)
            return
        found = low_rank(self.config.model, made, self.rank)
        about = choose(self.config, load_tokenizer(self.config.model)).about
        save_policy(found.model, self.config, about, adapter, f", every weight, as rank {self.rank}")
        self._note("low rank", {"rank": found.rank, "kept": found.kept, "linear": found.linear})
        yield found.said

    def _evaluate(self, who: str, model: str, adapter: Path | None) -> Iterator[str]:
        """Asks the model with ``adapter`` each file of held-out questions; what it got right, or why none is said."""
        until = self.began + 60 * self.minutes - WRITING
        engine = Batched(model, adapter, at_once=AT_ONCE[self.machine.device], until=until)
        try:
            for path in self.held_out:
                found, said = self._asked(engine, path, self.out / "evaluation" / who / path.stem)
                self._note(f"{who} on {path.name}", found)
                yield f"{who} on {path.name}: {said}"
        finally:
            engine.close()

    def _asked(self, engine: Batched, path: Path, folder: Path) -> tuple[dict[str, object], str]:
        shutil.rmtree(folder, ignore_errors=True)  # of a run that went on since
        wanted = Wanted(
            question_file=path,
            folder=folder,
            scorings=("greedy",),
            samples=1,
            temperature=0.0,
            max_tokens=int(arguments(self.config, dry=True).max_completion_length),
            concurrency=AT_ONCE[self.machine.device],
            limit=self.limit,
            notes=self.config.notes,
        )
        cohort = load_cohort(read_questions(path).meta.cohort)
        try:
            quiet = Progress(lambda _all, _done: None, lambda _: None)
            summary = evaluate(wanted, engine, cohort, settings().data_dir, quiet).summary
        except EvaluationError as error:
            return {"not finished": str(error)}, f"not finished. {error}"
        scored = summary.scorings[0]
        right, between = scored.accuracy, scored.accuracy.interval
        found = {
            "questions": right.n,
            "patients": right.clusters,
            "accuracy": right.value,
            "low": between.low,
            "high": between.high,
            "answered": scored.answered.value,
            "chance": summary.chance.value,
            "commonest": summary.prior.value,
            "baselines": {one.name: one.everything.value for one in summary.floors},
        }
        ends = right.ends(lambda share: f"{100 * share:.1f}")
        return (
            found,
            f"{100 * right.value:.1f} % right ({ends}) of {right.n:,}, {100 * scored.answered.value:.1f} % answered.",
        )

    def _gone(self) -> float:
        return round(time.monotonic() - self.began, 1)

    def _note(self, name: str, what: object) -> None:
        """Adds to ``metrics.json``, which is whole at every time."""
        self.metrics[name] = what
        write_whole(self.out / METRICS, json.dumps(self.metrics, indent=1) + "\n")


def _finished(config: Grpo) -> Path | None:
    """The weights of a training whose every step is done; resumed, transformers (5.19) would take one more."""
    made, last = config.out / ("adapter" if config.lora else "model"), newest_checkpoint(config.out)
    if last is None or not made.is_dir() or not (config.out / "training.json").is_file():
        return None
    state = json.loads((Path(last) / "trainer_state.json").read_bytes())
    return made if state["global_step"] >= state["max_steps"] else None


def _course(out: Path) -> dict[str, object]:
    """How many steps there were, and the figures of the first and the last."""
    history = json.loads((out / "training.json").read_bytes())["history"]
    steps = [entry for entry in history if "reward" in entry]
    shown = [{name: entry[name] for name in ("step", "reward", "loss", "answered")} for entry in steps]
    return {"steps": shown[-1]["step"] if shown else 0, "first": shown[:1], "last": shown[-1:]}
