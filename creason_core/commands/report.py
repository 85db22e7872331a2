"""``creason report``: one self-contained page about one or several runs."""

import argparse
import sys
from pathlib import Path


def add(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers the command."""
    does = "make one self-contained page about runs on the same questions"
    parser = groups.add_parser("report", help=does, description=f"{does.capitalize()}.")
    parser.set_defaults(command=_report)
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN", help="run folders of `creason evaluate`")
    parser.add_argument("--out", type=Path, default=Path("report.html"), metavar="FILE", help="default: report.html")
    parser.add_argument("--json", action="store_true", help="also print the figures and comparisons as JSON")


def _report(arguments: argparse.Namespace) -> int:
    from pydantic import TypeAdapter

    from creason_core.report import write_report
    from creason_core.report.contents import Pair

    found = write_report(arguments.runs, arguments.out)
    if not found.floors:
        note = found.shown[0].run.summary.floors_note or "it was evaluated by an older version."
        print(f"The report has no baselines: {note}", file=sys.stderr)
    if arguments.json:
        print(TypeAdapter(tuple[Pair, ...]).dump_json(found.pairs, indent=2).decode())
    else:
        size = arguments.out.stat().st_size / 1e6
        print(f"{arguments.out}: {', '.join(one.name for one in found.shown)} ({size:.1f} MB, needs nothing else).")
    return 0
