"""What a document may cost, and how the process that reads it is held to that."""

from creason_core import confined

MIB = 1024 * 1024
MB = 1_000_000  # as browsers count an upload

FILE_BYTES = 50 * MB
PAGES = 3_000  # or parts
PAGE_CHARACTERS = 100_000
TEXT_CHARACTERS = 20_000_000  # of all pages together
PASSAGES = 100_000  # of the whole library
ARCHIVE_MEMBERS = 2_000  # of a DOCX: each picture is one

# Memory is address space: pypdf keeps a file's objects, lxml a whole text.
MEMORY_BYTES = 1_024 * MIB
SECONDS = 120


def confine_this_process() -> None:
    """Holds this process to the limits of one that reads a document."""
    confined.confine_this_process(MEMORY_BYTES, SECONDS)
