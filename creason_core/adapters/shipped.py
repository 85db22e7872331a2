"""The adapter that comes with the program, where one does."""

from pathlib import Path

from creason_core.adapters.manifest import AGAIN, Adapter, read_adapter
from creason_core.engines.weights import MANIFEST
from creason_core.errors import WeightsError

SHIPPED = Path(__file__).with_name("shipped")  # one folder, named as the adapter
MOST_BYTES = 20_000_000


def shipped_folder(root: Path = SHIPPED) -> Path | None:
    """Where the adapter that ships lies; None where none does. Nothing is read."""
    return next((path.parent for path in sorted(root.glob(f"*/{MANIFEST}"))), None)


def find_shipped(root: Path = SHIPPED) -> Adapter | None:
    """The adapter that ships, every file checked; None where none does.

    Raises:
        WeightsError: It was altered, or is too large to ship.
    """
    folder = shipped_folder(root)
    if folder is None:
        return None
    size = sum(path.stat().st_size for path in folder.iterdir())
    if size > MOST_BYTES:
        raise WeightsError(
            f"The adapter in {folder} has {size / 1e6:.1f} MB; one that ships has at most {MOST_BYTES / 1e6:.0f} MB.",
            remedy=AGAIN,
        )
    return read_adapter(folder)
