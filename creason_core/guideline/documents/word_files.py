"""Reader of DOCX, by python-docx once its archive was looked at: paragraphs and tables, a part under each heading.

Macros, fields, linked pictures and embedded files are not looked at.
"""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from creason_core.archives import opened_archive
from creason_core.errors import UploadError
from creason_core.guideline.documents import limits
from creason_core.guideline.documents.parts import Parts
from creason_core.guideline.documents.sink import Sink

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table

_DAMAGED = "Open it in a word processor and save it again as .docx."


def read_word(data: bytes, sink: Sink) -> None:
    """Reads the body of the document, in order.

    Raises:
        UploadError: The archive breaks a limit, has a password, or is damaged.
    """
    import docx

    with opened_archive(data, "The document", remedy=_DAMAGED, members=limits.ARCHIVE_MEMBERS) as archive:
        if "word/document.xml" not in archive.namelist():
            raise UploadError("The file is a zip archive, but no DOCX document.", remedy=_DAMAGED)
    try:
        document = docx.Document(io.BytesIO(data))
        about = document.core_properties
        day = about.modified or about.created
        sink.said(about.title or "", "", day.date().isoformat() if day else "")
        parts = Parts(sink)
        for heading, text in _blocks(document):
            parts.heading(text) if heading else parts.paragraph(text)
        parts.end()
    except (UploadError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 — a damaged file can raise anything at all inside python-docx and lxml
        raise UploadError(f"The document is damaged ({type(error).__name__}).", remedy=_DAMAGED) from None


def _blocks(document: "Document") -> Iterator[tuple[bool, str]]:
    """Whether it is a heading, and the text, of each paragraph and row of a table, in the document's order."""
    from docx.text.paragraph import Paragraph

    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            style = (block.style.name if block.style is not None else "") or ""
            yield style.startswith(("Heading", "Title")), block.text
        else:
            yield from ((False, row) for row in _rows(block))


def _rows(table: "Table") -> Iterator[str]:
    for row in table.rows:
        cells: list[str] = []
        seen: set[int] = set()
        for cell in row.cells:
            if id(cell._tc) not in seen:  # a merged cell comes once for each column that it spans
                seen.add(id(cell._tc))
                cells.append(" ".join(cell.text.split()))
        yield " | ".join(cells)
