"""``creason db``: backups of the database, restoring them, checks, and migration."""

import argparse
from pathlib import Path

MARKS = {"good": "ok", "note": "note", "problem": "PROBLEM"}


def add(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers the group."""
    database = groups.add_parser("db", help="the database: backups, checks, migration")
    commands = database.add_subparsers(metavar="COMMAND", required=True)
    does = "write a complete copy while the app runs, with a record of what it holds"
    backup = commands.add_parser("backup", help=does, description=f"{does.capitalize()}.")
    backup.add_argument("--out", type=Path, metavar="FILE", help="a new file (default: a dated one in the data folder)")
    backup.set_defaults(command=_backup)
    does = "check a backup and put it in the database's place; what was there is kept"
    restore = commands.add_parser("restore", help=does, description=f"{does.capitalize()}.")
    restore.add_argument("file", type=Path, metavar="FILE", help="made by `creason db backup`")
    restore.add_argument("--check", action="store_true", help="only say whether it could be restored")
    restore.set_defaults(command=_restore)
    does = "say whether the database is whole; exit code 1 where it is not"
    commands.add_parser("check", help=does, description=f"{does.capitalize()}.").set_defaults(command=_check)
    does = "bring the database to this program's revision, after a backup"
    commands.add_parser("upgrade", help=does, description=f"{does.capitalize()}.").set_defaults(command=_upgrade)
    for command in commands.choices.values():
        command.add_argument("--json", action="store_true", help="print the result as JSON")


def _backup(arguments: argparse.Namespace) -> int:
    from creason_core.settings import settings
    from creason_core.store.upkeep.backup import default_target, make_backup, record_path
    from creason_core.store.upkeep.checks import as_it_is

    present = settings()
    store = as_it_is(present.database, present.data_dir)
    try:
        target = arguments.out or default_target(store)
        record = make_backup(store, target)
    finally:
        store.close()
    if arguments.json:
        print(record.model_dump_json(indent=2))
        return 0
    print(
        f"{target}: {record.bytes / 1e6:.1f} MB, {sum(record.holds.rows.values()):,} rows, revision "
        f"{record.holds.revision}, SHA-256 {record.sha256}.\n"
        f"Keep {record_path(target).name} with it: by that a restore knows that the backup is whole."
    )
    if record.holds.problems:
        print(f"The audit log was altered before: {'; '.join(record.holds.problems[:5])}. See `creason audit verify`.")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    from creason_core.settings import settings
    from creason_core.store.migrate import known_revisions
    from creason_core.store.upkeep.restore import restore

    present = settings()
    done = restore(present.database, present.data_dir, arguments.file, only_check=arguments.check)
    if arguments.json:
        print(done.model_dump_json(indent=2))
        return 0
    held = (
        f"{sum(done.holds.rows.values()):,} rows, revision {done.holds.revision}, {done.holds.entries:,} audit entries"
    )
    if arguments.check:
        print(f"{arguments.file} is whole and can be restored: {held}. Nothing was changed.")
    else:
        print(f"{arguments.file} is restored: {held}.")
        print(f"What was there before is kept: {done.kept}" if done.kept else "There was no database before.")
    if done.rules:
        put = "The restore would put back" if arguments.check else "Put back was"
        print(f"The backup does not refuse all that a database must: {'; '.join(done.rules)}. {put} what is ours.")
    if not done.recorded:
        print("No record stands beside the backup, so only what it says of itself could be checked.")
    if done.holds.revision != known_revisions()[-1]:
        print("It is of an earlier version: the next start of the app, or `creason db upgrade`, brings it up to date.")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    import json

    from creason_core.settings import settings
    from creason_core.store.upkeep.checks import as_it_is, examine

    present = settings()
    store = as_it_is(present.database, present.data_dir)
    try:
        findings = examine(store)
    finally:
        store.close()
    if arguments.json:
        print(json.dumps([finding.model_dump() for finding in findings], indent=2, ensure_ascii=False))
    else:
        for finding in findings:
            print(f"{MARKS[finding.status]:<8}{finding.name}: {finding.said}")
            if finding.remedy:
                print(f"        → {finding.remedy}")
    return int(any(finding.status == "problem" for finding in findings))


def _upgrade(arguments: argparse.Namespace) -> int:
    from creason_core.settings import settings
    from creason_core.store.upkeep.backup import upgrade

    present = settings()
    done = upgrade(present.database, present.data_dir)
    if arguments.json:
        print(done.model_dump_json(indent=2))
    elif done.before == done.after:
        print(f"The database is at revision {done.after} already; nothing was changed.")
    else:
        saved = f" A copy of what it was: {done.backup}" if done.backup else ""
        print(f"The database went from revision {done.before} to {done.after}.{saved}")
    return 0
