"""The history of adapter versions: one JSON file, written beside itself and renamed, so that a stop loses nothing.

What is promoted and what is chosen follows from the events; nothing is ever taken out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, ValidationError

from creason_core.errors import WeightsError
from creason_core.files import write_whole
from creason_core.frozen import Frozen
from creason_core.private import private_folder, private_lock

HISTORY = "history.json"
What = Literal["registered", "promoted", "refused", "rolled back", "chosen"]


class VersionEvent(Frozen):
    """One step: when, by whom and why. ``version`` is ``name@version``, "base", or empty for the default.

    ``hash`` is the adapter's (SHA-256, hex). A step back names the version that it goes back to.
    """

    at: AwareDatetime
    who: str
    what: What
    version: str
    hash: str = ""
    why: str = ""


class History(Frozen):
    """Every event, the oldest first."""

    history: Literal[1] = 1
    events: tuple[VersionEvent, ...] = ()

    @property
    def promotions(self) -> tuple[str, ...]:
        """What was promoted and not rolled back, the latest last; the last one is in force."""
        stack: list[str] = []
        for event in self.events:
            if event.what == "promoted":
                stack.append(event.version)
            elif event.what == "rolled back":
                stack.pop()
        return tuple(stack)

    @property
    def chosen(self) -> str:
        """The model that this installation was told to use: ``name@version``, "base", or empty for the default."""
        return next((event.version for event in reversed(self.events) if event.what == "chosen"), "")

    def registered(self, version: str) -> VersionEvent | None:
        """How a version was registered; None where it was not."""
        return next((one for one in self.events if one.what == "registered" and one.version == version), None)


def read_history(folder: Path) -> History:
    """The history in ``folder``, empty where there is none.

    Raises:
        WeightsError: It cannot be read.
    """
    path = folder / HISTORY
    try:
        return History.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return History()
    except (OSError, ValidationError) as error:
        raise WeightsError(
            f"The history of adapters in {path} cannot be read: {type(error).__name__}.",
            remedy="Restore it from a backup, or move it away: then register the adapters again.",
        ) from error


def write_history(folder: Path, history: History) -> None:
    """Writes the whole history in place of what was there, in one step; call it with the lock held.

    Raises:
        WeightsError: It cannot be written; what was there is as it was.
    """
    path = folder / HISTORY
    try:
        write_whole(path, history.model_dump_json(indent=1) + "\n")
    except OSError as error:
        raise WeightsError(
            f"The history of adapters in {path} cannot be written: {error.strerror or type(error).__name__}.",
            remedy="Nothing was changed. Free some space or make the folder writable, and try again.",
        ) from error


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds the history for one writer; others wait."""
    private_folder(folder)
    with private_lock(folder / ".lock", wait=-1):
        yield
