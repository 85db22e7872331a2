"""The adapters that come with the program, where any do. The first answers unless somebody chose otherwise."""

from pathlib import Path

from creason_core.errors import WeightsError
from creason_core.model.adapters.manifest import AGAIN, Adapter, read_adapter
from creason_core.model.engines.weights import MANIFEST

SHIPPED = Path(__file__).with_name("shipped")  # a folder for each adapter, named as it is
ANSWERS = "creason-smollm2-grpo"  # the name of the one that comes first where it is there (docs/decisions.md)
MAX_BYTES = 20_000_000


def shipped_folders(root: Path = SHIPPED) -> tuple[Path, ...]:
    """Where the adapters that ship lie: ``ANSWERS``, which answers by default, then by name. Nothing is read."""
    found = (path.parent for path in root.glob(f"*/{MANIFEST}"))
    return tuple(sorted(found, key=lambda folder: (folder.name != ANSWERS, folder.name)))


def find_shipped(root: Path = SHIPPED) -> tuple[Adapter, ...]:
    """The adapters that ship, every file checked.

    Raises:
        WeightsError: One was altered, or is too large to ship.
    """
    for folder in shipped_folders(root):
        size = sum(path.stat().st_size for path in folder.iterdir())
        if size > MAX_BYTES:
            raise WeightsError(
                f"The adapter in {folder} has {size / 1e6:.1f} MB; one that ships has at most "
                f"{MAX_BYTES / 1e6:.0f} MB.",
                remedy=AGAIN,
            )
    return tuple(read_adapter(folder) for folder in shipped_folders(root))
