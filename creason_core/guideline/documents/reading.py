"""Reads a document in a process of its own, which is held to its limits and ended when it exceeds them."""

import hashlib
import sys
from dataclasses import dataclass

from pydantic import ValidationError

from creason_core.confined import listened
from creason_core.errors import UploadError
from creason_core.guideline.documents import limits
from creason_core.guideline.documents.formats import Format, format_of
from creason_core.guideline.documents.protocol import (
    LINES,
    DocumentEnd,
    DocumentFault,
    DocumentMemory,
    DocumentNote,
    DocumentPart,
    DocumentSaid,
)
from creason_core.guideline.documents.sink import plain
from creason_core.store.hospital.library import Page
from creason_core.store.sql.types import clean

_TOO_LONG = UploadError(
    f"Reading the document took more than {limits.SECONDS} seconds and was ended.",
    remedy="Save it without pictures, or split it.",
)
_TOO_LARGE = UploadError(
    f"Reading the document needs more memory than the {limits.MEMORY_BYTES // limits.MIB:,} MB that it may take.",
    remedy="Save it without pictures, or split it.",
)
_MOST_BYTES = 8 * limits.TEXT_CHARACTERS  # of all lines: a character as JSON takes six


@dataclass(frozen=True)
class ReadDocument:
    """What was read. ``sha256`` (hex) and ``size`` (bytes) are the file's; ``said`` is what it says of itself.

    ``seconds`` and ``peak`` (bytes of memory) are what reading took.
    """

    file_name: str
    format: Format
    sha256: str
    size: int
    said: DocumentSaid
    pages: tuple[Page, ...]
    notes: tuple[str, ...]
    seconds: float
    peak: int


def read_document(data: bytes, file_name: str) -> ReadDocument:
    """The text of a document, page by page.

    Raises:
        UploadError: It is not read, in words that say why and what to do.
    """
    found = format_of(file_name, data)
    heard = _Heard()
    ended = listened(_command(found), data, limits.SECONDS, heard.take)
    if heard.fault is None and heard.peak is None:
        heard.fault = _TOO_LONG if ended.late else _TOO_LARGE
    if heard.fault:
        raise heard.fault
    return ReadDocument(
        file_name=plain(file_name).replace("\n", " ")[:200],
        format=found,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        said=heard.said,
        pages=tuple(heard.pages),
        notes=tuple(heard.notes),
        seconds=ended.seconds,
        peak=heard.peak or 0,
    )


def _command(name: Format) -> list[str]:
    return [sys.executable, "-I", "-m", "creason_core.guideline.documents.child", name]


class _Heard:
    """What the process said so far; ``peak`` is None until its last line."""

    def __init__(self) -> None:
        self.said = DocumentSaid(kind="said")
        self.pages: list[Page] = []
        self.notes: list[str] = []
        self.fault: UploadError | None = None
        self.peak: int | None = None
        self._bytes = 0

    def take(self, line: bytes) -> bool:
        """Takes a line; whether it was the last one."""
        self._bytes += len(line)
        try:
            if self._bytes > _MOST_BYTES:
                raise ValueError("more than any document can be")
            self._take(line)
        except (ValidationError, ValueError):
            self.fault = UploadError("Reading the document failed.", remedy="Save it in another format and try again.")
        return self.fault is not None or self.peak is not None

    def _take(self, said: bytes) -> None:
        line = LINES.validate_json(said)
        if isinstance(line, DocumentPart):
            if line.page != len(self.pages) + 1 or len(line.text) > limits.PAGE_CHARACTERS:
                raise ValueError("a page out of order")
            self.pages.append(Page(line.page, clean(line.label), clean(line.text)))
        elif isinstance(line, DocumentSaid):
            self.said = line
        elif isinstance(line, DocumentNote):
            self.notes.append(line.message)
        elif isinstance(line, DocumentEnd):
            self.peak = line.peak
        elif isinstance(line, DocumentFault):
            self.fault = UploadError(line.message, remedy=line.remedy)
        elif isinstance(line, DocumentMemory):
            self.fault = _TOO_LARGE
