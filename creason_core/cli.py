"""The command line: ``creason <group> <command>``.

Each command is a function that imports what it needs when it runs, so that ``creason --help`` starts at once,
and gives back the exit code. An expected failure is told in words on standard error: exit code 1. A usage
error is exit code 2.
"""

import argparse
import sys
from collections.abc import Callable, Sequence

from creason_core import __version__
from creason_core.commands import evaluate, questions
from creason_core.errors import CReasonError

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command in ``argv`` (default: this process's arguments); its exit code."""
    arguments = _parser().parse_args(argv)
    command: Command = arguments.command
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

    model = groups.add_parser("model", help="the small model that runs on this computer").add_subparsers(
        metavar="COMMAND", required=True
    )
    _command(model, "pull", "download, check and convert the model; does nothing when it is already here", _model_pull)
    _command(model, "check", "check that the model's files are whole and unaltered", _model_check)

    doctor = _command(
        groups, "doctor", "say whether the program can run here, and what to do about each problem", _doctor
    )
    doctor.add_argument("--json", action="store_true", help="print the report as JSON")

    audit = groups.add_parser("audit", help="the record of who did what").add_subparsers(
        metavar="COMMAND", required=True
    )
    _command(audit, "verify", "check that no entry of the audit log was changed, removed or reordered", _audit_verify)
    questions.add(groups)
    evaluate.add(groups)
    return parser


def _command(
    group: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, does: str, command: Command
) -> argparse.ArgumentParser:
    parser = group.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.")
    parser.set_defaults(command=command)
    return parser


def _model_pull(_: argparse.Namespace) -> int:
    from creason_core.engines.weights import pull
    from creason_core.settings import settings

    pull(settings())
    return 0


def _model_check(_: argparse.Namespace) -> int:
    from creason_core.engines.weights import check, model_folder
    from creason_core.settings import settings

    weights = check(model_folder(settings()))
    print(f"{weights.folder} is whole: every file is as it was installed (SHA-256 {weights.manifest.hash}).")
    return 0


def _doctor(arguments: argparse.Namespace) -> int:
    from creason_core.doctor import examine
    from creason_core.settings import settings

    report = examine(settings())
    print(report.model_dump_json(indent=2) if arguments.json else report.text())
    return 0 if report.can_run else 1


def _audit_verify(_: argparse.Namespace) -> int:
    from creason_core.settings import settings
    from creason_core.store.audit import verify
    from creason_core.store.database import open_store

    present = settings()
    store = open_store(present.database, present.data_dir)
    try:
        report = verify(store)
    finally:
        store.close()
    for problem in report.problems:
        print(f"The audit log was altered: {problem}.", file=sys.stderr)
    if report.problems:
        print("Keep the database as it is, and compare it with the newest backup.", file=sys.stderr)
        return 1
    print(f"The audit log is whole: {report.entries} entries.")
    for head in report.heads:
        print(f"  {head.actor}: entry {head.seq}, {head.hash}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
