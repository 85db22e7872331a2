"""Files and folders of the program that only their owner can read: 0600 and 0700, whatever the umask says.

What is made is made so; what an earlier version left open is mended at start. On systems without such rights (Windows)
nothing is done: there the user's own folder is private already.
"""

import glob
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import FileLock

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
# What the program keeps in its data folder; anything else there is not ours to change.
OURS = tuple(
    "adapters backups baselines calibration cohorts demo evaluations faithfulness library logs models predictions "
    "processes second-opinions".split()
)
# Of a database: itself, its journals, its lock, what a migration was at work on, and what a restore took the place of.
_OF_DATABASE = ("", "-wal", "-shm", "-journal", ".lock", ".new*", ".before-restore-*")
_RESTORING = ".restoring-*.db*"  # the copy in which a backup was checked when the program was killed
_HAS_RIGHTS = hasattr(os, "geteuid")


def from_now_on() -> None:
    """Whatever this process and its children make from now on is readable by its owner only."""
    os.umask(0o077)


def private_folder(folder: Path) -> Path:
    """Makes ``folder`` and what is missing above it, each open to its owner only; one that is there stays as it is.

    Raises:
        OSError: It cannot be made.
    """
    missing = [folder, *folder.parents]
    for place in reversed(missing[: next((n for n, place in enumerate(missing) if place.exists()), len(missing))]):
        place.mkdir(mode=0o700, exist_ok=True)
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is not a folder")
    return folder


def made_private(path: Path) -> Path:
    """Takes a file, or a folder with all in it, away from everybody but its owner; links are not followed."""
    for place in _all(path):
        _close(place)
    return path


def private_lock(path: Path, *, wait: float = 0.0) -> "FileLock":
    """A lock on the file ``path``, which is made where it is absent and stays when the lock is given back.

    The operating system drops it when its holder dies, however it dies; where a file system has no such locks, taking
    it raises ``OSError`` and nothing takes its place. Whichever thread took it may give it back.

    Args:
        path: In a folder that is there.
        wait: For how many seconds to wait for another holder (another lock on the same file in this process is one);
            then ``filelock.Timeout`` is raised. Negative: for as long as it takes.
    """
    from filelock import FileLock  # with asyncio below it, which a program that locks nothing need not load

    return FileLock(path, timeout=wait, mode=0o600, thread_local=False, fallback_to_soft=False)


def open_to_others(data_dir: Path, database: Path | None = None) -> tuple[Path, ...]:
    """What the program keeps in ``data_dir``, and the database with its journals, that others may read or change."""
    return tuple(place for place in _kept(data_dir, database) if _is_open(place))


def mend(data_dir: Path, database: Path | None = None) -> int:
    """Closes what is open to others, as far as it is this user's; how many files and folders that were."""
    return sum(_close(place) for place in open_to_others(data_dir, database))


def _kept(data_dir: Path, database: Path | None) -> Iterator[Path]:
    if not _HAS_RIGHTS:
        return
    data_dir = data_dir.resolve()  # a link has the rights of everybody, whatever it leads to
    if data_dir.is_dir() and data_dir not in {Path.home(), Path(data_dir.anchor)}:
        yield data_dir
    for name in OURS:
        yield from _all(data_dir / name)
    for base in {place.resolve() for place in (data_dir / "creason.db", database or data_dir / "creason.db")}:
        for pattern in (*(glob.escape(base.name) + ending for ending in _OF_DATABASE), _RESTORING):
            yield from (
                place for place in sorted(base.parent.glob(pattern)) if place.is_file() and not place.is_symlink()
            )


def _all(path: Path) -> Iterator[Path]:
    """``path`` and all below it, without links."""
    if path.is_symlink() or not path.exists():
        return
    yield path
    if path.is_dir():
        with suppress(OSError):
            for below in sorted(path.iterdir()):
                yield from _all(below)


def _is_open(place: Path) -> bool:
    with suppress(OSError):
        found = place.lstat()
        sticky = found.st_mode & stat.S_ISVTX  # a folder that the system shares, such as /tmp
        return bool(found.st_mode & _OTHERS) and not sticky
    return False


def _close(place: Path) -> bool:
    """Whether rights of others were taken away: those of this user's own files and folders."""
    if not _HAS_RIGHTS:
        return False
    with suppress(OSError):
        found = place.lstat()
        if found.st_mode & _OTHERS and found.st_uid == os.geteuid() and not found.st_mode & stat.S_ISVTX:
            place.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)
            return True
    return False
