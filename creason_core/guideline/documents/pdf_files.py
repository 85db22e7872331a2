"""Reader of PDF: the text of each page, by pypdf. No script, form action, link or attached file of it is looked at."""

import io
import logging
import re
from collections.abc import Sequence

from creason_core.errors import UploadError
from creason_core.guideline.documents.sink import PartSink

_DATE = re.compile(r"^(?:D:)?(\d{4})(\d{2})?(\d{2})?")
_OFFICE = re.compile(r"^microsoft word - |\.docx?$", re.IGNORECASE)
_UNREADABLE = 0.1  # of all characters
_SCANNED = 0.5  # of the pages without text: more, and the document is told as a scan


def read_pdf(data: bytes, sink: PartSink) -> None:
    """Reads every page.

    Raises:
        UploadError: It is encrypted, damaged, or a scan without text.
    """
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    logging.disable(logging.CRITICAL)  # pypdf's warnings quote the file
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UploadError("The PDF is encrypted, and opens with a password only.", remedy="Save it without one.")
        _said(reader.metadata, sink)
        unseen = _Unseen()
        for page in reader.pages:
            sink.part(page.extract_text(visitor_operand_before=unseen))
    except DependencyError:
        raise UploadError(
            "The PDF is encrypted in a way that is not read here.", remedy="Save it without encryption."
        ) from None
    except (UploadError, MemoryError):
        raise
    except PyPdfError as error:
        raise UploadError(f"The PDF is damaged ({type(error).__name__}).", remedy="Export it again.") from None
    except Exception as error:  # noqa: BLE001 — a damaged PDF can raise anything at all inside pypdf
        raise UploadError(f"The PDF is damaged ({type(error).__name__}).", remedy="Export it again.") from None
    if sink.parts and sink.empty_parts == sink.parts:
        raise UploadError(
            f"The PDF has {sink.parts:,} pages and no text: it is a scan, a picture of pages.",
            remedy="Run it through text recognition (OCR) first, or take the document it was printed from.",
        )
    if sink.unreadable > _UNREADABLE * sink.characters:
        raise UploadError(
            "The PDF's fonts do not say which letters they draw, so that its text cannot be read.",
            remedy="Run it through text recognition (OCR), or take the document it was printed from.",
        )
    if unseen.found:
        sink.note("The PDF holds text that is not drawn, as text recognition leaves it: hold it against the page.")
    if sink.empty_parts > _SCANNED * sink.parts:
        sink.note(
            f"{sink.empty_parts:,} of {sink.parts:,} pages hold no text and look like scans; nothing on them is found."
        )
    elif sink.empty_parts:
        sink.note(f"{sink.empty_parts:,} of {sink.parts:,} pages hold no text; nothing on them is found.")


class _Unseen:
    """Sees whether text is set to be invisible (PDF's rendering mode 3) while a page is read."""

    def __init__(self) -> None:
        self.found = False

    def __call__(self, operator: bytes, operands: Sequence[object], *_: object) -> None:
        """Called with each operator of a page."""
        self.found |= operator == b"Tr" and list(operands) == [3]


def _said(about: object, sink: PartSink) -> None:
    title, author = (str(getattr(about, name, None) or "") for name in ("title", "author"))
    created = _DATE.match(str(getattr(about, "creation_date_raw", None) or ""))
    day = "-".join(part for part in created.groups() if part) if created else ""
    sink.said(_OFFICE.sub("", title), author, day)
