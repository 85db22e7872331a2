"""``creason cohort``: make a cohort of a codebook, a table and a split, show one, and fit what its pages look up."""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from creason_core.commands.codebook import TABLE, add_table_options, read_told

if TYPE_CHECKING:
    from creason_core.cohort.table_files.reading import Frame


def add(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers the group."""
    group = groups.add_parser("cohort", help="make a cohort of a codebook, a table and a split")
    commands = group.add_subparsers(metavar="COMMAND", required=True)
    does = "make a cohort: table, split, and a leak guard fitted on its training patients"
    make = commands.add_parser("make", help=does, description=f"{does.capitalize()}.")
    make.set_defaults(command=_make)
    make.add_argument("--codebook", type=Path, required=True, metavar="FILE", help="a codebook in YAML")
    make.add_argument("--table", required=True, metavar="TABLE", help=TABLE)
    add_table_options(make)
    make.add_argument("--name", default="", help="of the cohort (default: the codebook's name)")
    _add_how(make)
    does = "make ist-stroke from a copy of the International Stroke Trial's file"
    ist = commands.add_parser("make-ist", help=does, description=f"{does.capitalize()}.")
    ist.set_defaults(command=_make_ist, name="ist-stroke")
    ist.add_argument("table", metavar="FILE", help="IST_corrected.csv or IST.csv, compressed or not")
    _add_how(ist)
    does = "show a cohort: patients, split, features, and what is hidden with what"
    show = commands.add_parser("show", help=does, description=f"{does.capitalize()}.")
    show.set_defaults(command=_show)
    show.add_argument("cohort", metavar="NAME", help="of a packaged cohort or of one's own, or a folder")
    show.add_argument("--json", action="store_true", help="print it as JSON")
    does = "fit ahead what the second opinions about a cohort's values and scans of its records look up"
    fit = commands.add_parser("fit", help=does, description=f"{does.capitalize()}; kept in the data folder.")
    fit.set_defaults(command=_fit)
    fit.add_argument("cohort", metavar="NAME", help="of a packaged cohort or of one's own, or a folder")


def _add_how(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--split", default="patient", metavar="RULE", help="patient, time:COLUMN or site:COLUMN")
    parser.add_argument("--seed", type=int, default=0, help="of the split and the leak guard")
    parser.add_argument("--out", type=Path, metavar="DIR", help="not yet there (default: where its name is found)")
    parser.add_argument("--duplicates", choices=("refuse", "first"), default="refuse", help="a patient's further rows")
    parser.add_argument("--leave-out", action="store_true", help="values that do not fit count as not recorded")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def _make(arguments: argparse.Namespace) -> int:
    from creason_core.cohort.making import read_codebook

    codebook, text = read_codebook(arguments.codebook)
    arguments.name = arguments.name or codebook.name
    frame = read_told(arguments, codebook)
    return _made(frame, text, arguments)


def _make_ist(arguments: argparse.Namespace) -> int:
    from creason_core.cohort.ist.adapter import codebook_text, prepared
    from creason_core.record.codebook import packaged_codebook

    return _made(prepared(read_told(arguments, packaged_codebook("ist"))), codebook_text(), arguments)


def _made(frame: "Frame", codebook_text: str, arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from creason_core.cohort.conforming import undeclared_formulas
    from creason_core.cohort.loading import load_cohort, own_cohorts
    from creason_core.cohort.making import CohortWanted, make_cohort
    from creason_core.cohort.misfits import told
    from creason_core.cohort.splitting import parse_split
    from creason_core.record.codebook import parse_codebook

    wanted = CohortWanted(
        name=arguments.name,
        split=parse_split(arguments.split),
        seed=arguments.seed,
        duplicates=arguments.duplicates,
        leave_out=arguments.leave_out,
    )
    folder = arguments.out or own_cohorts() / arguments.name
    features = len(parse_codebook(codebook_text, "of this cohort").features)
    with tqdm(total=features, unit=" features", file=sys.stderr, disable=None) as bar:
        make_cohort(wanted, frame, codebook_text, folder, progress=bar.update)
    shown = _shown(str(folder), as_json=arguments.json)
    if not arguments.json:
        cohort = load_cohort(str(folder))
        told(undeclared_formulas(cohort.training, cohort.codebook), print)
    return shown


def _show(arguments: argparse.Namespace) -> int:
    return _shown(arguments.cohort, as_json=arguments.json)


def _shown(name: str, *, as_json: bool) -> int:
    from creason_core.cohort.loading import load_cohort, read_manifest
    from creason_core.question.masked_value import why_never_masked

    cohort = load_cohort(name)
    folder = cohort.mixture_path.parent if cohort.mixture_path else Path(name)
    reasons = Counter(item.reason for entry in cohort.guard.entries for item in entry.hidden)
    asked = [feature.name for feature in cohort.codebook.features if not why_never_masked(feature, cohort)]
    split = {part: len(patients) for part, patients in cohort.split.items()}
    changes = [change.model_dump() for change in read_manifest(folder).changes]
    if as_json:
        found = {
            "name": cohort.name,
            "folder": str(folder),
            "title": cohort.title,
            "patients": len(cohort.table),
            "split": split,
            "split_hash": cohort.split_hash,
            "features": len(cohort.codebook.features),
            "can_be_masked": asked,
            "hidden": dict(reasons),
            "changes": changes,
        }
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return 0
    parts = ", ".join(f"{part} {count:,}" for part, count in split.items())
    print(f"{cohort.name} ({cohort.title}): {len(cohort.table):,} patients, {parts}")
    print(f"{len(cohort.codebook.features)} features, of which {len(asked)} can be masked; in {folder}")
    for reason, count in reasons.most_common():
        print(f"  hidden, {reason}: {count:,} pairs")
    if cohort.guard_outdated:
        print(cohort.guard_outdated)
    for change in changes:
        print(f"  changed: {change['feature']}: {change['rule']}: {change['patients']:,} rows")
    return 0


def _fit(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from creason_core.cohort.loading import load_cohort
    from creason_core.evaluation.second_opinion import FOLDER, fit_ahead
    from creason_core.settings import settings

    cohort, folder = load_cohort(arguments.cohort), settings().data_dir / FOLDER
    with tqdm(unit=" features", file=sys.stderr, disable=None) as bar:

        def at(done: int, count: int) -> None:
            bar.total = count
            bar.update(done - bar.n)

        count = fit_ahead(cohort, folder, at)
    print(f"{cohort.name}: boosting of {count} features is fitted and kept in {folder}.")
    return 0
