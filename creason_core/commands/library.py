"""``creason library``: the hospital's own documents, and who signed what of the libraries."""

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from creason_core.guideline.documents.index import DocumentIndex
    from creason_core.guideline.documents.shelving import Shelved
    from creason_core.store.sql.transactions import Database

Command = Callable[[argparse.Namespace], int]
_DATE = "a year, a month or a day, such as 2025-03-01"


def add(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers the group."""
    library = groups.add_parser("library", help="the hospital's own documents, and who signed what of the libraries")
    commands = library.add_subparsers(metavar="COMMAND", required=True)

    def one(name: str, does: str, command: Command, more: str = "") -> argparse.ArgumentParser:
        parser = commands.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.{more}")
        parser.set_defaults(command=command)
        return parser

    adding = one(
        "add",
        "add a document (PDF, DOCX, HTML, Markdown, text), or those of a folder",
        _add,
        " What it is must be said; nothing is guessed. For a folder it stands in a table, a line a document.",
    )
    adding.add_argument("place", type=Path, metavar="FILE|FOLDER")
    adding.add_argument("--title", default="")
    adding.add_argument("--organisation", default="", help="who issued it")
    adding.add_argument("--date", default="", metavar="DATE", dest="published", help=_DATE)
    adding.add_argument("--valid-until", default="", metavar="DATE", help="the same, or 'open' where it has no end")
    adding.add_argument("--population", default="", help="whom it is about, such as 'adults in intensive care'")
    adding.add_argument("--supersedes", default="", metavar="ID", help="the document of which it is a new edition")
    adding.add_argument(
        "--table",
        type=Path,
        metavar="FILE.csv",
        help="for a folder: file,title,organisation,date,valid_until,population,supersedes (an id, or a file of it)",
    )
    listing = one("list", "list the documents, and which of them hold", _list)
    listing.add_argument("--removed", action="store_true", help="also those that were taken out")
    listing.add_argument("--json", action="store_true", help="print JSON")
    removing = one("remove", "take a document out: its text is deleted, its name stays in the record", _remove)
    removing.add_argument("document", metavar="ID")
    checking = one("check", "say whether documents, passages and index fit; exit code 1 where they do not", _check)
    checking.add_argument("--rebuild", action="store_true", help="make the index anew first")
    embedding = one(
        "embedding",
        "bring the optional embedding model, by which passages are found beside their words, or say what is here",
        _embedding,
    )
    embedding.add_argument("action", choices=("pull", "check"))
    reviewing = one("review", "note that a person signed an entry of the starter library, or a document", _review)
    reviewing.add_argument("entry", metavar="ID", help="of a recommendation or a document")
    reviewing.add_argument("--name", default="", help="who signs")
    reviewing.add_argument("--date", default="", metavar="DAY", help="when (default: today)")
    reviewing.add_argument("--comment", default="")
    reviewing.add_argument("--take-back", action="store_true", help="take the signature back")
    _of_antibiogram(
        one(
            "antibiogram",
            "add a local antibiogram (CSV, XLSX), or list those that are there",
            _antibiogram,
            " Its columns: organism, drug, n, % susceptible, period. That of the latest period holds; older ones stay.",
        )
    )


def _of_antibiogram(resistance: argparse.ArgumentParser) -> None:
    resistance.add_argument("file", type=Path, nargs="?", metavar="FILE")
    resistance.add_argument("--title", default="", help="of which hospital or ward it is")
    resistance.add_argument("--period", default="", help="where the file does not say it: 2025, or 2025-01/2025-06")
    resistance.add_argument(
        "--share", choices=("percent", "fraction", "count"), help="what the susceptible column holds"
    )
    resistance.add_argument("--sheet", default="", help="which sheet of a workbook")


@contextmanager
def _library(*, changing: bool = False) -> "Iterator[tuple[Database, DocumentIndex, str]]":
    """The store, the index and who acts; ``changing`` the library takes the role for it. Raises ``AccessError``."""
    from creason_core.guideline.here import index_here
    from creason_core.settings import settings
    from creason_core.store.upkeep.database import open_store

    present = settings()
    if changing:
        present.principal.require("curate")
    db = open_store(present.database, present.data_dir)
    try:
        yield db, index_here(present, db), present.principal.user
    finally:
        db.close()


def _add(arguments: argparse.Namespace) -> int:
    from creason_core.guideline.documents.about import ASKED
    from creason_core.guideline.documents.folders import add_file, add_folder

    with _library(changing=True) as (db, index, user):
        if arguments.place.is_dir():
            outcomes = add_folder(db, index, user, arguments.place, arguments.table)
        else:
            told = {name: getattr(arguments, name) for name in (*ASKED, "supersedes")}
            outcomes = iter([add_file(db, index, user, arguments.place, told)])
        failed = False
        for outcome in outcomes:
            failed |= outcome.shelved is None
            print(_added(outcome.shelved, outcome.notes) if outcome.shelved else f"NOT ADDED: {outcome.why}")
    return int(failed)


def _added(shelved: "Shelved", notes: tuple[str, ...]) -> str:
    one, old = shelved.document, shelved.concerned
    lines = [f"{one.id}: '{one.title}', {one.organisation}, {one.published}: {one.passages:,} passages of "
             f"{one.pages:,} pages or parts."]  # fmt: skip
    if old:
        lines.append(f"It supersedes {old.id}, '{old.title}', {old.published}, which stays and is told as superseded.")
    return "\n  ".join([*lines, *notes, *([shelved.trouble] if shelved.trouble else [])])


def _list(arguments: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from creason_core.guideline.documents.succession import validity
    from creason_core.store.hospital.library import documents_in

    with _library() as (db, _, _user):
        every = documents_in(db, removed=True)
    present, today = [one for one in every if one.removed is None], datetime.now(UTC).date()
    rows = []
    for one in every if arguments.removed else present:
        status = "removed" if one.removed else validity(one, every, today).status
        told = f"Taken out on {one.removed:%Y-%m-%d} by {one.removed_by}." if one.removed else ""
        held = told or validity(one, every, today).told
        about = {name: getattr(one, name) for name in ("title", "organisation", "published", "population", "file_name")}
        rows.append({"id": one.id, "status": status, **about, "passages": one.passages, "validity": held})
    if arguments.json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return 0
    for row in rows:
        print(f"{row['id']}  {row['status']:<10}  {row['published']:<10}  {row['title']} ({row['organisation']})")
        print(f"    {row['population']}; {row['file_name']}; {row['passages']:,} passages. {row['validity']}")
    print(f"{len(present)} documents, {sum(one.passages for one in present):,} passages.")
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    from creason_core.guideline.documents.shelving import remove

    with _library(changing=True) as (db, index, user):
        done = remove(db, index, user, arguments.document)
    print(f"Taken out: {done.document.id}, '{done.document.title}'. Its text is deleted; its name stays in the record.")
    if done.concerned:
        old = done.concerned
        print(f"It superseded {old.id}, '{old.title}', {old.published}, which is told as in force again.")
    if done.trouble:
        print(done.trouble)
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from creason_core.guideline.documents.checking import check
    from creason_core.guideline.here import dense_here
    from creason_core.settings import settings

    with _library() as (db, index, _):
        if arguments.rebuild:
            index.rebuild(db)
        found = check(db, index)
    print(f"{found.documents} documents, {found.passages:,} passages; the index has {found.index_bytes / 1e6:.1f} MB.")
    told = dense_here(settings()).told
    for problem in found.problems:
        print(f"PROBLEM: {problem}")
    if not found.problems:
        print("Every passage is what it was when it was added, and the index fits.")
    print(" ".join([told, *found.notes]))
    return int(bool(found.problems))


def _embedding(arguments: argparse.Namespace) -> int:
    from creason_core.guideline.here import dense_here
    from creason_core.model.embedding.weights import check, embedding_folder, pull
    from creason_core.settings import settings

    here = settings()
    if arguments.action == "pull":
        here.principal.require("curate")
        pull(here.models_dir)
    weights = check(embedding_folder(here.models_dir))
    print(f"{weights.folder} is whole: {weights.manifest.source}; licence: {weights.manifest.licence}.")
    print(dense_here(here).told)
    return 0


def _review(arguments: argparse.Namespace) -> int:
    from creason_core.guideline.reviewing import review, unsign

    with _library(changing=True) as (db, _, user):
        if arguments.take_back:
            unsign(db, user, arguments.entry)
            print(f"The signature of {arguments.entry} is taken back; that it was signed stays in the record.")
            return 0
        signed = review(db, user, arguments.entry, name=arguments.name, day=arguments.date, comment=arguments.comment)
    print(f"{signed.subject}: signed by {signed.name} on {signed.signed_on}, in its present wording.")
    return 0


def _antibiogram(arguments: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from creason_core.guideline.consults.antibiogram_files import read_file
    from creason_core.guideline.consults.antibiograms import add, holding, period
    from creason_core.store.hospital.antibiograms import antibiograms_in

    if arguments.file is None:
        with _library() as (db, _, _user):
            every = antibiograms_in(db)
        holds = holding(every)
        for one in every:
            print(f"{one.id}  {'in force' if one in holds else 'superseded':<10}  {period(one)}  {one.title}")
        print(f"{len(every)} antibiograms, {len(holds)} in force.")
        return 0
    with _library(changing=True) as (db, _, user):
        read = read_file(
            arguments.file,
            today=datetime.now(UTC).date(),
            period=arguments.period,
            share=arguments.share,
            sheet=arguments.sheet,
        )
        done = add(db, user, read, arguments.title)
    made = done.antibiogram
    print(f"{made.id}: {made.title}, {period(made)}: {len(read.rows):,} rows.")
    for note in read.notes:
        print(f"  {note}")
    if done.superseded:
        print(f"  It supersedes {done.superseded.id}, {period(done.superseded)}, which stays.")
    if done.newer:
        print(f"  It is older than {done.newer.id}, {period(done.newer)}, which stays in force.")
    return 0
