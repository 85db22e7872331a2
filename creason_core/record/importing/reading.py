"""Reads a table in a process of its own, which is held to its limits and ended when it exceeds them.

Uploads to the pages and files of the command line are read alike; a registry's file has wider limits.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from creason_core.confined import listened
from creason_core.errors import UploadError
from creason_core.record.importing.contents.legends import read_legend
from creason_core.record.importing.files import limits
from creason_core.record.importing.files.formats import Format, format_of
from creason_core.record.importing.files.protocol import (
    LINES,
    Columns,
    Delimiter,
    End,
    Fault,
    Legend,
    Memory,
    Note,
    Problem,
    Row,
    RowProblem,
    Rows,
    Sheets,
    Table,
)
from creason_core.record.importing.files.sink import Sink
from creason_core.record.importing.forms.coded_columns import coded
from creason_core.record.importing.forms.omop_rows import spelled
from creason_core.record.importing.forms.redcap_rows import by_record

Progress = Callable[[float], object]

_STEP = 0.02  # of the file, from one sign of progress to the next: each of them is drawn

_TOO_LONG = UploadError(
    f"Reading the file took more than {limits.SECONDS} seconds and was ended.",
    remedy="Leave out what you do not need, or save it as .csv.",
)
_TOO_LARGE = UploadError(
    f"Reading the file needs more memory than the {limits.MEMORY_BYTES // limits.MIB} MB that it may take.",
    remedy="Leave out what you do not need, or split it by patients.",
)


@dataclass(frozen=True)
class TableReading:
    """How reading went: a table, or the fault; with the seconds it took and the most memory that it held (bytes)."""

    table: Table | None
    fault: UploadError | None
    seconds: float
    peak: int


def read_table(
    data: bytes, file_name: str, *, sheet: str = "", progress: Progress | None = None, registry: bool = False
) -> Table:
    """The table in a file. ``progress`` hears the share that has been read; ``registry`` gives it wider limits.

    ``sheet`` is that of a workbook, or the event of a REDCap export whose values count.

    Raises:
        UploadError: The file is not read, in words that say why and what to do.
    """
    name = format_of(file_name, data, limits.REGISTRY["FILE_BYTES"] if registry else 0)
    found = read_measured(data, name, sheet=sheet, progress=progress, registry=registry)
    if found.table is None:
        raise found.fault or _TOO_LARGE
    return of_systems(found.table, sheet)


def of_systems(table: Table, sheet: str = "") -> Table:
    """``table`` with the forms of REDCap, OMOP and FHIR in it as any other table has them; ``sheet`` as above."""
    return coded(spelled(by_record(table, sheet)))


def as_table(columns: Sequence[str], records: Iterable[Sequence[object]]) -> Table:
    """Records of a database as the table of a file: every cell is the text that a reader of files makes of it.

    Raises:
        UploadError: A cell holds more characters than any may have.
    """
    clean = Sink(lambda _: None).clean
    rows = (Row(number, tuple("" if cell != cell else clean(cell) for cell in record))  # noqa: PLR0124 — NaN, NaT
            for number, record in enumerate(records, start=1))  # fmt: skip
    return Table(tuple(columns), tuple(rows))


def read_pasted(text: str, *, sheet: str = "") -> Table:
    """The table in text copied from a spreadsheet (tab-separated), or typed with commas or semicolons, or JSON.

    Raises:
        UploadError: As ``read_table``.
    """
    if not text.strip():
        raise UploadError("Nothing was pasted.", remedy="Copy the table with its column names and paste it here.")
    data = text.strip("\r\n").encode("utf-8", errors="replace")
    first = text.lstrip("\r\n").split("\n", 1)[0]
    ending = "json" if first.lstrip().startswith(("{", "[")) else "tsv" if "\t" in first else "csv"
    return read_table(data, f"pasted.{ending}", sheet=sheet)


def read_measured(
    data: bytes, name: Format, *, sheet: str = "", progress: Progress | None = None, registry: bool = False
) -> TableReading:
    """Parses ``data`` in a process of its own; never raises for what is in the file."""
    building = _Building(progress, limits.REGISTRY["TEXT_BYTES"] if registry else limits.TEXT_BYTES)
    seconds = limits.REGISTRY["SECONDS"] if registry else limits.SECONDS
    ended = listened(_command(name, sheet, "registry" if registry else "upload"), data, seconds, building.take)
    fault = building.fault
    if fault is None and not building.ended:
        fault = _TOO_LONG if ended.late else _TOO_LARGE
    table = building.table() if fault is None else None
    return TableReading(table=table, fault=fault, seconds=ended.seconds, peak=building.peak)


def _command(name: Format, sheet: str, size: str) -> list[str]:
    module = ["-I", "-m", "creason_core.record.importing.files.child"]
    return [sys.executable, *module, size, name, *([sheet] if sheet else [])]


class _Building:
    """Puts lines together to a table."""

    def __init__(self, progress: Progress | None, text_bytes: int) -> None:
        self._progress, self._text_bytes = progress, text_bytes
        self._columns: tuple[str, ...] = ()
        self._rows: list[Row] = []
        self._problems: list[RowProblem] = []
        self._notes: list[str] = []
        self._legend: list[tuple[str, ...]] = []
        self._sheets = Sheets(kind="sheets", names=(), chosen="")
        self._delimiter = ""
        self._bytes = 0
        self._shown = 0.0
        self.fault: UploadError | None = None
        self.ended = False
        self.peak = 0

    def take(self, line: bytes) -> bool:
        """Takes a line; whether it was the last one."""
        self._bytes += len(line)
        try:
            if self._bytes > 4 * self._text_bytes:
                raise ValueError("more than any table can be")
            self._take(line)
        except (ValidationError, ValueError):
            self.fault = UploadError("Reading the file failed.", remedy="Save it as .csv and try again.")
        return bool(self.fault) or self.ended

    def table(self) -> Table:
        """The table, when all has been said."""
        return Table(
            columns=self._columns,
            rows=tuple(self._rows),
            problems=tuple(self._problems),
            notes=tuple(self._notes),
            sheets=self._sheets.names,
            sheet=self._sheets.chosen,
            delimiter=self._delimiter,
            open=self._sheets.open,
            legend=read_legend(self._legend, self._columns),
        )

    def _take(self, said: bytes) -> None:
        line = LINES.validate_json(said)
        if isinstance(line, Rows):
            width = len(self._columns)
            if any(len(cells) != width for _, cells in line.rows):
                raise ValueError("a row of another width")
            self._rows.extend(Row(number, tuple(cells)) for number, cells in line.rows)
            if self._progress and line.done >= self._shown + _STEP:
                self._shown = line.done
                self._progress(line.done)
        elif isinstance(line, Columns):
            self._columns = line.columns
        elif isinstance(line, Note):
            self._notes.append(line.message)
        elif isinstance(line, Legend):
            self._legend.append(line.cells)
        elif isinstance(line, Problem):
            self._problems.append(RowProblem(line.row, line.message))
        elif isinstance(line, Delimiter):
            self._delimiter = line.delimiter
        elif isinstance(line, Sheets):
            self._sheets = line
        elif isinstance(line, End):
            self.ended, self.peak = True, line.peak
        elif isinstance(line, Fault):
            self.fault, self.peak = UploadError(line.message, remedy=line.remedy), line.peak
        elif isinstance(line, Memory):
            self.fault, self.peak = _TOO_LARGE, line.peak
