"""``creason feedback``: what people judged, as files for training."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from creason_core.commands.arguments import at_least_one

if TYPE_CHECKING:
    from creason_core.store.training_rows import RowsManifest

FORMATS = ("kto", "dpo", "sft", "jsonl")


def add(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers the group."""
    feedback = groups.add_parser("feedback", help="what people judged, as files for training")
    commands = feedback.add_subparsers(metavar="COMMAND", required=True)
    does = "write ratings as training rows, with a manifest of what is in them and what was left out"
    parser = commands.add_parser("export", help=does, description=f"{does.capitalize()}.")
    parser.set_defaults(command=_export)
    parser.add_argument(
        "--format",
        choices=FORMATS,
        required=True,
        help="kto: judged answers; dpo: pairs of answers; sft: answers to imitate; jsonl: every rating, in full",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="takes the place of an older export")
    parser.add_argument("--user", action="append", default=[], metavar="NAME", help="only this rater (may be repeated)")
    parser.add_argument("--per-rater-cap", type=at_least_one, metavar="N", help="at most N rows of one rater")
    parser.add_argument("--json", action="store_true", help="print the manifest")
    does = "write what people decided about the options of antibiotic consults, where it may be used to train"
    parser = commands.add_parser("consults", help=does, description=f"{does.capitalize()}.")
    parser.set_defaults(command=_consults)
    parser.add_argument(
        "--format",
        choices=("jsonl", "csv", "cds-hooks"),
        required=True,
        help="jsonl, csv: a row a decision; cds-hooks: the shape in which CDS Hooks sends feedback",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="takes the place of an older export")
    parser.add_argument("--user", action="append", default=[], metavar="NAME", help="only this user (may be repeated)")


def _export(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from creason_core.settings import settings
    from creason_core.store.training_rows import export
    from creason_core.store.upkeep.database import open_store

    present = settings()
    present.principal.require("export")
    store = open_store(present.database, present.data_dir)
    try:
        with tqdm(unit=" ratings", desc="Looking for identifiers", file=sys.stderr, disable=None, leave=False) as bar:
            manifest = export(
                store,
                arguments.format,
                arguments.out,
                actor=present.principal.user,
                users=arguments.user,
                cap=arguments.per_rater_cap,
                looked=bar.update,
            )
    finally:
        store.close()
    if arguments.json:
        print(manifest.model_dump_json(indent=2))
    else:
        print(_told(manifest, arguments.out))
    if manifest.models and len({one.model_hash for one in manifest.models}) > 1:
        print("The answers are of several models; the manifest counts them.", file=sys.stderr)
    return 0


def _consults(arguments: argparse.Namespace) -> int:
    from creason_core.files import whole_file
    from creason_core.settings import settings
    from creason_core.store.exporting.consults import export_for_training
    from creason_core.store.upkeep.database import open_store

    present = settings()
    present.principal.require("export")
    store = open_store(present.database, present.data_dir)
    try:
        made = export_for_training(store, present.principal.user, arguments.format, users=arguments.user or None)
    finally:
        store.close()
    with whole_file(arguments.out) as partial:
        partial.write_bytes(made.data)
    print(f"{arguments.out}: {_count_of(made.rows, 'decision', 'decisions')}.")
    for why, count in made.left_out.items():
        print(f"  left out {count:>7,}  {why}")
    return 0


def _told(manifest: "RowsManifest", target: Path) -> str:
    judged = ", ".join(
        _count_of(count, f"thumb {thumb}", f"thumbs {thumb}") for thumb, count in manifest.judgements.items()
    )
    raters = _count_of(len(manifest.raters), "rater", "raters")
    lines = [
        f"{target}: {_count_of(manifest.rows, 'row', 'rows')} of {manifest.used:,} of {manifest.ratings:,} ratings "
        f"({judged}; {raters}).",
        *(f"  left out {one.ratings:>7,}  {one.why}" for one in manifest.left_out.values()),
        f"{target.name}.manifest.json says what is in it. It lists the cases of these rows "
        f"({len(manifest.case_hashes):,}): keep them out of evaluation.",
    ]
    return "\n".join(lines)


def _count_of(count: int, one: str, several: str) -> str:
    return f"{count:,} {one if count == 1 else several}"
