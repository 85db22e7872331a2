"""Reader of XLSX workbooks: the archive is checked before it is opened, then one sheet is read row by row.

Macros, links to other files and formulas are never run; a formula's stored value is what is read. Runs in the
parsing process.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Protocol, cast

from creason_core.archives import opened_archive
from creason_core.errors import UploadError
from creason_core.record.importing.files import limits
from creason_core.record.importing.files.header_rows import holds_table
from creason_core.record.importing.files.sink import Sink, tabulate

if TYPE_CHECKING:
    from openpyxl import Workbook

_MERGED = re.compile(rb"<(?:\w+:)?mergeCell[ >/]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_HIDDEN = re.compile(rb"<(?:\w+:)?(?:row|col) [^>]*\bhidden=\"(?:1|true)\"")
# Formats that show more than the number: percent, and words in quotes ("<"0.0, 0.0" mmol/L").
_SHOWN = re.compile(rb"<(?:\w+:)?xf [^>]*\bnumFmtId=\"(?:9|10)\"|formatCode=\"[^\"]*(?:%|&quot;|\\)")
_QUOTED = re.compile(r'"([^"]*)"|\\(.)')
_WORDS = re.compile(r"(?P<before>[<>≤≥~]?) ?(?:[#0?.,]+|General)(?P<after>[^#0?]*)")
_LEGENDS, _LEGEND_ROWS, _LEGEND_CELLS = 5, 300, 12  # other sheets that may explain the table, and what is read of each
_DAMAGED = "Open it in a spreadsheet program and save it again as .xlsx."


def read_workbook(data: bytes, sink: Sink, *, sheet: str) -> None:
    """Reads ``sheet``, or the first visible sheet that holds a table, else the first that holds anything.

    Raises:
        UploadError: The archive breaks a limit, holds macros or a password, or is damaged.
    """
    from openpyxl import DEFUSEDXML, load_workbook

    if not DEFUSEDXML:
        raise UploadError("Workbooks are not read, since defusedxml is missing.", remedy="Install the program again.")
    with _archive(data) as archive:
        marks = _marks(archive, sink)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        formulas = load_workbook(io.BytesIO(data), read_only=True, keep_links=False) if marks.formulas else None
        chosen = _choose(book, sheet, sink)
        tabulate(_rows(book, formulas, chosen, sink, as_shown=marks.shown), sink, ragged=False, share=lambda: 0.5)
        _legends(book, chosen, sink)
    except (UploadError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 — a damaged workbook can raise anything at all inside openpyxl
        raise UploadError(f"The workbook is damaged ({type(error).__name__}).", remedy=_DAMAGED) from None


class _Sheet(Protocol):
    """What is used of a sheet that openpyxl reads without holding it in memory."""

    def reset_dimensions(self) -> None: ...

    def iter_rows(self, *, values_only: bool) -> Iterator[tuple[object, ...]]: ...


class _Cell(Protocol):
    value: object
    number_format: str | None


class _Marks:
    """What the workbook's XML says that openpyxl's fast reading does not: formulas, and formats that show more."""

    formulas = shown = False


def _archive(data: bytes) -> zipfile.ZipFile:
    archive = opened_archive(data, "The workbook", remedy=_DAMAGED)
    names = {member.filename.casefold() for member in archive.infolist()}
    if any("vbaproject" in name or "macrosheets/" in name for name in names):
        raise UploadError("The workbook holds macros, which are not read.", remedy="Save it as .xlsx without macros.")
    if "[content_types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise UploadError(
            "The file is a zip archive, but no XLSX workbook.", remedy="Unpack it and choose the table inside."
        )
    return archive


def _marks(archive: zipfile.ZipFile, sink: Sink) -> _Marks:
    marks, merged, linked, hidden = _Marks(), False, False, False
    for member in archive.infolist():
        name = member.filename.casefold()
        linked = linked or name.startswith("xl/externallinks/")
        if name != "xl/styles.xml" and not (name.startswith("xl/worksheets/") and name.endswith(".xml")):
            continue
        try:
            content = archive.read(member)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, zlib.error):
            raise UploadError("The workbook is damaged: a sheet cannot be unpacked.", remedy=_DAMAGED) from None
        if name == "xl/styles.xml":
            marks.shown = bool(_SHOWN.search(content))
            continue
        merged = merged or bool(_MERGED.search(content))
        hidden = hidden or bool(_HIDDEN.search(content))
        marks.formulas = marks.formulas or bool(_FORMULA.search(content))
    if merged:
        sink.note("The workbook has merged cells; only the first cell of each has the value.")
    if hidden:
        sink.note("The workbook has hidden rows or columns, which are read like others.")
    if linked:
        sink.note("The workbook refers to other files; they were not opened.")
    return marks


def _choose(book: "Workbook", wanted: str, sink: Sink) -> str:
    """The name of the sheet to read."""
    visible = [ws.title for ws in book.worksheets if ws.sheet_state == "visible"]
    hidden = len(book.worksheets) - len(visible)
    if not visible:
        raise UploadError("The workbook has no visible sheet.", remedy="Show the sheet and save the workbook again.")
    if wanted and wanted not in visible:
        raise UploadError(
            f"The workbook has no visible sheet '{wanted}'.", remedy=f"It has: {', '.join(visible[:20])}."
        )
    tables = [name for name in visible if holds_table(_sheet(book, name).iter_rows(values_only=True))]
    filled = tables or [name for name in visible if _has_cells(_sheet(book, name))] or visible
    chosen = wanted or filled[0]
    sink.sheets(visible, chosen, tables if len(tables) > 1 and not wanted else ())
    if len(visible) > 1:
        others = ", ".join(f"'{name}'" for name in tables if name != chosen)
        sink.note(
            f"The workbook has {len(visible)} sheets; '{chosen}' was read." + f" Not read: {others}." * bool(others)
        )
    if hidden:
        sink.note(f"{hidden} hidden sheet{'s were' if hidden > 1 else ' was'} not read.")
    return chosen


def _sheet(book: "Workbook", name: str) -> "_Sheet":
    """A sheet whose declared dimensions are not believed."""
    sheet = cast("_Sheet", book[name])
    sheet.reset_dimensions()
    return sheet


def _has_cells(sheet: "_Sheet") -> bool:
    return any(cell is not None for row in islice(sheet.iter_rows(values_only=True), 50) for cell in row)


def _legends(book: "Workbook", chosen: str, sink: Sink) -> None:
    """Hands on the first rows of other visible sheets, which may say what codes and columns of the table mean."""
    others = [ws.title for ws in book.worksheets if ws.sheet_state == "visible" and ws.title != chosen]
    for name in others[:_LEGENDS]:
        for cells in islice(_sheet(book, name).iter_rows(values_only=True), _LEGEND_ROWS):
            if any(isinstance(cell, str) for cell in cells[:_LEGEND_CELLS]):
                sink.legend(cells)


def _as_shown(cell: _Cell) -> object:
    """A cell's value; a number with what its format shows beside it: 0.45 may be 45 %, 0.2 a limit, 4.1 in mmol/L."""
    value, shown = cell.value, (cell.number_format or "").partition(";")[0]
    if not isinstance(value, int | float) or isinstance(value, bool):
        return value
    if "%" in _QUOTED.sub("", shown):
        return f"{value * 100:.13g}%"
    words = _WORDS.fullmatch(_QUOTED.sub(lambda found: found[1] or found[2] or "", shown).strip())
    if words is None or not (words["before"] or any(sign.isalpha() or sign == "%" for sign in words["after"])):
        return value
    return f"{words['before']}{value:.15g} {words['after'].strip()}".strip()


def _cells(sheet: "_Sheet", *, as_shown: bool) -> Iterator[Sequence[object]]:
    if not as_shown:
        yield from sheet.iter_rows(values_only=True)
        return
    for cells in sheet.iter_rows(values_only=False):
        yield [_as_shown(cast("_Cell", cell)) for cell in cells]


def _rows(
    book: "Workbook", formulas: "Workbook | None", name: str, sink: Sink, *, as_shown: bool
) -> Iterator[tuple[int, Sequence[object]]]:
    """The rows of a sheet. A formula that nobody calculated makes its row a problem."""
    written = _sheet(formulas, name).iter_rows(values_only=True) if formulas else None
    for number, cells in enumerate(_cells(_sheet(book, name), as_shown=as_shown), start=1):
        if len(cells) > limits.COLUMNS * 4:
            raise UploadError(
                f"Row {number} reaches column {len(cells):,}; up to {limits.COLUMNS:,} are read.",
                remedy="Delete what stands far to the right of the table.",
            )
        if number > limits.ROWS * 6:
            raise UploadError(f"The sheet has more than {limits.ROWS:,} rows.", remedy="Split it by patients.")
        beneath = next(written, ()) if written else ()
        empty = [at for at, cell in enumerate(beneath, 1) if isinstance(cell, str) and cell.startswith("=")
                 and (at > len(cells) or cells[at - 1] is None)]  # fmt: skip
        if empty:
            sink.problem(
                number, f"Cell {empty[0]} is a formula without a stored value: calculate and save the workbook."
            )
        else:
            yield number, cells
