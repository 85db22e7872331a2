"""Which formats are read, and whether a file is what its name says, judged by its first bytes alone."""

import re
from pathlib import PurePath
from typing import Literal, get_args

from creason_core.errors import UploadError
from creason_core.record.importing.files import limits

Format = Literal["csv", "tsv", "xlsx", "json", "jsonl", "parquet", "sav", "dta"]
FORMATS: tuple[Format, ...] = get_args(Format)
_ALSO: dict[str, Format] = {"txt": "csv", "psv": "csv", "tab": "tsv", "ndjson": "jsonl", "zsav": "sav"}
ENDINGS = (*FORMATS, *_ALSO)
_TEXT = frozenset({"csv", "tsv", "json", "jsonl"})
_READ = "CSV, TSV, PSV, TXT, XLSX, JSON, JSONL (also FHIR), Parquet, SPSS (.sav) and Stata (.dta) files are read."

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a zip archive or an XLSX workbook"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"PAR1", "a Parquet file"),
    (b"PARE", "an encrypted Parquet file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or password-protected Office file"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"ARROW1", "a Feather file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"{\\rtf", "an RTF document"),
    (b"$FL2", "an SPSS file"),
    (b"$FL3", "an SPSS file"),
    (b"<stata_dta>", "a Stata file"),
)
_STATA = (b"<stata_dta>", b"\x71", b"\x72", b"\x73")  # the older ones begin with the number of their version
_HL7 = re.compile(rb"\s*(?:\xef\xbb\xbf)?\x0b?(?:FHS|BHS|MSH)(?P<sign>[^\w\s])")
_NO_HL7 = (
    "HL7 version 2 messages are not read. Let the interface engine write their OBX segments as a table (patient, time, "
    "test, value, unit), or as FHIR Observations."
)
_REFUSED = {
    "xls": "The old Excel format is not read. Save the file as .xlsx or .csv.",
    "xlsm": "Workbooks with macros are not read. Save the file as .xlsx, which cannot hold macros.",
    "xlsb": "Binary workbooks are not read. Save the file as .xlsx.",
    "xltx": "Templates are not read. Save the file as .xlsx.",
    "xltm": "Workbooks with macros are not read. Save the file as .xlsx, which cannot hold macros.",
    "ods": "OpenDocument sheets are not read. Save the file as .xlsx or .csv.",
    "pkl": "Pickle files can run programs and are never opened. Write the table as .parquet or .csv.",
    "pickle": "Pickle files can run programs and are never opened. Write the table as .parquet or .csv.",
    "joblib": "Pickle files can run programs and are never opened. Write the table as .parquet or .csv.",
    "zip": "Archives are not opened. Unpack the file and choose the table inside.",
    "gz": "Archives are not opened. Unpack the file and choose the table inside.",
    "hl7": _NO_HL7,
    "xml": "XML is not read. Export FHIR resources as JSON, or the values as a table.",
    "sas7bdat": "SAS files are not read. Save the table as .csv, .sav or .dta.",
    "xpt": "SAS files are not read. Save the table as .csv, .sav or .dta.",
}


def format_of(file_name: str, data: bytes, most: int = 0) -> Format:
    """The format of a file of up to ``most`` bytes (0: of an upload), by its name, and only if its bytes agree.

    Raises:
        UploadError: The file is empty or too large, of a format that is not read, or not what its name says.
    """
    extension = PurePath(file_name).suffix.casefold().removeprefix(".")
    if not data:
        raise UploadError("The file is empty.", remedy="Choose the file again, or export it again.")
    if len(data) > (most or limits.FILE_BYTES):
        raise UploadError(
            f"The file has {len(data) / limits.MB:.1f} MB; up to {(most or limits.FILE_BYTES) // limits.MB} MB are "
            "read.",
            remedy="Leave out columns that you do not need, or split it by patients.",
        )
    if extension in _REFUSED:
        raise UploadError(_REFUSED[extension])
    extension = _ALSO.get(extension, extension)
    for known in FORMATS:
        if extension == known:
            _agree(known, data)
            return known
    raise UploadError(f"Files ending in '.{extension[:20]}' are not read." if extension else "The file has no ending.",
                      remedy=_READ)  # fmt: skip


def _agree(name: Format, data: bytes) -> None:
    found = next((words for magic, words in _MAGIC if data.startswith(magic)), "")
    if name == "xlsx" and found == _MAGIC[0][1]:
        return
    if name == "parquet" and data.startswith(b"PAR1") and data.endswith(b"PAR1") and len(data) > 12:
        return
    if name == "xlsx" and data.startswith(_MAGIC[4][0]):
        raise UploadError(
            "The workbook is protected by a password or in the old Excel format.",
            remedy="Open it, remove the password, and save it as .xlsx.",
        )
    if name == "parquet" and data.startswith((b"PAR1", b"PARE")):
        raise UploadError("The Parquet file is cut off or encrypted.", remedy="Export it again, without encryption.")
    if (name == "sav" and data.startswith((b"$FL2", b"$FL3"))) or (name == "dta" and data.startswith(_STATA)):
        return
    if name not in _TEXT:
        raise UploadError(
            f"The file is named .{name} but is {found or 'something else'}.",
            remedy=f"Export it as .{name}, or give it the ending that it should have. {_READ}",
        )
    if not found and data.startswith(b"\x80") and data[1:2] in {b"\x02", b"\x03", b"\x04", b"\x05"}:
        found = "a pickle, which can run programs"
    if found:
        raise UploadError(f"The file is named .{name} but is {found}.", remedy=_READ)
    if _HL7.match(data[:100]):
        raise UploadError(_NO_HL7)
