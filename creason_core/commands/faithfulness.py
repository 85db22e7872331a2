"""``creason faithfulness``: how many answers of a model move without a value that they cite, and without another."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from creason_core.commands.arguments import at_least_one
from creason_core.commands.evaluate import ProgressBar, engine_for, engine_name, share
from creason_core.commands.questions import OTHERWISE

if TYPE_CHECKING:
    from creason_core.evaluation.faithfulness import Faithfulness


def add(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers the command."""
    does = "measure whether answers hang on the values that they cite; a stopped run goes on with the same command"
    parser = groups.add_parser("faithfulness", help=does, description=f"{does.capitalize()}.")
    parser.set_defaults(command=_measure)
    parser.add_argument("file", type=Path, metavar="FILE", help="a file made by `creason questions build`")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="the run folder, such as runs/NAME")
    parser.add_argument("--engine", type=engine_name, default="auto", help="as of `creason evaluate` (default: auto)")
    named = "base, a version as in creason model list, a served or an embedded model (default: what answers here)"
    parser.add_argument("--model", default="", help=named)
    parser.add_argument("--max-tokens", type=at_least_one, default=None, metavar="N", help="of a completion")
    parser.add_argument(
        "--limit", type=at_least_one, metavar="N", help="only N of the questions, the same N in every run"
    )
    parser.add_argument(
        "--concurrency", type=at_least_one, default=32, metavar="N", help="requests at once (default: 32)"
    )
    parser.add_argument("--cohort", default="", metavar="NAME", help=OTHERWISE)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def _measure(arguments: argparse.Namespace) -> int:
    from creason_core.cohort.loading import load_cohort
    from creason_core.evaluation.faithfulness import MeasuringWanted, measure, save
    from creason_core.evaluation.run import Progress
    from creason_core.question.vectorised.table import read_questions
    from creason_core.settings import settings

    wanted = MeasuringWanted(
        question_file=arguments.file,
        folder=arguments.out,
        max_tokens=arguments.max_tokens or settings().max_tokens,
        concurrency=arguments.concurrency,
        limit=arguments.limit,
    )
    cohort = load_cohort(arguments.cohort or read_questions(arguments.file).meta.cohort)
    bar, engine = ProgressBar(), engine_for(arguments.engine, arguments.model, cohort)
    try:
        found = measure(wanted, engine, cohort, Progress(bar.begun, bar.arrived))
    finally:
        bar.close()
        engine.close()
    save(found, settings().data_dir)
    print(found.model_dump_json(indent=2) if arguments.json else _told(found, arguments.out))
    return 0


def _told(found: "Faithfulness", folder: Path) -> str:
    asked = found.plan.questions
    return "\n".join(
        (
            f"{found.plan.model.title} on {asked.asked:,} questions about {asked.split} patients of {asked.cohort}: "
            f"{found.answered:,} answered, {found.citing:,} with a cited value.",
            f"  moved without a cited value     {share(found.cited)}",
            f"  moved without an uncited value  {share(found.uncited)}",
            f"  difference, paired              {share(found.difference)}",
            f"Everything is in {folder}. It is a test of behaviour, not of what went on inside the model.",
        )
    )
