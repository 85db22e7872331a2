"""Files: written whole or not at all, and known by their hash."""

import glob
import hashlib
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

_PARTIAL = ".partial"
KEPT = 256  # files of a folder that are not read again while they stay as they are
_LEFT = 86_400.0  # seconds: what is older was left by a process that was killed


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A new, empty file beside ``path``, to be filled, that takes its place when the block ends.

    Only its owner can read it. It is on the disk before it takes the place, so that a power cut leaves the old file or
    the new one. Where the block raises, it is removed and ``path`` stays as it was; where the process is killed, it
    stays, under a name that ``is_partial`` knows, until ``path`` is written a day later.

    Raises:
        OSError: It cannot be made, or not take the place.
    """
    for left in path.parent.glob(f".{glob.escape(path.name)}.*{_PARTIAL}"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _LEFT:
                left.unlink()
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_PARTIAL, dir=path.parent)
    os.close(descriptor)
    partial = Path(name)
    try:
        yield partial
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Writes ``text`` in UTF-8 to ``path``, as ``whole_file`` does."""
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8")


class Stamped(NamedTuple):
    """A file as it now is: another time of change or size is another content."""

    path: Path
    changed_ns: int
    size: int


def stamped(paths: Iterable[Path]) -> tuple[Stamped, ...]:
    """The files that are there, as the key of what was read of each."""
    found = []
    for path in paths:
        with suppress(OSError):
            said = path.stat()
            found.append(Stamped(path, said.st_mtime_ns, said.st_size))
    return tuple(found)


def is_partial(path: Path) -> bool:
    """Whether this is a file that nobody finished."""
    return path.name.startswith(".") and path.suffix == _PARTIAL


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
