"""``creason predictions``: what a model's probabilities of a yes/no outcome are worth, beside floors."""

import argparse
from pathlib import Path

from creason_core.commands.arguments import at_least, at_least_one
from creason_core.commands.evaluate import ENGINES, ProgressBar, engine_for, temperature
from creason_core.commands.questions import SPLITS


def add(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers the command."""
    does = "predict a yes/no outcome of held-out patients with a model; a stopped run goes on with the same command"
    parser = groups.add_parser("predictions", help=does, description=f"{does.capitalize()}.")
    parser.set_defaults(command=_predictions)
    parser.add_argument("outcome", metavar="OUTCOME", help="a yes/no outcome of the codebook, such as dth30")
    parser.add_argument("--cohort", required=True, metavar="NAME", help="such as rhc-sepsis, or a folder")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="the run folder, such as runs/NAME")
    parser.add_argument("--split", choices=SPLITS, default="test", help="which patients (default: test)")
    parser.add_argument(
        "--as-of", choices=("admission", "day1"), default=None, help="from when (default: the last time before)"
    )
    parser.add_argument("--engine", choices=ENGINES, default="auto", help="who answers (default: auto)")
    named = "base, a version as in creason model list, a served or an embedded model (default: what answers here)"
    parser.add_argument("--model", default="", help=named)
    parser.add_argument("--samples", type=at_least(2), default=5, metavar="N", help="replies a patient (default: 5)")
    parser.add_argument("--temperature", type=temperature, default=0.7, help="of the replies (default: 0.7)")
    parser.add_argument("--max-tokens", type=at_least_one, default=None, metavar="N", help="of a reply")
    parser.add_argument("--limit", type=at_least_one, metavar="N", help="only N patients, the same N in every run")
    parser.add_argument("--seed", type=int, default=0)
    does = "requests at once (default: 32)"
    parser.add_argument("--concurrency", type=at_least_one, default=32, metavar="N", help=does)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def _predictions(arguments: argparse.Namespace) -> int:
    from creason_core.cohort.loading import load_cohort
    from creason_core.evaluation.plan_folder import read_plan
    from creason_core.evaluation.predictions.figures import told
    from creason_core.evaluation.predictions.run import PLAN, PredictionPlan, PredictionsWanted, evaluate
    from creason_core.evaluation.predictions.saved import save
    from creason_core.evaluation.run import Progress
    from creason_core.settings import settings

    wanted = PredictionsWanted(
        outcome=arguments.outcome,
        folder=arguments.out,
        split=arguments.split,
        as_of=arguments.as_of,
        samples=arguments.samples,
        temperature=arguments.temperature,
        max_tokens=arguments.max_tokens or settings().max_tokens,
        concurrency=arguments.concurrency,
        seed=arguments.seed,
        limit=arguments.limit,
    )
    cohort = load_cohort(arguments.cohort)
    begun = read_plan(arguments.out / PLAN, PredictionPlan) if arguments.engine == "auto" else None
    name = begun.model.engine if begun and begun.model else arguments.engine
    engine, bar = engine_for(name, arguments.model, cohort), ProgressBar()
    try:
        result = evaluate(wanted, engine, cohort, Progress(bar.begun, bar.arrived))
    finally:
        bar.close()
        engine.close()
    save(result, settings().data_dir)
    print(result.model_dump_json(indent=2) if arguments.json else told(result))
    if not arguments.json:
        print(f"\nEverything is in {arguments.out}.")
    return 0
