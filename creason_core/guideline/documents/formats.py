"""Which documents are read, by the name of their file, and only where the first bytes agree."""

from pathlib import PurePath
from typing import Literal

from creason_core.errors import UploadError
from creason_core.guideline.documents import limits

Format = Literal["pdf", "docx", "html", "markdown", "text"]
ENDINGS: dict[str, Format] = {
    "pdf": "pdf", "docx": "docx", "html": "html", "htm": "html", "md": "markdown", "markdown": "markdown", "txt": "text"
}  # fmt: skip
READ = "PDF, DOCX, HTML, Markdown (.md) and text (.txt) are read."

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BINARY: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a DOCX or another zip archive"),
    (_OLD_OFFICE, "an old or password-protected Office file"),
    (b"{\\rtf", "a rich-text file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)


def format_of(file_name: str, data: bytes) -> Format:
    """The format of a document.

    Raises:
        UploadError: It is empty or too large, of a format that is not read, or not what its name says.
    """
    ending = PurePath(file_name).suffix.casefold().removeprefix(".")
    if not data:
        raise UploadError("The file is empty.", remedy="Choose the file again, or export it again.")
    if len(data) > limits.FILE_BYTES:
        raise UploadError(
            f"The file has {len(data) / limits.MB:.1f} MB; up to {limits.FILE_BYTES // limits.MB} MB are read.",
            remedy="Save it without pictures, or split it.",
        )
    if ending == "doc":
        raise UploadError("Old Word files (.doc) are not read.", remedy="Save it as .docx or .pdf.")
    known = ENDINGS.get(ending)
    if known is None:
        raise UploadError(
            f"Files ending in '.{ending[:20]}' are not read." if ending else "The file has no ending.", remedy=READ
        )
    _agree(known, ending, data)
    return known


def _agree(known: Format, ending: str, data: bytes) -> None:
    found = next((words for magic, words in _BINARY if data.startswith(magic)), "")
    if known == "pdf" and b"%PDF-" in data[:1024]:  # readers allow bytes before it
        return
    if known == "docx" and data.startswith(b"PK\x03\x04"):
        return
    if known == "docx" and data.startswith(_OLD_OFFICE):
        raise UploadError(
            "The document is protected by a password or in the old Word format.",
            remedy="Open it, remove the password, and save it as .docx.",
        )
    if known in {"pdf", "docx"} or found:
        raise UploadError(
            f"The file is named .{ending} but is {found or 'something else'}.",
            remedy=f"Give it the ending that it should have. {READ}",
        )
