"""Adds files from a computer's folders: one with what was told of it, or many with a table that tells of each."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from creason_core.errors import CReasonError, GuidelineError, UploadError
from creason_core.guideline.documents import limits
from creason_core.guideline.documents.about import about
from creason_core.guideline.documents.formats import ENDINGS, READ
from creason_core.guideline.documents.index import DocumentIndex
from creason_core.guideline.documents.reading import read_document
from creason_core.guideline.documents.shelving import Shelved, add
from creason_core.store.sql.transactions import Database

COLUMNS = ("file", "title", "organisation", "date", "valid_until", "population", "supersedes")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: shelved, with notes on how it was read, or ``why`` not."""

    shelved: Shelved | None
    notes: tuple[str, ...] = ()
    why: str = ""


def add_file(db: Database, index: DocumentIndex, user: str, file: Path, told: Mapping[str, str]) -> Outcome:
    """Adds one file, as ``told``.

    Raises:
        CReasonError: It cannot be read or may not be added.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(limits.FILE_BYTES + 1)
    except OSError as error:
        raise UploadError(f"{file} cannot be read: {error.strerror}.") from error
    read = read_document(data, file.name)
    said = about(told, read.said, read.file_name)
    return Outcome(add(db, index, user, read, told=said, today=datetime.now(UTC).date()), read.notes)


def add_folder(
    db: Database, index: DocumentIndex, user: str, folder: Path, table: Path | None
) -> Iterator[Outcome]:  # fmt: skip
    """Adds the documents of a folder and of the folders in it, older editions first; what is not added is told.

    Raises:
        GuidelineError: There is no table that tells of them, or it is broken: then nothing is added.
    """
    inside = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    files = [path for path in inside if path.suffix.casefold().removeprefix(".") in ENDINGS]
    if table is None:
        raise GuidelineError(
            f"{folder} has {len(files)} documents, and nobody has said what they are.",
            remedy=f"Give --table FILE.csv with a line for each: {','.join(COLUMNS)}. Nothing was added.",
        )
    rows = _rows(table)
    if absent := [name for name in rows if folder / name not in inside]:
        raise GuidelineError(f"{table} tells of '{absent[0]}', which is not in {folder}.", remedy="Nothing was added.")
    order = _order(rows)
    ids: dict[str, str] = {}
    for name in order:
        told = rows[name]
        told = {**told, "supersedes": ids.get(told["supersedes"], told["supersedes"])}
        try:
            outcome = add_file(db, index, user, folder / name, told)
        except CReasonError as error:
            yield Outcome(None, why=f"{name}: {error}")
        else:
            assert outcome.shelved is not None
            ids[name] = outcome.shelved.document.id
            yield outcome
    for path in inside:
        name = path.relative_to(folder).as_posix()
        if name not in rows and path.resolve() != table.resolve():
            why = f"{table.name} has no line for it." if path in files else f"it is not read. {READ}"
            yield Outcome(None, why=f"{name}: {why}")


def _rows(table: Path) -> dict[str, dict[str, str]]:
    """File → what is told of it."""
    try:
        reader = csv.DictReader(io.StringIO(table.read_text(encoding="utf-8-sig")), strict=True)
        lines = [{str(key): (value or "").strip() for key, value in row.items() if key} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise GuidelineError(f"{table} cannot be read: {error}.", remedy="Save it as CSV in UTF-8.") from error
    if missing := [name for name in COLUMNS if not lines or name not in lines[0]]:
        raise GuidelineError(
            f"{table} has no column '{missing[0]}', or no line.", remedy=f"It needs these columns: {','.join(COLUMNS)}."
        )
    names = [line["file"] for line in lines]
    if twice := [name for name in names if names.count(name) > 1]:
        raise GuidelineError(f"{table} tells of '{twice[0]}' twice.", remedy="Nothing was added.")
    return {line["file"]: {**line, "published": line["date"]} for line in lines}


def _order(rows: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The files, each after the one that it supersedes.

    Raises:
        GuidelineError: Two of them supersede each other, directly or around a corner.
    """
    order: list[str] = []
    for name in rows:
        chain: list[str] = []
        at = name
        while at in rows and at not in order:
            if at in chain:
                circle = " → ".join([*chain[chain.index(at) :], at])
                raise GuidelineError(
                    f"These supersede each other: {circle}.", remedy="Nothing was added. Say which is the newer one."
                )
            chain.append(at)
            at = rows[at]["supersedes"]
        order += reversed(chain)
    return order
