"""``creason feedback``: what people judged, as files for training."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from creason_core.feedback_export import Manifest

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
    parser.add_argument("--per-rater-cap", type=_count, metavar="N", help="at most N rows of one rater")
    parser.add_argument("--json", action="store_true", help="print the manifest")


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return count


def _export(arguments: argparse.Namespace) -> int:
    from creason_core.feedback_export import export
    from creason_core.settings import settings
    from creason_core.store.database import open_store

    present = settings()
    store = open_store(present.database, present.data_dir)
    try:
        manifest = export(
            store,
            arguments.format,
            arguments.out,
            actor=present.user,
            users=arguments.user,
            cap=arguments.per_rater_cap,
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


def _told(manifest: "Manifest", target: Path) -> str:
    judged = ", ".join(f"{count:,} thumbs {thumb}" for thumb, count in manifest.judgements.items())
    lines = [
        f"{target}: {manifest.rows:,} rows of {manifest.used:,} of {manifest.ratings:,} ratings ({judged}; "
        f"{len(manifest.raters):,} {'rater' if len(manifest.raters) == 1 else 'raters'}).",
        *(f"  left out {one.ratings:>7,}  {one.why}" for one in manifest.left_out.values()),
        f"What is in it stands in {target.name}.manifest.json; keep the {len(manifest.case_hashes):,} rated cases that "
        "it lists out of evaluation.",
    ]
    return "\n".join(lines)
