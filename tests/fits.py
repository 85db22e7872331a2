"""Fits of boosting that a run of tests makes once, in whichever lane or app needs them first.

The program names a fit by a hash of everything that determines it, so what one test has fitted is what another would.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from creason_core.evaluation.second_opinion import kept
from creason_core.evaluation.second_opinion.trees import Trees
from creason_core.private import private_folder


@contextmanager
def fitted_once(shared: Path) -> Iterator[None]:
    """What this process would fit anew is taken from ``shared``, or fitted and kept there too."""
    make = kept.trees

    def trees(folder: Path | None, key: str, columns: int, fit: Callable[[], Trees]) -> Trees:
        return make(folder, key, columns, lambda: make(shared, key, columns, fit))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(kept, "trees", trees)
        yield


@contextmanager
def lent(shared: Path, data: Path) -> Iterator[None]:
    """An app on the data folder ``data`` begins with the fits of ``shared``, and leaves there what it fitted."""
    own = private_folder(data / kept.FOLDER)
    _link(shared, own)
    yield
    _link(own, private_folder(shared))


def _link(source: Path, target: Path) -> None:
    for file in source.glob("*.npz"):
        with suppress(FileExistsError, FileNotFoundError):  # another lane was quicker
            os.link(file, target / file.name)
