"""Weights made from other weights, once: with an adapter added, or in the form that an engine multiplies by.

A folder appears in the cache only when it is complete, and is used only while every file has the hash that it was
written with.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from filelock import Timeout

from creason_core.errors import WeightsError
from creason_core.model.engines.weights import MANIFEST, Merged, WeightsManifest, check, seal
from creason_core.private import made_private, private_folder, private_lock
from creason_core.settings import Settings

KEPT = 5  # folders; each is about as large as its base
SPARE_BYTES = 50_000_000
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a folder is made of: the folder's name, the base, what is in its weights, and how large it will be.

    ``source`` says in one line what it is; ``size`` is in bytes.
    """

    name: str
    base: Path
    under: WeightsManifest
    merged: Merged | None
    source: str
    size: int


def cache_folder(settings: Settings) -> Path:
    """Where weights made from others are kept."""
    return settings.models_dir / "merged"


def make_once(cache: Path, recipe: Recipe, write: Callable[[Path], None], report: Report) -> Path:
    """The folder of ``recipe`` in ``cache``; where it is not there or not intact, ``write`` puts the weights into it.

    Configuration, tokenizer and the like are copied from the base.

    Raises:
        WeightsError: There is too little space, or it cannot be written.
    """
    from safetensors import SafetensorError

    folder = cache / recipe.name
    try:
        private_folder(cache)
        with _one_at_a_time(cache, report):
            if not _intact(folder, recipe, report):
                need_space(recipe.size, cache)
                _make(folder, recipe, write)
            os.utime(folder)
            for old in sorted(cache.glob(f"*/{MANIFEST}"), key=lambda path: path.parent.stat().st_mtime)[:-KEPT]:
                shutil.rmtree(old.parent, ignore_errors=True)
    except (OSError, SafetensorError) as error:  # safetensors tells a full disk in its own words
        raise WeightsError(
            f"{recipe.name} could not be made in {cache}: {getattr(error, 'strerror', None) or error}.",
            remedy="Nothing was kept. Free some space or make the folder writable, and try again.",
        ) from error
    return folder


def _intact(folder: Path, recipe: Recipe, report: Report) -> bool:
    if not folder.exists():
        return False
    try:
        found = check(folder).manifest
    except WeightsError as error:
        report(f"{error.message} Making it again.")
        return False
    return (found.merged, found.source) == (recipe.merged, recipe.source)


def _make(folder: Path, recipe: Recipe, write: Callable[[Path], None]) -> None:
    with tempfile.TemporaryDirectory(prefix=".making-", dir=folder.parent) as scratch:
        made = Path(scratch) / "model"
        made.mkdir()
        for path in recipe.base.iterdir():
            if path.suffix != ".safetensors" and path.name != MANIFEST:
                shutil.copyfile(path, made / path.name)
        write(made)
        seal(
            made,
            recipe.under.model,
            source=recipe.source,
            licence=recipe.under.licence,
            made_with={package: version(package) for package in ("numpy", "safetensors")},
            merged=recipe.merged,
        )
        shutil.rmtree(folder, ignore_errors=True)
        made_private(made).rename(folder)


def need_space(size: int, folder: Path) -> None:
    """Raises ``WeightsError`` where ``size`` bytes and something to spare do not fit on the disk of ``folder``."""
    free = shutil.disk_usage(folder).free
    if free < size + SPARE_BYTES:
        raise WeightsError(
            f"{(size + SPARE_BYTES) / 1e9:.2f} GB are needed at {folder} and {free / 1e9:.2f} GB are free; nothing was "
            "written.",
            remedy="Free some space, or set CREASON_DATA_DIR to a folder on a larger disk.",
        )


@contextmanager
def _one_at_a_time(cache: Path, report: Report) -> Iterator[None]:
    """Waits for the lock of the cache, and removes what a killed process left there."""
    with ExitStack() as held:
        try:
            held.enter_context(private_lock(cache / ".lock"))
        except Timeout:
            report("Waiting for another process that is making weights.")
            held.enter_context(private_lock(cache / ".lock", wait=-1))
        for left in cache.glob(".making-*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
