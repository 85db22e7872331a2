"""Fitted trees on disk, so that the next start of the program need not fit them again.

Plain arrays in an ``npz`` without pickle, readable by their owner only, each named by the SHA-256 of everything that
determines it: the split, the feature, what is shown, the training patients' values, and how and with which release of
scikit-learn it was fitted. What cannot be read, is of
another form or another fit, is removed and made anew; a folder that cannot be written keeps nothing.
"""

import logging
import os
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from creason_core.evaluation.second_opinion.trees import Trees, read_back
from creason_core.private import made_private, private_folder

FOLDER = "second-opinions"  # in the data folder
VERSION = 1  # of the files
LARGEST = 1 << 25  # bytes of one file's arrays: a fit has about 1 MB
MOST = 500  # files; the oldest go
_KEY = "key"
_log = logging.getLogger(__name__)


def trees(folder: Path | None, key: str, columns: int, fit: Callable[[], Trees]) -> Trees:
    """The trees called ``key`` (hex) for ``columns`` inputs: from ``folder``, or by ``fit``, then kept there."""
    if folder is None:
        return fit()
    path = _path(folder, key)
    found = _read(path, key, columns)
    if found is None:
        found = fit()
        _write(path, key, found)
    return found


def is_kept(folder: Path, key: str) -> bool:
    """Whether there is a file of the fit called ``key``."""
    return _path(folder, key).is_file()


def _path(folder: Path, key: str) -> Path:
    return folder / f"{VERSION}-{key[:32]}.npz"


def _read(path: Path, key: str, columns: int) -> Trees | None:
    if not path.is_file():
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > LARGEST:
                raise ValueError("too large")
        with np.load(path, allow_pickle=False) as file:
            arrays: dict[str, NDArray[Any]] = {name: file[name] for name in file.files}
        if str(arrays.pop(_KEY)) != key:
            raise ValueError("another fit")
        read = read_back(arrays, columns=columns)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, MemoryError, NotImplementedError) as error:
        _log.warning("a kept fit cannot be used and is made anew: %s", type(error).__name__)
        with suppress(OSError):
            path.unlink()
        return None
    with suppress(OSError):
        os.utime(path)  # used last
    return read


def _write(path: Path, key: str, found: Trees) -> None:
    unfinished = path.with_suffix(f".{os.getpid()}.unfinished")
    try:
        private_folder(path.parent)
        unfinished.touch(mode=0o600)
        made_private(unfinished)  # one that a killed process left
        with unfinished.open("wb") as file:
            np.savez(file, allow_pickle=False, **{_KEY: np.asarray(key)}, **found.arrays())
        unfinished.replace(path)
        _drop_oldest(path.parent)
    except OSError as error:
        _log.warning("a fit cannot be kept: %s", type(error).__name__)
        with suppress(OSError):
            unfinished.unlink()


def _drop_oldest(folder: Path) -> None:
    files = sorted(folder.glob("*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[MOST:]:
        path.unlink(missing_ok=True)
