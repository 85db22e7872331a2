"""Public tables through the generic import, with nothing answered: ``-m tests.record.importing.demos FOLDER``.

Every ``.csv`` and ``.csv.gz`` below the folder is read as the app reads an upload, and a line of Markdown says what
came of it. Of a table over the limit its first 9 MB are taken, and the line says so. A table whose tests stand as codes
is joined with the table of names of its folder that has them in a column of the same name. Values are those that would
be stored once every question is answered by leaving out; a mapping by hand would give more.
"""

import gzip
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from creason_core.errors import UploadError
from creason_core.record.codebook import packaged_codebook
from creason_core.record.importing import limits
from creason_core.record.importing.decisions import Decisions
from creason_core.record.importing.name_tables import codes_alone, evident, keys, refuse_names, with_names
from creason_core.record.importing.protocol import Table
from creason_core.record.importing.reading import read_measured, read_table
from creason_core.record.importing.review import Review, review
from creason_core.record.importing.suggesting import headed, suggest

RHC = packaged_codebook("rhc")
_PART = 9 * limits.MIB
_LEFT_OUT = Decisions(leave_out_rejected=True, units_confirmed=True, identifiers_seen=True)
HEAD = "| table | rows | columns read | layout | patients | values | questions | refused | seconds | parser's peak |"


def line(path: Path, folder: Path, names: Mapping[str, Table]) -> str:
    """One table's line; ``names`` are the tables of names near it."""
    data = _content(path)
    name = str(path.relative_to(folder)).removesuffix(".gz")
    if len(data) > _PART:
        data, name = data[: data.rindex(b"\n", 0, _PART) + 1], f"{name}, first 9 of {len(data) / limits.MIB:.0f} MB"
    start = time.monotonic()
    peak = read_measured(data, "csv").peak / limits.MIB
    read = time.monotonic() - start
    try:
        table = headed(read_table(data, path.name.removesuffix(".gz")), RHC)
        table, joined = _joined(table, names)
        name += f" with {joined}" if joined else ""
        cells = _cells(table)
    except UploadError as error:
        return f"| {name} | | | | | | | {error} | {read:.1f} | {peak:.0f} MB |"
    return f"| {name} | {len(table.rows):,} | {cells} | {time.monotonic() - start - read:.1f} | {peak:.0f} MB |"


def _content(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def _joined(table: Table, names: Mapping[str, Table]) -> tuple[Table, str]:
    """``table`` with its names where its tests stand as codes, and which table of names that was."""
    mapping = suggest(table, RHC)
    if mapping.mapped or not codes_alone([item.name for item in mapping.names]):
        return table, ""
    found = {name: key for name, other in names.items() if (key := evident(keys(table, other)))}
    if not found:
        return table, ""
    best = max(found, key=lambda name: found[name].found)
    return with_names(table, names[best], found[best]), best


def tables_of_names(folder: Path) -> Mapping[str, Table]:
    """The tables of names in a folder and below it, by their file's name."""
    found = {}
    for path in [path for path in _tables(folder) if path.name.casefold().startswith("d_")]:
        try:
            table = read_table(_content(path), path.name.removesuffix(".gz"))
            refuse_names(table)
        except UploadError as error:
            if "table of names" in error.message:
                found[path.name.removesuffix(".gz")] = table
    return found


def _tables(folder: Path) -> list[Path]:
    return sorted([*folder.rglob("*.csv"), *folder.rglob("*.csv.gz")])


def _cells(table: Table) -> str:
    mapping = suggest(table, RHC)
    asked = _reviewed(table, Decisions())
    stored = _reviewed(table, _LEFT_OUT)
    values = sum(len(entries) for entries in stored.drafts.values())
    refused = sum(item.disposition in {"rejected", "left out"} for item in stored.items)
    questions = len(asked.questions) + bool(table.open)
    read = sum(item.role != "ignored" for item in mapping.columns)
    used = f"{read} of {len(mapping.columns)}"
    return f"{used} | {mapping.layout} | {len(stored.drafts):,} | {values:,} | {questions:,} | {refused:,}"


def _reviewed(table: Table, decisions: Decisions) -> Review:
    return review(table, suggest(table, RHC), decisions, RHC, import_id="demo")


def lines(folder: Path) -> Iterator[str]:
    """The whole table."""
    yield from (HEAD, "|---|--:|--:|---|--:|--:|--:|--:|--:|--:|")
    names = {place: tables_of_names(place) for place in {path.parent for path in _tables(folder)}}
    for path in _tables(folder):
        yield line(path, folder, names[path.parent])


if __name__ == "__main__":
    for said in lines(Path(sys.argv[1])):
        sys.stdout.write(said + "\n")
        sys.stdout.flush()
