"""``creason audit``: whether the record of who did what is whole."""

import argparse
import sys


def add(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers the group."""
    audit = groups.add_parser("audit", help="the record of who did what")
    commands = audit.add_subparsers(metavar="COMMAND", required=True)
    does = "check that no entry of the audit log was changed, removed or reordered"
    commands.add_parser("verify", help=does, description=f"{does.capitalize()}.").set_defaults(command=_verify)


def _verify(_: argparse.Namespace) -> int:
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
