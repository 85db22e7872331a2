"""The command line: ``creason <group> <command>``. The groups stand in ``commands``, one module each.

An expected failure is told in words on standard error: exit code 1. A usage error is exit code 2.
"""

import argparse
import sys
from collections.abc import Callable, Sequence

from creason_core import __version__
from creason_core.commands import (
    audit,
    baselines,
    codebook,
    cohort,
    db,
    doctor,
    evaluate,
    feedback,
    model,
    questions,
    report,
)
from creason_core.errors import CReasonError

GROUPS = (doctor, model, codebook, cohort, questions, baselines, evaluate, report, feedback, audit, db)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command in ``argv`` (default: this process's arguments); its exit code."""
    arguments = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except CReasonError as error:
        print(f"creason: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("creason: stopped.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="creason", description="Reasoning over structured patient records.")
    parser.add_argument("--version", action="version", version=f"creason {__version__}")
    groups = parser.add_subparsers(metavar="COMMAND", required=True)
    for group in GROUPS:
        group.add(groups)
    return parser


if __name__ == "__main__":
    sys.exit(main())
