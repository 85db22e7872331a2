"""``creason ask evaluate``: what Ask finds, and what a model's answers over it are worth, beside floors."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from creason_core.commands.arguments import at_least, at_least_one
from creason_core.commands.evaluate import ENGINES, ProgressBar, patient_settings, temperature

if TYPE_CHECKING:
    from creason_core.evaluation.guideline_answers.asking import How
    from creason_core.evaluation.run import Progress
    from creason_core.model.engines.base import Engine

NONE = "none"


def add(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers the group."""
    ask = groups.add_parser("ask", help="what Ask finds in the guidelines, and what answers over it are worth")
    commands = ask.add_subparsers(metavar="COMMAND", required=True)
    does = "put questions to the guidelines and to a model; a stopped run goes on with the same command"
    parser = commands.add_parser("evaluate", help=does, description=f"{does.capitalize()}.")
    parser.set_defaults(command=_evaluate)
    own = "questions in YAML, in the form of docs/guidelines.md (default: this project's own)"
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help=own)
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="the run folder, such as runs/NAME")
    parser.add_argument(
        "--engine",
        choices=(*ENGINES, NONE),
        default="auto",
        help="auto asks what answers here, if it was made for guidelines; none asks no model (default: auto)",
    )
    named = "base, a version as in creason model list, a served or an embedded model (default: what answers here)"
    parser.add_argument("--model", default="", help=named)
    parser.add_argument("--repeats", type=at_least(0), default=3, metavar="N", help="of every question (default: 3)")
    parser.add_argument(
        "--temperature", type=temperature, default=0.7, help="of the repeats; the first reply is at 0 (default: 0.7)"
    )
    parser.add_argument("--max-tokens", type=at_least_one, default=None, metavar="N", help="of a reply")
    parser.add_argument(
        "--limit", type=at_least_one, metavar="N", help="only N of the questions, the same N in every run"
    )
    parser.add_argument(
        "--concurrency", type=at_least_one, default=32, metavar="N", help="requests at once (default: 32)"
    )
    parser.add_argument("--held-out", action="store_true", help="ask the questions that are kept for the end")
    consults = "instead of questions: antibiotic consults, from the *_consults.jsonl.gz of the MIMIC demos"
    parser.add_argument("--consults", type=Path, metavar="FOLDER", help=consults)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def _evaluate(arguments: argparse.Namespace) -> int:
    from creason_core.errors import EvaluationError
    from creason_core.evaluation.guideline_answers.asking import How
    from creason_core.evaluation.run import Progress
    from creason_core.settings import settings

    if arguments.consults and (arguments.file or arguments.held_out or arguments.limit):
        raise EvaluationError(
            "--consults takes the place of questions: with it there is no FILE, --held-out or --limit.",
            remedy="Give the one or the other.",
        )
    how = How(
        repeats=arguments.repeats,
        temperature=arguments.temperature,
        max_tokens=arguments.max_tokens or settings().max_tokens,
        concurrency=arguments.concurrency,
    )
    engine, why = engine_for_guidelines(arguments.engine, arguments.model, arguments.out)
    bar = ProgressBar()
    try:
        evaluate = _consults if arguments.consults else _questions
        text = evaluate(arguments, engine, how, Progress(bar.begun, bar.arrived))
    finally:
        bar.close()
        if engine:
            engine.close()
    print(text)
    if not arguments.json:
        print("".join(f"\n{line}" for line in (why, f"Everything is in {arguments.out}.") if line))
    return 0


def _questions(arguments: argparse.Namespace, engine: "Engine | None", how: "How", progress: "Progress") -> str:
    from creason_core.evaluation.guideline_answers.question_set import read_question_set
    from creason_core.evaluation.guideline_answers.run import AnswersWanted, evaluate
    from creason_core.evaluation.guideline_answers.told import told
    from creason_core.guideline.here import shelf_here
    from creason_core.guideline.reading import starter_library
    from creason_core.settings import settings

    questions = read_question_set(arguments.file, starter_library())
    wanted = AnswersWanted(
        questions,
        arguments.out,
        how,
        held_out=arguments.held_out,
        limit=arguments.limit,
        shelf=shelf_here(settings()),
    )
    result = evaluate(wanted, engine, progress)
    return result.model_dump_json(indent=2) if arguments.json else told(result)


def _consults(arguments: argparse.Namespace, engine: "Engine | None", how: "How", progress: "Progress") -> str:
    from creason_core.evaluation.guideline_answers.consult_cases import read_cases
    from creason_core.evaluation.guideline_answers.consults import evaluate_consults, told

    cases = read_cases(arguments.consults)
    result = evaluate_consults(cases, arguments.out, engine, how, progress)
    return result.model_dump_json(indent=2) if arguments.json else told(result)


def engine_for_guidelines(name: str, model: str, folder: Path) -> "tuple[Engine | None, str]":
    """The engine that is to answer, and why none is, as a sentence.

    On "auto" none is asked that was not made for guidelines, and a run that is to go on goes on with what it began
    with. An engine that is named is asked whatever it was made for: that is how it is found out.
    """
    from creason_core.evaluation.guideline_answers.asking import plan_in
    from creason_core.model.adapters.choosing import chosen
    from creason_core.model.engines.choose import choose_engine
    from creason_core.model.tasks import why_no_reasoning

    begun = plan_in(folder) if name == "auto" else None
    if name == NONE:
        return None, "No model was asked."
    if begun and begun.model is None:
        return None, "No model was asked: this folder was begun without one."
    present = patient_settings(begun.model.engine if begun and begun.model else name, model)
    if name == "auto" and begun is None:
        choice = None if present.engine == "replay" else chosen(present)
        if why := why_no_reasoning(present, choice):
            return None, f"{why} No model was asked; --engine NAME asks one all the same."
    return choose_engine(present), ""
