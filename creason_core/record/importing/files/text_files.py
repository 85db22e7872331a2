"""Readers of CSV and TSV: the encoding, the delimiter, and rows with their numbers. Runs in the parsing process."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from typing import Protocol

from creason_core.errors import UploadError
from creason_core.record.importing.files import limits
from creason_core.record.importing.files.legacy_text import legacy_text
from creason_core.record.importing.files.plain_lists import put_plain_list
from creason_core.record.importing.files.sink import Sink, tabulate

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_LINES = 20


class Hearing(Protocol):
    """Whoever is told what the owner of a file should know."""

    def note(self, message: str) -> None:
        """Takes one message."""


def text_rows(data: bytes) -> tuple[list[list[str]], tuple[str, ...]]:
    """The rows of a small CSV whose form is known, and what its owner should know of how it was read.

    Raises:
        UploadError: It is no text, or no CSV.
    """
    notes: list[str] = []

    class Heard:
        def note(self, message: str) -> None:
            notes.append(message)

    text = decode(data, Heard())
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)), tuple(notes)
    except csv.Error as error:
        raise UploadError(f"it is no CSV: {error}.", remedy="Export it again.") from None


def decode(data: bytes, sink: Hearing) -> str:
    """The text of a file: by its byte order mark, else UTF-8, else an older encoding that fits, with a note.

    Raises:
        UploadError: It is no text in any of them.
    """
    marked = next((encoding for mark, encoding in _BYTE_ORDER_MARKS if data.startswith(mark)), None)
    if marked is None and b"\x00" in data:
        raise UploadError(
            "The file holds zero bytes: it is not text, or in UTF-16 without a byte order mark.",
            remedy="Save it as UTF-8.",
        )
    try:
        return data.decode(marked or "utf-8")
    except UnicodeDecodeError:
        found = None if marked else legacy_text(data)
    if found is None:
        raise UploadError("The file's text is in an encoding that is not known.", remedy="Save it as UTF-8.")
    text, name = found
    sink.note(f"The file is not UTF-8 and was read as {name}. Check that special characters are right.")
    return text


def read_delimited(data: bytes, sink: Sink, *, tabs: bool) -> None:
    """Reads CSV (the delimiter is found) or, with ``tabs``, TSV; else a plain list, a name and a value a line.

    Raises:
        UploadError: Quotation marks or sizes break a rule; the message names the row.
    """
    text = decode(data, sink).replace("\x00", "")
    if not tabs and put_plain_list(text, sink):
        return
    delimiter = "\t" if tabs else _delimiter(text)
    sink.delimiter(delimiter)
    csv.field_size_limit(limits.CELL_CHARACTERS * 4)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines = max(text.count("\n"), text.count("\r"), 1)

    def rows() -> Iterator[tuple[int, Sequence[object]]]:
        start = 1
        try:
            for cells in reader:
                if len(cells) > limits.COLUMNS * 4:
                    raise UploadError(
                        f"Row {start} has {len(cells):,} cells; up to {limits.COLUMNS:,} columns are read.",
                        remedy="Leave out columns that you do not need, or check the line ends.",
                    )
                if start > limits.ROWS * 5:
                    raise UploadError(f"The file has more than {limits.ROWS:,} rows.", remedy="Split it by patients.")
                yield start, cells
                start = reader.line_num + 1
        except csv.Error as error:
            raise UploadError(
                f"The file cannot be read from row {start} on: {error}.",
                remedy="A quotation mark that is not closed often causes this.",
            ) from None

    tabulate(rows(), sink, ragged=True, share=lambda: reader.line_num / lines)


def _delimiter(text: str) -> str:
    """The delimiter that splits the first lines into the most cells, most evenly; a comma where nothing does."""
    sample = [line for line in text[:100_000].splitlines()[:_SAMPLE_LINES] if line.strip()]
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        counts = [_count(line, delimiter) for line in sample]
        if not counts or not max(counts):
            continue
        common = max(set(counts), key=lambda count: (counts.count(count), count))
        score = counts.count(common) / len(counts) * (1 + min(common, 50) / 100) if common else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _count(line: str, delimiter: str) -> int:
    """How often ``delimiter`` stands outside quotation marks."""
    return sum(part.count(delimiter) for part in line.split('"')[::2])
