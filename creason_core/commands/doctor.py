"""``creason doctor``: whether the program can run here. What is looked at stands in ``creason_core.doctor``."""

import argparse


def add(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers the command."""
    does = "say whether the program can run here, and what to do about each problem"
    doctor = groups.add_parser("doctor", help=does, description=f"{does.capitalize()}.")
    doctor.add_argument("--json", action="store_true", help="print the report as JSON")
    doctor.set_defaults(command=_doctor)


def _doctor(arguments: argparse.Namespace) -> int:
    from creason_core.doctor import examine
    from creason_core.settings import settings

    report = examine(settings())
    print(report.model_dump_json(indent=2) if arguments.json else report.text())
    return 0 if report.can_run else 1
