"""Readers of Markdown and plain text: a part under each heading. Markdown stays as it is typed; it is never drawn."""

import codecs
import re

from creason_core.errors import UploadError
from creason_core.guideline.documents.parts import Parts
from creason_core.guideline.documents.sink import PartSink

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")


def decoded(data: bytes, sink: PartSink, named: str = "") -> str:
    """The text of a file: by its byte order mark, else as ``named`` in it, else UTF-8, else Windows-1252 with a note.

    Raises:
        UploadError: It is no text.
    """
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "")
    if not marked and b"\x00" in data:
        raise UploadError("The file holds zero bytes: it is not text.", remedy="Save it as UTF-8.")
    for encoding in (marked,) if marked else (named, "utf-8", "cp1252"):
        try:
            text = data.decode(encoding) if encoding else None
        except (UnicodeError, LookupError, ValueError):  # of whatever encoding a page names
            continue
        if text is not None:
            if encoding == "cp1252" and named.casefold() != "cp1252":
                sink.note("The file is not UTF-8 and was read as Windows-1252. Check its special characters.")
            return text
    raise UploadError("The file's text is in an encoding that is not known.", remedy="Save it as UTF-8.")


def read_markdown(data: bytes, sink: PartSink) -> None:
    """Reads Markdown; its first heading is what it says its title is.

    Raises:
        UploadError: It holds no text, or more than is read.
    """
    _read(decoded(data, sink), sink, headings=True)


def read_text(data: bytes, sink: PartSink) -> None:
    """Reads plain text.

    Raises:
        UploadError: It holds no text, or more than is read.
    """
    _read(decoded(data, sink), sink, headings=False)


def _read(text: str, sink: PartSink, *, headings: bool) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    parts, paragraph, fenced, title = Parts(sink), list[str](), False, ""
    for line in lines:
        fenced ^= headings and bool(_FENCE.match(line))
        found = _HEADING.match(line) if headings and not fenced else None
        if found or not line.strip():
            parts.paragraph("\n".join(paragraph))
            paragraph = []
        else:
            paragraph.append(line)
        if found:
            parts.heading(found[1])
            title = title or found[1]
    parts.paragraph("\n".join(paragraph))
    sink.said(title)
    parts.end()
