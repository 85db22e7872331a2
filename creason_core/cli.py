"""The command line: ``creason <group> <command>``. The groups stand in ``commands``, one module each.

An expected failure is told in words on standard error: exit code 1. A usage error is exit code 2.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

from creason_core import __version__
from creason_core.commands import (
    ask,
    audit,
    baselines,
    codebook,
    cohort,
    db,
    doctor,
    evaluate,
    faithfulness,
    feedback,
    library,
    model,
    predictions,
    questions,
    recording,
    report,
)
from creason_core.errors import CReasonError, SettingsError

GROUPS = (
    doctor, model, codebook, cohort, questions, baselines, evaluate, predictions, faithfulness, report, ask,
    feedback, library, audit, db, recording,
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command in ``argv`` (default: this process's arguments); its exit code."""
    arguments = _parser().parse_args(argv)
    from creason_core.private import from_now_on, mend
    from creason_core.settings import settings

    command: Callable[[argparse.Namespace], int] = arguments.command
    from_now_on()
    if command.__module__ != doctor.__name__:  # which tells what is open to others, and changes nothing
        with suppress(SettingsError):  # told by the commands that need them
            mend(settings().data_dir)
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
