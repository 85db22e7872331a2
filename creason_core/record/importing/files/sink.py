"""Where readers put what they find: cells become clean text, sizes are counted, and chunks of rows go out.

Runs in the parsing process. Every cell is text; what it means is decided later, with the codebook.
"""

import json
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from creason_core.confined import peak_memory
from creason_core.errors import UploadError
from creason_core.record.importing.files import limits
from creason_core.record.importing.files.blocks import Below, heads, is_legend
from creason_core.record.importing.files.header_rows import is_number, joined

CHUNK_ROWS = 500
_TITLE_ROWS = 20  # rows above the header that may hold a title
_PROBLEMS = 1_000
_LEGEND, _LEGEND_CELLS = 500, 12  # characters of a cell of a legend, and cells of a row of one
_OTHER_TABLE = "Put each table on a sheet or into a file of its own, with a column that says whose its rows are."
# Control characters, zero-width characters and marks that turn the direction of writing: none belongs in a value.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


class Sink:
    """Collects one table and writes it out as JSON lines of the kinds in ``protocol``."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._rows: list[tuple[int, list[str]]] = []
        self._width = 0
        self._count = self._cells = self._characters = self._problems = self._hidden = 0

    def header(self, cells: Sequence[object]) -> None:
        """Names the columns; empty names become "Column 3", and a name that comes again gets its number."""
        if len(cells) > limits.COLUMNS:
            raise UploadError(
                f"The table has {len(cells):,} columns; up to {limits.COLUMNS:,} are read.",
                remedy="Leave out columns that you do not need.",
            )
        names: list[str] = []
        twice: set[str] = set()
        for position, cell in enumerate(cells, start=1):
            name = self.clean(cell).replace("\n", " ").strip()[:200] or f"Column {position}"
            if name in names:
                twice.add(name)
                number = 2
                while f"{name} ({number})" in names:
                    number += 1
                name = f"{name} ({number})"
            names.append(name)
        if twice:
            shown = ", ".join(f"'{name}'" for name in sorted(twice)[:5])
            self.note(f"More than one column is called {shown}; the later ones carry a number.")
        self._width = len(names)
        self._say(kind="columns", columns=names)

    def row(self, number: int, cells: Sequence[object], done: float = 0.0) -> None:
        """Takes a row that has as many cells as the header or fewer; ``done`` is the share of the file read."""
        texts = self.clean_row(cells)
        characters = len("".join(texts))
        if not characters:
            return
        texts += [""] * (self._width - len(texts))
        self._count += 1
        self._cells += len(texts)
        self._characters += characters
        self._check_sizes()
        self._rows.append((number, texts))
        if len(self._rows) >= CHUNK_ROWS:
            self._flush(done)

    def problem(self, number: int, message: str) -> None:
        """A row that cannot be used, and why."""
        self._problems += 1
        if self._problems > _PROBLEMS:
            raise UploadError(
                f"More than {_PROBLEMS:,} rows cannot be used; the first of them: row {number}: {message}",
                remedy="Check how the file was exported.",
            )
        self._say(kind="problem", row=number, message=message)

    def note(self, message: str) -> None:
        """Something about the whole file that its owner should know."""
        self._say(kind="note", message=message)

    def legend(self, cells: Sequence[object]) -> None:
        """A row that says what codes, marks or columns stand for."""
        self._say(kind="legend", cells=[self.clean(cell)[:_LEGEND] for cell in cells[:_LEGEND_CELLS]])

    def delimiter(self, delimiter: str) -> None:
        """What stands between the cells of a text file."""
        self._say(kind="delimiter", delimiter=delimiter)

    def sheets(self, names: Sequence[str], chosen: str, left_open: Sequence[str] = ()) -> None:
        """The sheets of a workbook, the one that is read, and those of which a person should choose one."""
        cleaned = [self.clean(name) for name in names]
        self._say(
            kind="sheets", names=cleaned, chosen=self.clean(chosen), open=[self.clean(name) for name in left_open]
        )

    def end(self) -> None:
        """Everything has been read."""
        self._flush(1.0)
        if not self._width:
            raise UploadError("The file holds no table.", remedy="It needs a row of column names and a row of values.")
        if not self._count and not self._problems:
            raise UploadError("The table has column names but no rows.", remedy="Add at least one row of values.")
        if self._hidden:
            self.note(f"Invisible characters were taken out of {self._hidden:,} cells.")
        self._say(kind="end", peak=peak_memory())

    def clean(self, cell: object) -> str:
        """``cell`` as text without invisible characters, in composed form, without space around it."""
        text = _text(cell)
        if len(text) > limits.CELL_CHARACTERS:
            raise UploadError(
                f"A cell has {len(text):,} characters; up to {limits.CELL_CHARACTERS:,} are read. "
                f"It begins with '{_UNSEEN.sub(' ', text[:30])}'.",
                remedy="An open quotation mark often causes this. Otherwise leave that column out.",
            )
        if text.isascii() and text.isprintable():
            return text.strip()
        shown = _SURROGATE.sub("\ufffd", _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
        self._hidden += len(shown) < len(text.replace("\r\n", "\n"))
        return unicodedata.normalize("NFC", shown).strip()

    def clean_row(self, cells: Sequence[Any]) -> list[str]:
        """``clean`` for every cell; a row of printable text, as most are, is looked at as a whole."""
        try:
            whole = "".join(cells)
        except TypeError:  # not all text
            return [self.clean(cell) for cell in cells]
        if len(whole) > limits.CELL_CHARACTERS or not whole.isprintable():
            return [self.clean(cell) for cell in cells]
        return [cell.strip() if cell.isascii() else self.clean(cell) for cell in cells]

    def _check_sizes(self) -> None:
        sizes = (
            (self._count, limits.ROWS, "rows"),
            (self._cells, limits.CELLS, "cells"),
            (self._characters, limits.TEXT_BYTES // 2, "characters"),
        )
        for size, most, word in sizes:
            if size > most:
                raise UploadError(f"The table has more than {most:,} {word}.", remedy="Split it by patients.")

    def _flush(self, done: float) -> None:
        if self._rows:
            self._say(kind="rows", rows=self._rows, done=round(min(max(done, 0.0), 1.0), 3))
            self._rows = []

    def _say(self, **line: object) -> None:
        self._write(json.dumps(line, ensure_ascii=False, separators=(",", ":")))


def tabulate(
    rows: Iterable[tuple[int, Sequence[object]]], sink: Sink, *, ragged: bool, share: Callable[[], float]
) -> None:
    """Puts a grid into ``sink``: finds the header, skips a title above it, and names rows that do not fit it.

    ``ragged`` says that a row with fewer cells than the header may be shifted (a text file); a spreadsheet simply
    leaves empty cells out.
    """
    above: list[tuple[int, Sequence[object]]] = []
    below: _Rows | None = None
    for number, cells in joined(rows, sink.note):
        if below:
            below.take(number, cells, share())
            continue
        filled = [cell for cell in cells if sink.clean(cell)]
        if not filled:
            continue
        above.append((number, cells))
        if len(filled) > 1 or len(above) > _TITLE_ROWS:
            below = _begin(above, sink, ragged=ragged)
    if not below and above:
        below = _begin(above, sink, ragged=ragged)
    if below:
        below.end()


def _begin(above: list[tuple[int, Sequence[object]]], sink: Sink, *, ragged: bool) -> "_Rows":
    """Takes the header out of the first rows; returns what takes the others."""
    wide = max(len(_trimmed(cells, sink)) for _, cells in above)
    at = len(above) - 1 if len(_trimmed(above[-1][1], sink)) == wide > 1 else 0
    header = _trimmed(above[at][1], sink)
    if all(is_number(sink.clean(cell)) for cell in header):
        raise UploadError(
            f"Row {above[at][0]} should hold column names, but holds numbers.",
            remedy="Add a row of column names on top.",
        )
    if at:
        sink.note(f"{at} row{'s' if at > 1 else ''} above the column names {'were' if at > 1 else 'was'} skipped.")
    for _, cells in above[:at]:
        if is_legend(texts := [sink.clean(cell) for cell in cells]):
            sink.legend([text for text in texts if text])
    sink.header(header)
    rows = _Rows(header, sink, ragged=ragged)
    for number, cells in above[at + 1 :]:
        rows.take(number, cells, 0.0)
    return rows


class _Rows:
    """Puts the rows below a header into the sink, but for such as are none of values."""

    def __init__(self, header: Sequence[object], sink: Sink, *, ragged: bool) -> None:
        self._sink, self._width, self._ragged = sink, len(header), ragged
        self._below = Below([sink.clean(cell) for cell in header])
        self._waiting: tuple[int, Sequence[object]] | None = None  # a row of words, which may head another table
        self._again = 0

    def take(self, number: int, cells: Sequence[object], done: float) -> None:
        """Takes a row of the file."""
        clean = self._sink.clean_row
        if self._waiting:
            if heads(clean(self._waiting[1]), clean(cells)):
                raise _other_table(self._waiting[0])
            self.end()
        kind = self._below.kind(cells, clean) if self._width > 1 else "values"
        if kind == "other table":
            raise _other_table(number)
        if kind == "maybe other":
            self._waiting = number, cells
        elif kind == "again":
            self._again += 1
            if self._again == 1:
                self._sink.note(f"Row {number} holds the column names again, and was left out, as were others like it.")
        elif kind == "legend":
            self._sink.legend([text for text in clean(cells) if text])
            self._sink.note(f"Row {number} is a legend and holds no values.")
        else:
            _place(number, cells, self._width, self._sink, ragged=self._ragged, done=done)

    def end(self) -> None:
        """Places a row that waits for the next."""
        if self._waiting:
            (number, cells), self._waiting = self._waiting, None
            _place(number, cells, self._width, self._sink, ragged=self._ragged, done=0.0)


def _other_table(number: int) -> UploadError:
    return UploadError(f"Row {number} begins another table: it holds names of columns.", remedy=_OTHER_TABLE)


def _place(number: int, cells: Sequence[object], width: int, sink: Sink, *, ragged: bool, done: float) -> None:
    kept = cells if len(cells) <= width else _trimmed(cells, sink)
    if len(kept) > width or (ragged and len(cells) < width and any(sink.clean(cell) for cell in cells)):
        sink.problem(number, f"The row has {len(kept)} cells and the header {width}: values may have shifted.")
        return
    sink.row(number, kept, done)


def _trimmed(cells: Sequence[object], sink: Sink) -> Sequence[object]:
    last = next((i for i in range(len(cells), 0, -1) if sink.clean(cells[i - 1])), 0)
    return cells[:last]


def _text(cell: object) -> str:  # noqa: PLR0911 — one return a type
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int):
        return str(cell) if abs(cell) < 10**30 else f"{Decimal(cell):.15E}"
    if isinstance(cell, float):
        return f"{cell:.15g}" if math.isfinite(cell) else str(cell)
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return f"{cell.total_seconds() / 3600:.15g} h"
    if isinstance(cell, Decimal):
        return f"{cell:.15g}" if cell.is_finite() else str(cell)
    return str(cell)
