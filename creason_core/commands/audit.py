"""``creason audit``: whether the record of who did what is whole."""

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from creason_core.store.audit import ChainHead

HEAD = re.compile(r"\s*(?P<actor>.+): entry (?P<seq>[1-9]\d*), (?P<hash>[0-9a-f]{64})\s*")
WHOLE = "The audit log is whole"


def add(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers the group."""
    audit = groups.add_parser("audit", help="the record of who did what")
    commands = audit.add_subparsers(metavar="COMMAND", required=True)
    does = "check that no entry of the audit log was changed, removed or reordered"
    verify = commands.add_parser(
        "verify",
        help=does,
        description=f"{does.capitalize()}. A log whose newest entries were cut off, or that was written anew from its "
        "start, is whole in itself: that shows only against heads that were noted elsewhere before.",
    )
    verify.add_argument(
        "--head",
        action="append",
        default=[],
        metavar="LINE",
        help="a line that this command printed before: 'USER: entry N, HASH'; may be given again",
    )
    verify.add_argument(
        "--heads",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="such lines in a file, or the record (.json) of a backup; may be given again",
    )
    verify.set_defaults(command=_verify)


def _verify(arguments: argparse.Namespace) -> int:
    from creason_core.settings import settings
    from creason_core.store.audit import check
    from creason_core.store.upkeep.checks import as_it_is
    from creason_core.store.upkeep.triggers import faults

    known = [_head(line, "--head") for line in arguments.head]
    known += [head for file in arguments.heads for head in _heads(file)]
    present = settings()
    store = as_it_is(present.database, present.data_dir)
    try:
        with store.read() as connection:
            report, unguarded = check(connection, known=tuple(known)), faults(connection)
    finally:
        store.close()
    for problem in report.problems:
        print(f"The audit log was altered: {problem}.", file=sys.stderr)
    if unguarded:
        print(f"The database does not refuse all that it must: {'; '.join(unguarded)}.", file=sys.stderr)
    if report.problems or unguarded:
        print("Keep the database as it is, and compare it with the newest backup.", file=sys.stderr)
        return 1
    held = f"; {len(known):,} heads noted elsewhere are in it" if known else ""
    print(f"{WHOLE}: {report.entries} entries{held}.")
    for head in report.heads:
        print(f"  {head.actor}: entry {head.seq}, {head.hash}")
    return 0


def _heads(file: Path) -> "list[ChainHead]":
    """The heads in ``file``: what this command printed, or the record of a backup."""
    from creason_core.errors import StoreError
    from creason_core.store.audit import ChainHead
    from creason_core.store.upkeep.backup import read_record_file

    if file.suffix == ".json":
        return [ChainHead(*head) for head in read_record_file(file).holds.heads]
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()  # as Windows' editors write it
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError("missing", f"{file} cannot be read: {type(error).__name__}.", remedy=_FORM) from error
    numbered = [(n, line) for n, line in enumerate(lines, 1) if line.strip() and not line.startswith(WHOLE)]
    if not numbered:
        raise StoreError("invalid", f"{file} holds no head.", remedy=_FORM)
    return [_head(line, f"{file}, line {n}") for n, line in numbered]


def _head(line: str, where: str) -> "ChainHead":
    from creason_core.errors import StoreError
    from creason_core.store.audit import ChainHead

    found = HEAD.fullmatch(line)
    if found is None:
        raise StoreError("invalid", f"{where}: '{line.strip()[:80]}' is no head of the audit log.", remedy=_FORM)
    return ChainHead(found["actor"], int(found["seq"]), found["hash"])


_FORM = "A head is a line that `creason audit verify` printed: USER: entry N, and 64 hex digits. Nothing was checked."
