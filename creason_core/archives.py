"""Packed formats (XLSX, DOCX) from strangers: an archive is looked at before anything in it is unpacked."""

import io
import zipfile

from creason_core.errors import UploadError

MIB = 1024 * 1024

# As declared; Python's zipfile never unpacks more of a member than it declares.
MEMBERS = 200
UNPACKED_BYTES = 100 * MIB
RATIO = 100
RATIO_FROM_BYTES = MIB  # small members may compress as well as they like


def opened_archive(data: bytes, what: str, *, remedy: str, members: int = MEMBERS) -> zipfile.ZipFile:
    """The archive ``data``, once it breaks no limit; ``what`` begins the sentences about it: "The workbook".

    Raises:
        UploadError: It is no archive, damaged, protected by a password, or unpacks to more than any real one.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        found = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise UploadError(f"{what} is damaged: its archive cannot be opened.", remedy=remedy) from None
    if len(found) > members:
        raise UploadError(f"{what} has {len(found):,} parts; up to {members:,} are read.", remedy=remedy)
    if any(member.flag_bits & 1 for member in found):
        raise UploadError(f"{what} is protected by a password.", remedy="Remove the password and save it again.")
    if sum(member.file_size for member in found) > UNPACKED_BYTES:
        raise UploadError(
            f"{what} unpacks to more than {UNPACKED_BYTES // MIB} MB.", remedy="Keep only what you need of it."
        )
    for member in found:
        if member.file_size > RATIO_FROM_BYTES and member.file_size > RATIO * max(member.compress_size, 1):
            raise UploadError(
                f"A part of {what[0].lower()}{what[1:]} unpacks to more than {RATIO} times its size, as attacks do.",
                remedy="If it is real, save it in another format.",
            )
    return archive
