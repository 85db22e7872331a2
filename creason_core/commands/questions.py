"""``creason questions``: build files of questions, and say what their options give away."""

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from creason_core.commands.arguments import at_least_one

if TYPE_CHECKING:
    from creason_core.cohort.cohort import Cohort
    from creason_core.question.vectorised.sampling import Sampling

DESIGNS = ("stratified", "paper", "stratified-1")  # the last: an earlier version, to measure it again
OTHERWISE = "name or folder (default: by the name in the file)"
KINDS = ("numbers", "levels", "outcomes")
SPLITS = ("train", "validation", "test")
UNJUDGED = 3  # exit code: the sample is too small for a verdict (1 is a failed check, 2 a wrong command line)
EXITS = "Exit code 0: passed, or no rule applies; 1: failed; 3: too few questions to judge."


def add(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers the group."""
    about = "build files of masked-value questions, and say what their options give away"
    questions = groups.add_parser("questions", help=about)
    commands = questions.add_subparsers(metavar="COMMAND", required=True)
    _add_build(commands)
    does = "score shortcuts that see only the options, and hold them to chance"
    shortcuts = commands.add_parser(
        "shortcuts", aliases=["audit"], help=does, description=f"{does.capitalize()}. {EXITS}"
    )
    shortcuts.set_defaults(command=_shortcuts)
    shortcuts.add_argument("file", type=Path, metavar="FILE", help="questions made by 'creason questions build'")
    shortcuts.add_argument("--cohort", default="", metavar="NAME", help=OTHERWISE)
    shortcuts.add_argument("--seed", type=int, default=0, help="of the folds and the bootstrap")
    shortcuts.add_argument("--json", action="store_true", help="print every figure, by feature too, as JSON")


def _add_build(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    does = "build a file of questions about the patients of a cohort"
    build = commands.add_parser("build", help=does, description=f"{does.capitalize()}.")
    build.set_defaults(command=_build)
    build.add_argument("--cohort", required=True, metavar="NAME", help="such as rhc-sepsis, or a folder")
    build.add_argument("--split", choices=SPLITS, default="test", help="which patients (default: test)")
    build.add_argument("--design", choices=DESIGNS, default="stratified", help="how options are made")
    build.add_argument("--seed", type=int, default=0)
    build.add_argument("--out", type=Path, required=True, metavar="FILE", help="a Parquet file, not yet there")
    masked = build.add_mutually_exclusive_group()
    masked.add_argument("--features", nargs="+", default=[], metavar="F", help="mask these (default: all that can be)")
    masked.add_argument("--about", choices=KINDS, help="mask only these; numbers and levels leave outcomes out")
    build.add_argument("--balanced", action="store_true", help="every bin or level of a feature equally often")
    build.add_argument("--quota", type=at_least_one, metavar="N", help="at most N questions a feature")
    build.add_argument(
        "--limit", type=at_least_one, metavar="N", help="at most N questions, spread evenly over features"
    )
    build.add_argument("--scored", type=Path, metavar="FILE", help="pass rates: Parquet or JSON, id and pass_rate")
    build.add_argument("--pass-rate", type=float, nargs=2, default=None, metavar=("LOW", "HIGH"), help="keep these")
    build.add_argument("--chunk", type=at_least_one, default=None, metavar="N", help="patients a chunk (default: 4096)")
    does = "processes that make chunks, each in memory of its own; the file is the same (default: 1)"
    build.add_argument("--workers", type=at_least_one, default=1, metavar="N", help=does)
    build.add_argument("--json", action="store_true", help="print the result as JSON")


def _build(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from creason_core.cohort.loading import load_cohort
    from creason_core.question.vectorised.builder import CHUNK, Plan, build

    cohort = load_cohort(arguments.cohort)
    design, _, version = arguments.design.partition("-")
    rates = _pass_rates(arguments.scored) if arguments.scored else None
    plan = Plan(
        cohort=cohort,
        split=arguments.split,
        design=design,
        version=int(version or 0),
        seed=arguments.seed,
        features=tuple(arguments.features) or _about(arguments.about, cohort),
        sampling=_sampling(arguments),
        pass_rates=rates,
    )
    with tqdm(total=len(cohort.split[plan.split]), unit=" patients", file=sys.stderr, disable=None) as bar:
        chunk = arguments.chunk or CHUNK
        built = build(plan, arguments.out, chunk=chunk, workers=arguments.workers, progress=bar.update)
    if arguments.json:
        found = {"file": str(arguments.out), "questions": built.questions, "patients": built.patients}
        print(json.dumps({**found, "by_feature": dict(built.by_feature), "meta": built.meta.model_dump()}, indent=2))
        return 0
    if built.resumed:
        print(f"Went on after a build that was stopped: {built.resumed} chunks were already there.")
    print(f"{arguments.out}: {built.questions} questions about {built.patients} patients.")
    if left_out := [name for name, count in built.by_feature.items() if not count]:
        print(f"No question about {', '.join(left_out)}: no patient, or no class, of the sample asked for.")
    return 0


def _about(kind: str | None, cohort: "Cohort") -> tuple[str, ...]:
    """The names of the features of ``kind`` that can be masked, in the codebook's order; empty without a kind.

    Raises:
        QuestionError: The cohort has none.
    """
    from creason_core.errors import QuestionError
    from creason_core.question.masked_value import why_never_masked

    if kind is None:
        return ()
    found = tuple(
        feature.name
        for feature in cohort.codebook.features
        if kind == ("outcomes" if feature.role == "outcome" else "numbers" if feature.numeric else "levels")
        and not why_never_masked(feature, cohort)
    )
    if not found:
        raise QuestionError(f"{cohort.name} has no {kind} that can be masked.", remedy="Ask without --about.")
    return found


def _shortcuts(arguments: argparse.Namespace) -> int:
    from creason_core.cohort.loading import load_cohort
    from creason_core.question.vectorised.shortcut_report import measure_shortcuts
    from creason_core.question.vectorised.table import read_questions

    table = read_questions(arguments.file)
    report = measure_shortcuts(table, load_cohort(arguments.cohort or table.meta.cohort), seed=arguments.seed)
    print(report.model_dump_json(indent=2) if arguments.json else report.text())
    return UNJUDGED if report.too_small else int(report.passed is False)


def _sampling(arguments: argparse.Namespace) -> "Sampling":
    from creason_core.errors import QuestionError
    from creason_core.question.vectorised.sampling import PassRates, Sampling

    limits = None
    if (arguments.scored is None) != (arguments.pass_rate is None):
        raise QuestionError("--scored and --pass-rate belong together.", remedy="Give both, or neither.")
    if arguments.pass_rate is not None:
        low, high = arguments.pass_rate
        if not 0 <= low <= high <= 1:
            raise QuestionError(f"--pass-rate {low:g} {high:g} is no interval within 0 and 1.")
        digest = hashlib.sha256(arguments.scored.read_bytes()).hexdigest()
        limits = PassRates(scored_sha256=digest, low=low, high=high)
    return Sampling(balanced=arguments.balanced, quota=arguments.quota, limit=arguments.limit, pass_rates=limits)


def _pass_rates(path: Path) -> Mapping[str, float]:
    """Question id → pass rate, from a Parquet file or a JSON list of records with ``id`` and ``pass_rate``."""
    import pandas as pd

    from creason_core.errors import QuestionError

    remedy = "Give a Parquet file, or a JSON list of records, with the columns id and pass_rate."
    if not path.is_file():
        raise QuestionError(f"There is no file {path}.", remedy=remedy)
    try:
        table = pd.read_json(path) if path.suffix == ".json" else pd.read_parquet(path)
        return dict(zip(table["id"].astype(str), table["pass_rate"].astype(float), strict=True))
    except (OSError, ValueError, KeyError) as error:
        raise QuestionError(f"{path} cannot be read as pass rates: {error}.", remedy=remedy) from error
