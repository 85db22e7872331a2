"""``creason baselines``: what a question file yields without a language model."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from creason_core import __version__
from creason_core.commands.questions import OTHERWISE


def add(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers the command."""
    does = "score chance, prior, options only, nearest patients and gradient boosting on a question file"
    parser = groups.add_parser("baselines", help=does, description=f"{does.capitalize()}.")
    parser.set_defaults(command=_baselines)
    parser.add_argument("file", type=Path, metavar="FILE", help="questions made by 'creason questions build'")
    parser.add_argument("--cohort", default="", metavar="NAME", help=OTHERWISE)
    parser.add_argument("--seed", type=int, default=0, help="of the models and the bootstrap")
    parser.add_argument("--json", action="store_true", help="print the scores as JSON")


def _baselines(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from creason_core.cohort.loading import load_cohort
    from creason_core.evaluation.baselines.report import report
    from creason_core.evaluation.baselines.saved import save, saved
    from creason_core.question.vectorised.table import read_questions
    from creason_core.settings import settings

    table = read_questions(arguments.file)
    cohort = load_cohort(arguments.cohort or table.meta.cohort)
    features = table.frame["masked_feature"].nunique()
    with tqdm(total=features, unit=" features", file=sys.stderr, disable=None) as bar:
        found = report(table, cohort, seed=arguments.seed, progress=bar.update)
    kept = saved(found, table, finished=f"{datetime.now(UTC):%Y-%m-%d}", program=__version__)
    save(kept, settings().data_dir)
    print(found.model_dump_json(indent=2) if arguments.json else found.text())
    return 0
