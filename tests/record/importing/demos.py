"""Public tables through the generic import, with nothing answered: ``-m tests.record.importing.demos FOLDER``.

Every ``.csv`` and ``.csv.gz`` below the folder is read as the app reads an upload, and a line of Markdown says what
came of it. Of a table over the limit its first 9 MB are taken, and the line says so. A table whose tests stand as codes
is joined with the table of names of its folder that has them in a column of the same name. Values are those that would
be stored once every question is answered by leaving out; a mapping by hand would give more. Seconds are those of the
processor, for this process and the parser's, and the clock's, from the bytes to the review with nothing answered.
"""

import gzip
import resource
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from creason_core.errors import UploadError
from creason_core.record.codebook import packaged_codebook
from creason_core.record.importing import reading
from creason_core.record.importing.columns.mapping import TableMapping
from creason_core.record.importing.decisions import Decisions
from creason_core.record.importing.files import limits
from creason_core.record.importing.files.formats import Format
from creason_core.record.importing.files.protocol import Table
from creason_core.record.importing.forms.name_keys import evident, keys
from creason_core.record.importing.forms.name_tables import codes_alone, refuse_names, with_names
from creason_core.record.importing.reading import TableReading, read_measured, read_table
from creason_core.record.importing.review.review import review
from creason_core.record.importing.suggesting import headed, suggest

RHC = packaged_codebook("rhc")
_PART = 9 * limits.MIB
_LEFT_OUT = Decisions(leave_out_rejected=True, units_confirmed=True, identifiers_seen=True)
HEAD = (
    "| Table | Rows | Columns read | Patients | Values | Questions | Refused values | Processor s | Clock s | "
    "Parser's peak |"
)
_PEAKS: list[int] = []  # bytes, of each file that was read


def line(path: Path, folder: Path, names: Mapping[str, Table]) -> str:
    """One table's line; ``names`` are the tables of names near it."""
    data = _content(path)
    name = f"`{str(path.relative_to(folder)).removesuffix('.gz')}`"
    if len(data) > _PART:
        data, name = data[: data.rindex(b"\n", 0, _PART) + 1], f"{name}, first 9 of {len(data) / limits.MIB:.0f} MB"
    start = _seconds()
    _PEAKS.clear()
    try:
        table = headed(read_table(data, path.name.removesuffix(".gz")), RHC)
        table, mapping, joined = _joined(table, names)
        name += f", with `{joined}`" if joined else ""
        cells, seconds = _cells(table, mapping, start)
    except UploadError as error:
        return f"| {name} | Refused: {error.message} | | | | | | {_since(start)} | {_peak()} |"
    return f"| {name} | {len(table.rows):,} | {cells} | {seconds} | {_peak()} |"


def _seconds() -> tuple[float, float]:
    """The processor's seconds of both processes, and the clock's."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used), time.monotonic()


def _since(start: tuple[float, float]) -> str:
    return " | ".join(f"{now - then:.1f}" for now, then in zip(_seconds(), start, strict=True))


def _peak() -> str:
    return f"{max(_PEAKS) / limits.MIB:.0f} MB" if _PEAKS else ""


def _remembered(data: bytes, name: Format, *, sheet: str = "", **_: object) -> TableReading:
    found = read_measured(data, name, sheet=sheet)
    _PEAKS.append(found.peak)
    return found


def _content(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def _joined(table: Table, names: Mapping[str, Table]) -> tuple[Table, TableMapping, str]:
    """``table`` with its names where its tests stand as codes, how it is mapped, and which table of names that was."""
    mapping = suggest(table, RHC)
    if mapping.mapped or not codes_alone([item.name for item in mapping.names]):
        return table, mapping, ""
    found = {name: key for name, other in names.items() if (key := evident(keys(table, other)))}
    if not found:
        return table, mapping, ""
    best = max(found, key=lambda name: found[name].found)
    made = with_names(table, names[best], found[best])
    return made, suggest(made, RHC), best


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


def _cells(table: Table, mapping: TableMapping, start: tuple[float, float]) -> tuple[str, str]:
    """What came of a table, and the seconds since ``start`` when the questions were known."""
    asked = review(table, mapping, Decisions(), RHC, import_id="demo")
    seconds = _since(start)
    stored = review(table, mapping, _LEFT_OUT, RHC, import_id="demo")
    values = sum(len(entries) for entries in stored.drafts.values())
    refused = sum(item.disposition in {"rejected", "left out"} for item in stored.items)
    questions = len(asked.questions) + bool(table.open)
    read = sum(item.role != "ignored" for item in mapping.columns)
    used = f"{read} of {len(mapping.columns)}"
    return f"{used} | {len(stored.drafts):,} | {values:,} | {questions:,} | {refused:,}", seconds


def lines(folder: Path) -> Iterator[str]:
    """The whole table."""
    yield from (HEAD, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    names = {place: tables_of_names(place) for place in {path.parent for path in _tables(folder)}}
    for path in _tables(folder):
        yield line(path, folder, names[path.parent])


if __name__ == "__main__":
    reading.read_measured = _remembered
    for said in lines(Path(sys.argv[1])):
        sys.stdout.write(said + "\n")
        sys.stdout.flush()
