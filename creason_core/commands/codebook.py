"""``creason codebook``: draft a codebook from a table or a REDCap dictionary, and hold a table against one."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from creason_core.cohort.drafting.draft import CodebookDraft
    from creason_core.cohort.table_files.reading import Frame
    from creason_core.record.codebook import Codebook

QUERY = "of a database: a table's name, or a SELECT"
SHEET = "of a workbook with several tables; or the event of a REDCap export whose values count"
TABLE = "a .csv, .tsv, .psv, .txt, .xlsx or .parquet file (compressed or not), or a URL such as sqlite:///registry.db"


def add(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers the group."""
    group = groups.add_parser("codebook", help="draft a codebook, and hold a table against one")
    commands = group.add_subparsers(metavar="COMMAND", required=True)
    does = "draft a codebook from a table, for a person to edit"
    infer = commands.add_parser("infer", help=does, description=f"{does.capitalize()}.")
    infer.set_defaults(command=_infer)
    infer.add_argument("table", metavar="TABLE", help=TABLE)
    add_table_options(infer)
    _add_out(infer)
    does = "draft a codebook from a REDCap data dictionary"
    redcap = commands.add_parser("import-redcap", help=does, description=f"{does.capitalize()}.")
    redcap.set_defaults(command=_redcap)
    redcap.add_argument("dictionary", type=Path, metavar="DICTIONARY.csv", help="downloaded from REDCap")
    does = "records exported from the same project: formulas that its numbers follow are found in them"
    redcap.add_argument("--table", default="", metavar="TABLE", help=does)
    redcap.add_argument("--query", default="", help=QUERY)
    redcap.add_argument("--sheet", default="", metavar="NAME", help=SHEET)
    _add_out(redcap)
    does = "say what of a table does not fit a codebook"
    check = commands.add_parser("check", help=does, description=f"{does.capitalize()}. Exit code 1 where it does not.")
    check.set_defaults(command=_check)
    check.add_argument("codebook", type=Path, metavar="FILE", help="a codebook in YAML")
    check.add_argument("--table", required=True, metavar="TABLE", help=TABLE)
    add_table_options(check)
    check.add_argument("--json", action="store_true", help="print the result as JSON")


def _add_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="a YAML file, not yet there")
    parser.add_argument("--name", default="", help="of the codebook (default: the file's name)")
    parser.add_argument("--json", action="store_true", help="print what was drafted as JSON")


def add_table_options(parser: argparse.ArgumentParser) -> None:
    """What is said of a table: a query, a sheet, and the names of a long table whose tests stand as codes."""
    parser.add_argument("--query", default="", help=QUERY)
    parser.add_argument("--sheet", default="", metavar="NAME", help=SHEET)
    does = "a table of names, where the table has a value a row and its tests stand as codes: a column for each test"
    parser.add_argument("--names", default="", metavar="TABLE", help=does)
    does = "the columns of codes in both, that of the table of names last, where not evident; commas part several"
    parser.add_argument("--key", default="", metavar="COLUMN=COLUMN", help=does)
    does = "columns that complete each other and are one: the others fill the gaps of the first; may be said again"
    parser.add_argument("--merge", action="append", default=[], metavar="COLUMN=COLUMN", help=does)


def read_told(arguments: argparse.Namespace, codebook: "Codebook | None" = None) -> "Frame":
    """The table, with what its owner should know of how it was read on standard error."""
    from creason_core.cohort.table_files.reading import TableRequest, read_frame

    given = {name: getattr(arguments, name, "") for name in ("query", "sheet", "names", "key")}
    asked = TableRequest(**given, merge=tuple(getattr(arguments, "merge", ())))
    frame = read_frame(arguments.table, asked, codebook)
    for note in frame.notes:
        print(note, file=sys.stderr)
    return frame


def _infer(arguments: argparse.Namespace) -> int:
    from creason_core.cohort.drafting.inferring import infer

    frame = read_told(arguments)
    return _write(infer(frame, arguments.name or arguments.out.stem), arguments)


def _redcap(arguments: argparse.Namespace) -> int:
    from creason_core.cohort.drafting.inferring import with_formulas_of
    from creason_core.cohort.drafting.redcap import read_redcap

    draft = read_redcap(arguments.dictionary, arguments.name or arguments.out.stem)
    if arguments.table:
        draft = with_formulas_of(draft, read_told(arguments))
    return _write(draft, arguments)


def _write(draft: "CodebookDraft", arguments: argparse.Namespace) -> int:
    from creason_core.cohort.drafting.draft import yaml_of
    from creason_core.errors import CodebookError
    from creason_core.private import private_folder
    from creason_core.record.codebook import parse_codebook

    out: Path = arguments.out
    text = yaml_of(draft)
    parse_codebook(text, out.name)  # a draft is valid as it stands
    try:
        private_folder(out.parent)
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise CodebookError(f"{out} exists.", remedy="Delete it, or give another --out: it may hold edits.") from None
    except OSError as error:
        raise CodebookError(f"{out} cannot be written: {error.strerror}.", remedy="Give another --out.") from error
    guesses = sum(len(feature.notes) for feature in draft.features)
    if arguments.json:
        kinds = {feature.column: feature.kind for feature in draft.features}
        derived = {f.column: list(f.derived_from) for f in draft.features if f.derived_from}
        found = {
            "file": str(out),
            "features": kinds,
            "left_out": dict(draft.left_out),
            "derived": derived,
            "ties": [list(tie.columns) for tie in draft.ties],
            "patient": draft.patient,
            "to_review": guesses,
        }
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return 0
    print(f"{out}: {len(draft.features)} features drafted, with {guesses} remarks that ask for a look.")
    for column, why in draft.left_out.items():
        print(f"  left out: {column}: {why}")
    print("Edit it, then hold the table against it: creason codebook check")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from creason_core.cohort.conforming import conform, undeclared_formulas
    from creason_core.cohort.making import read_codebook
    from creason_core.cohort.misfits import told

    codebook, _ = read_codebook(arguments.codebook)
    frame = read_told(arguments, codebook)
    conformed = conform(frame.table, codebook)
    fits = not conformed.of("structure", "cell")
    said = (*conformed.misfits, *undeclared_formulas(conformed.table, codebook))
    if arguments.json:
        misfits = [misfit.model_dump() for misfit in said]
        found = {"fits": fits, "rows": len(frame.table), "features": len(codebook.features), "misfits": misfits}
        print(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        told(said, print)
        size = f"{len(frame.table):,} rows, {len(codebook.features)} features"
        print(f"The table fits its codebook ({size})." if fits else f"The table does not fit its codebook ({size}).")
    return 0 if fits else 1
