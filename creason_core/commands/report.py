"""``creason report``: one self-contained page about one or several runs, or tables of results."""

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = Path("report.html")


def add(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers the command."""
    does = "make one self-contained page about runs on the same questions, or tables of any runs"
    parser = groups.add_parser("report", help=does, description=f"{does.capitalize()}.")
    parser.set_defaults(command=_report)
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN", help="run folders of `creason evaluate`")
    parser.add_argument(
        "--table",
        choices=("markdown", "json"),
        help="tables of models × question files; runs on validation patients calibrate the others",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help=f"default: {PAGE}; with --table, on screen")
    parser.add_argument("--json", action="store_true", help="also print the figures and comparisons as JSON")


def _report(arguments: argparse.Namespace) -> int:
    if arguments.table:
        return _table(arguments.runs, arguments.table, arguments.out)
    return _page(arguments.runs, arguments.out or PAGE, as_json=arguments.json)


def _table(runs: "Sequence[Path]", form: str, out: Path | None) -> int:
    from pydantic import TypeAdapter

    from creason_core.evaluation import read_run
    from creason_core.evaluation.report.markdown import markdown
    from creason_core.evaluation.report.results import Results, results
    from creason_core.evaluation.report.writing import write

    found = results([read_run(folder) for folder in runs])
    if form == "json":
        text = TypeAdapter(tuple[Results, ...]).dump_json(found, indent=2).decode()
    else:
        text = markdown(found, shlex.join(["creason", "report", *map(str, runs), "--table", form]))
    if out is None:
        print(text)
    else:
        write(f"{text}\n", out)
        count = len(found)
        print(f"{out}: {count} table{'s' * (count != 1)} of {sum(len(one.models) for one in found)} runs.")
    return 0


def _page(runs: "Sequence[Path]", out: Path, *, as_json: bool) -> int:
    from pydantic import TypeAdapter

    from creason_core.evaluation.report import write_report
    from creason_core.evaluation.report.contents import ModelPair

    found = write_report(runs, out)
    if not found.floors:
        note = found.shown[0].run.summary.floors_note or "it was evaluated by an older version."
        print(f"The report has no baselines: {note}", file=sys.stderr)
    if as_json:
        print(TypeAdapter(tuple[ModelPair, ...]).dump_json(found.pairs, indent=2).decode())
    else:
        size = out.stat().st_size / 1e6
        print(f"{out}: {', '.join(one.name for one in found.shown)} ({size:.1f} MB, needs nothing else).")
    return 0
