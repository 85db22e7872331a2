"""``creason evaluate``: puts a file of questions to a model and writes a run folder."""

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from creason_core.commands.arguments import at_least_one
from creason_core.commands.questions import OTHERWISE

if TYPE_CHECKING:
    from creason_core.cohort.cohort import Cohort
    from creason_core.evaluation.completions import StoredCompletion
    from creason_core.evaluation.finishing import Finished
    from creason_core.evaluation.plan import Scoring
    from creason_core.evaluation.summary import ScoringFigures
    from creason_core.metrics.intervals import Estimate
    from creason_core.model.engines.base import Engine
    from creason_core.settings import Settings

ENGINES = ("auto", "vllm", "embedded", "replay")
SCORINGS = ("greedy", "mean", "majority", "logprob")
PATIENT = 3600.0  # seconds: a server with a full queue is slow, not broken


def add(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers the command."""
    does = "put a file of questions to a model; a stopped run goes on with the same command"
    parser = groups.add_parser("evaluate", help=does, description=f"{does.capitalize()}.")
    parser.set_defaults(command=_evaluate)
    parser.add_argument("file", type=Path, metavar="FILE", help="a file made by `creason questions build`")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="the run folder, such as runs/NAME")
    parser.add_argument(
        "--engine", type=engine_name, default="auto", help=f"{', '.join(ENGINES)}, or baseline:NAME (default: auto)"
    )
    named = "base, a version as in creason model list, a served or an embedded model (default: what answers here)"
    parser.add_argument("--model", default="", help=named)
    parser.add_argument(
        "--samples", type=at_least_one, default=1, metavar="N", help="completions a question (default: 1)"
    )
    parser.add_argument(
        "--scoring",
        type=_scorings,
        default=None,
        metavar="S,…",
        help=f"of {', '.join(SCORINGS)} (default: greedy for one sample, majority,mean for several)",
    )
    parser.add_argument(
        "--temperature", type=temperature, default=0.7, help="of the samples; greedy is 0 (default: 0.7)"
    )
    parser.add_argument("--max-tokens", type=at_least_one, default=None, metavar="N", help="of a completion")
    parser.add_argument(
        "--limit", type=at_least_one, metavar="N", help="only N of the questions, the same N in every run"
    )
    parser.add_argument(
        "--concurrency", type=at_least_one, default=32, metavar="N", help="requests at once (default: 32)"
    )
    parser.add_argument("--cohort", default="", metavar="NAME", help=OTHERWISE)
    parser.add_argument("--group-by", default="", metavar="FEATURE", help="also report by this feature of the patient")
    parser.add_argument("--notes", action="store_true", help="put the registry's notes into every prompt")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def temperature(text: str) -> float:
    """A temperature as typed."""
    value = float(text)
    if not 0 <= value <= 2:
        raise argparse.ArgumentTypeError("must be within 0 and 2")
    return value


def engine_name(text: str) -> str:
    """An engine as typed."""
    if text not in ENGINES and not text.startswith("baseline:"):
        raise argparse.ArgumentTypeError(f"must be one of {', '.join(ENGINES)}, or baseline:NAME")
    return text


def _scorings(text: str) -> "tuple[Scoring, ...]":
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    if unknown := [name for name in names if name not in SCORINGS]:
        raise argparse.ArgumentTypeError(f"no such scoring: {', '.join(unknown)}")
    return names  # type: ignore[return-value]


def _evaluate(arguments: argparse.Namespace) -> int:
    from creason_core.cohort.loading import load_cohort
    from creason_core.evaluation.run import Progress, Wanted, evaluate
    from creason_core.evaluation.saved import read_run, save
    from creason_core.question.vectorised.table import read_questions
    from creason_core.settings import settings

    default: tuple[Scoring, ...] = ("greedy",) if arguments.samples == 1 else ("majority", "mean")
    wanted = Wanted(
        question_file=arguments.file,
        folder=arguments.out,
        scorings=arguments.scoring or default,
        samples=arguments.samples,
        temperature=arguments.temperature,
        max_tokens=arguments.max_tokens or settings().max_tokens,
        concurrency=arguments.concurrency,
        limit=arguments.limit,
        group_by=arguments.group_by,
        notes=arguments.notes,
    )
    cohort = load_cohort(arguments.cohort or read_questions(arguments.file).meta.cohort)
    bar = ProgressBar()
    engine = engine_for(_engine_of(arguments.engine, arguments.out), arguments.model, cohort)
    try:
        finished = evaluate(wanted, engine, cohort, settings().data_dir, Progress(bar.begun, bar.arrived, bar.played))
    finally:
        bar.close()
        engine.close()
    saved = read_run(finished.folder)
    save(saved, settings().data_dir)
    print(saved.model_dump_json(indent=2) if arguments.json else _told(finished))
    return 0


class ProgressBar:
    """A progress bar on standard error: completions, their rate, the time left, tokens a second."""

    def __init__(self) -> None:
        from tqdm import tqdm

        self._tqdm = tqdm
        self._bar: tqdm | None = None  # type: ignore[type-arg]
        self._tokens = 0
        self._started = time.monotonic()

    def begun(self, total: int, done: int) -> None:
        """Shows the bar."""
        pause = 0.5 if sys.stderr.isatty() else 15.0  # seconds between two lines of a log
        self._bar = self._tqdm(
            total=total, initial=done, unit=" completions", file=sys.stderr, smoothing=0.05, mininterval=pause
        )
        self._started = time.monotonic()

    def arrived(self, completion: "StoredCompletion") -> None:
        """Moves it on."""
        if self._bar is not None:
            self._tokens += completion.tokens
            rate = self._tokens / max(time.monotonic() - self._started, 1e-9)
            self._bar.set_postfix_str(f"{rate:.0f} tokens/s", refresh=False)
            self._bar.update()

    def played(self, features: int) -> None:
        """Goes on to the baselines, whose number of features is not known before."""
        if self._bar is not None and self._bar.unit != " features":
            self._bar.close()
            self._bar = self._tqdm(desc="Baselines", unit=" features", file=sys.stderr)
        if self._bar is not None:
            self._bar.update(features)

    def close(self) -> None:
        """Leaves the bar as it is."""
        if self._bar is not None:
            self._bar.close()


def _engine_of(name: str, folder: Path) -> str:
    """The engine asked for; on "auto", where a run is to go on, the one it was begun with."""
    from creason_core.evaluation.run import RUN, read_run_file

    if name != "auto" or not (folder / RUN).exists():
        return name
    begun = read_run_file(folder).plan.model
    return f"baseline:{begun.model}" if begun.engine == "baseline" else begun.engine


def engine_for(name: str, model: str, cohort: "Cohort") -> "Engine":
    """The engine that is to answer, with the patience of a command."""
    from creason_core.evaluation.baselines.engine import BaselineEngine
    from creason_core.evaluation.registry_notes import reader as notes_reader
    from creason_core.model.engines.choose import choose_engine

    if name == f"baseline:{notes_reader.NAME}":
        return notes_reader.NotesReader()
    if name.startswith("baseline:"):
        return BaselineEngine(name.removeprefix("baseline:"), cohort)
    return choose_engine(patient_settings(name, model))


def patient_settings(name: str, model: str) -> "Settings":
    """The settings by which the engine ``name`` answers with ``model``, and waits as a command does."""
    from creason_core.settings import settings

    limits = {"first_token_seconds": PATIENT, "idle_seconds": PATIENT / 10, "total_seconds": PATIENT}
    of_ours = model == "base" or "@" in model  # the base or a version of an adapter, whichever engine has it
    asked = {"model": model} if of_ours else {"vllm_model": model, "embedded_model": model}
    chosen = {"engine": name, **(asked if model else {})}
    return settings().model_copy(update=limits | chosen)


def _told(finished: "Finished") -> str:
    summary, plan = finished.summary, finished.plan
    lines = [
        f"{plan.model.title} ({plan.model.engine}) on {summary.questions:,} questions about {summary.patients:,} "
        f"{plan.questions.split} patients of {plan.questions.cohort} ({plan.questions.design}"
        f"{', balanced' if plan.questions.balanced else ''}); {summary.replies.completions:,} completions.",
        f"  chance {share(summary.chance)}, always the commonest option {share(summary.prior)}",
        *(
            f"  {floor.name} {share(floor.everything)}"
            for floor in summary.floors
            if floor.name not in ("chance", "prior")
        ),
        *(line for one in summary.scorings for line in _scoring(one)),
    ]
    if (numbers := summary.replies.numbers) and numbers.true:
        told = f"{share(numbers.true)} of {numbers.true.n:,}, quoted by {100 * numbers.quoting:.0f} % of the replies"
        lines.append(f"  numbers quoted that are in the record: {told}")
    if summary.headroom:
        lines.append(f"  covers {share(summary.headroom)} of the way from the commonest option to boosting")
    if summary.floors_note:
        lines.append(f"No baselines: {summary.floors_note}")
    if finished.calibration_note:
        lines.append(finished.calibration_note)
    lines.append(f"Everything is in {finished.folder}; `creason report {finished.folder}` makes a page of it.")
    return "\n".join(lines)


def _scoring(figures: "ScoringFigures") -> list[str]:
    lines = [
        f"  {figures.scoring:<9} accuracy {share(figures.accuracy)}, balanced accuracy "
        f"{share(figures.balanced_accuracy)}, answered {share(figures.answered)}"
    ]
    if figures.confidence:
        found = figures.confidence
        lines.append(
            f"            Brier (0–2) {found.brier.value:.3f}, NLL {found.nll.value:.3f}, ECE {found.ece.value:.3f}, "
            f"AURC {found.aurc:.3f}, accuracy at 80 % coverage {100 * found.accuracy_at_80:.1f} %"
        )
    return lines


def share(found: "Estimate") -> str:
    """A share with its interval, in per cent."""
    ends = found.ends(lambda end: f"{100 * end:.1f}", "–")
    return f"{100 * found.value:.1f} % ({ends})"
