"""Reader of DOCX, by python-docx once its archive was looked at: paragraphs and tables, a part under each heading.

All text of the body is read in its order, in content controls, text boxes and tracked insertions too, and the footnotes
after it; tracked deletions, headers and footers are not. Macros, fields, linked pictures and embedded files are not
looked at.
"""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from creason_core.archives import opened_archive
from creason_core.errors import UploadError
from creason_core.guideline.documents import limits
from creason_core.guideline.documents.parts import Parts
from creason_core.guideline.documents.sink import PartSink

if TYPE_CHECKING:
    from docx.document import Document
    from lxml.etree import _Element as Element

_DAMAGED = "Open it in a word processor and save it again as .docx."
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
# What was struck out, what repeats a box for older programs, and boxes, which come after their paragraph.
_SKIPPED = frozenset(
    {f"{_W}del", f"{_W}moveFrom", f"{_W}txbxContent"}
    | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
)
_SIGNS = {f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}


def read_word(data: bytes, sink: PartSink) -> None:
    """Reads the body of the document, in order, and its footnotes.

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
        headings = {style.style_id for style in document.styles if (style.name or "").startswith(("Heading", "Title"))}
        for heading, text in _blocks(document.element.body, headings):
            parts.heading(text) if heading else parts.paragraph(text)
        _notes(document, parts)
        parts.end()
        if document.element.body.find(f".//{_W}vanish") is not None:
            sink.note("The document holds hidden text; it was read like the rest.")
    except (UploadError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 — a damaged file can raise anything at all inside python-docx and lxml
        raise UploadError(f"The document is damaged ({type(error).__name__}).", remedy=_DAMAGED) from None


def _blocks(within: "Element", headings: set[str]) -> Iterator[tuple[bool, str]]:
    """Whether it is a heading, and the text, of each paragraph and each row of a table, in the document's order."""
    for element in within:
        if element.tag == f"{_W}p":
            style = element.find(f"{_W}pPr/{_W}pStyle")
            yield style is not None and style.get(f"{_W}val") in headings, _text(element)
            for box in _boxes(element):
                yield from _blocks(box, headings)
        elif element.tag == f"{_W}tbl":
            yield from ((False, " | ".join(_cells(row))) for row in element.iter(f"{_W}tr"))
        elif element.tag not in _SKIPPED:
            yield from _blocks(element, headings)


def _cells(row: "Element") -> Iterator[str]:
    """The cells of a row; those of a table within a cell come with that table's own rows."""
    for cell in row.iter(f"{_W}tc"):
        if next(cell.iterancestors(f"{_W}tr")) is row:
            own = [one for one in cell.iter(f"{_W}p") if next(one.iterancestors(f"{_W}tc")) is cell]
            yield " ".join(" ".join(_text(one) for one in own).split())


def _text(paragraph: "Element") -> str:
    def pieces(element: "Element") -> Iterator[str]:
        for one in element:
            if one.tag in {f"{_W}t", _MATHS}:
                yield one.text or ""
            elif one.tag in _SIGNS:
                yield _SIGNS[one.tag]
            elif one.tag not in _SKIPPED:
                yield from pieces(one)

    return "".join(pieces(paragraph))


def _boxes(paragraph: "Element") -> Iterator["Element"]:
    """The text boxes of a paragraph that are in no other box of it."""
    for box in paragraph.iter(f"{_W}txbxContent"):
        above = [one.tag for one in box.iterancestors() if one is not paragraph]
        nested = next(iter(box.iterancestors(f"{_W}p"))) is not paragraph
        if not nested and not any(tag.endswith("}Fallback") for tag in above if isinstance(tag, str)):
            yield box


def _notes(document: "Document", parts: Parts) -> None:
    from docx.oxml.parser import parse_xml

    for part in document.part.package.iter_parts():
        if str(part.partname) in {"/word/footnotes.xml", "/word/endnotes.xml"}:
            notes = [text for _, text in _blocks(parse_xml(part.blob), set()) if text.strip()]
            if notes:
                parts.heading("Notes")
                for note in notes:
                    parts.paragraph(note)
