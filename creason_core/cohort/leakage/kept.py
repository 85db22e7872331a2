"""The features that a guard's fitting has finished, in a file, so that one that was stopped goes on from there."""

from pathlib import Path

from pydantic import ValidationError

from creason_core.cohort.leakage.guard import HiddenSet
from creason_core.private import made_private, private_folder


class Kept:
    """Finished features of one fitting; ``what`` is a line that names everything that determines them.

    Each is a line of ``path``, appended when it is done. A file of another fitting is written anew. Without a
    path nothing is kept.
    """

    def __init__(self, path: Path | None, what: str) -> None:
        self._path = path
        self._found: dict[str, HiddenSet] = {}
        if path is None:
            return
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        first, *lines = text.splitlines() or [""]
        if first == what:
            self._read(lines)
        private_folder(path.parent)
        path.write_text("".join(f"{line}\n" for line in (what, *map(_line, self._found.values()))), encoding="utf-8")
        made_private(path)

    def _read(self, lines: list[str]) -> None:
        for line in lines:
            try:
                found = HiddenSet.model_validate_json(line)
            except ValidationError:  # the last line, cut by the stop
                return
            self._found[found.masked] = found

    def get(self, masked: str) -> HiddenSet | None:
        """What was found for ``masked``, if it was finished."""
        return self._found.get(masked)

    def put(self, found: HiddenSet) -> None:
        """Keeps ``found``."""
        if self._path:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{_line(found)}\n")


def _line(found: HiddenSet) -> str:
    return found.model_dump_json()
