"""A folder of files in pieces, for transports that take no large file, with a list that holds every one to its hash.

``manifest.json`` names each file with its SHA-256 (hex), its bytes, and the pieces that it is joined from. Nothing
here needs more than Python itself.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

from creason_core.errors import SettingsError
from creason_core.files import sha256, whole_file, write_whole

MANIFEST = "manifest.json"
MOST = 56_000_000  # bytes of a piece: below 60 MB in either meaning of the word
AGAIN = "Carry the folder again: python -m training.gpu.pack makes it."


class FolderFile(TypedDict):
    """A file in the folder: its name there, and its SHA-256 (hex)."""

    name: str
    sha256: str


class Whole(TypedDict):
    """A file as it was: its SHA-256 (hex), its bytes, and what it is joined from, in order."""

    sha256: str
    bytes: int
    pieces: list[FolderFile]


def split(folder: Path, most: int = MOST) -> None:
    """Cuts every file in ``folder`` that is larger than ``most`` bytes into pieces beside it; writes the list."""
    found: dict[str, Whole] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name, size = path.relative_to(folder).as_posix(), path.stat().st_size
        whole = Whole(sha256=sha256(path), bytes=size, pieces=[])
        if size <= most:
            whole["pieces"].append(FolderFile(name=name, sha256=whole["sha256"]))
        else:
            whole["pieces"] += [
                FolderFile(name=one.relative_to(folder).as_posix(), sha256=sha256(one)) for one in _cut(path, most)
            ]
            path.unlink()
        found[name] = whole
    write_whole(folder / MANIFEST, json.dumps({"manifest": 1, "files": found}, indent=1) + "\n")


def _cut(path: Path, most: int) -> Iterator[Path]:
    with path.open("rb") as file:
        number = 0
        while part := file.read(most):
            piece = path.with_name(f"{path.name}.piece-{number:03}")
            piece.write_bytes(part)
            yield piece
            number += 1


def listed(folder: Path) -> dict[str, Whole]:
    """What the list in ``folder`` says, by file name.

    Raises:
        SettingsError: There is no list, or it cannot be read.
    """
    try:
        files: dict[str, Whole] = json.loads((folder / MANIFEST).read_bytes())["files"]
    except FileNotFoundError:
        raise SettingsError(f"{folder} was not packed: it has no {MANIFEST}.", remedy=AGAIN) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"{folder / MANIFEST} cannot be read: {type(error).__name__}.", remedy=AGAIN) from error
    return files


def faults(folder: Path) -> list[str]:
    """A sentence for each piece in ``folder`` that is missing or altered."""
    said = []
    for name, whole in listed(folder).items():
        for piece in whole["pieces"]:
            if not (folder / piece["name"]).is_file():
                said.append(f"{piece['name']}, a piece of {name}, is missing.")
            elif (digest := sha256(folder / piece["name"])) != piece["sha256"]:
                said.append(
                    f"{piece['name']}, a piece of {name}, is damaged: its SHA-256 is {digest[:12]}…, {MANIFEST} says "
                    f"{piece['sha256'][:12]}…."
                )
    return said


def join(folder: Path, to: Path) -> None:
    """Writes every file of ``folder`` whole into ``to``; one that is there already and as it should be stays.

    Raises:
        SettingsError: A piece is missing or altered, or leads out of the folder; that file is not written.
    """
    for name, whole in listed(folder).items():
        path = to / name
        if not path.resolve().is_relative_to(to.resolve()):
            raise SettingsError(f"{MANIFEST} names a file outside of its folder: {name}.", remedy=AGAIN)
        if path.is_file() and path.stat().st_size == whole["bytes"] and sha256(path) == whole["sha256"]:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as partial:
            _write(folder, name, whole, partial)


def _write(folder: Path, name: str, whole: Whole, partial: Path) -> None:
    """Joins the pieces of one file into ``partial``."""
    with partial.open("wb") as out:
        for piece in whole["pieces"]:
            source = folder / piece["name"]
            if not source.is_file():
                raise SettingsError(f"{piece['name']}, a piece of {name}, is missing.", remedy=AGAIN)
            if sha256(source) != piece["sha256"]:
                raise SettingsError(f"{piece['name']}, a piece of {name}, is damaged.", remedy=AGAIN)
            with source.open("rb") as part:
                shutil.copyfileobj(part, out)
    if sha256(partial) != whole["sha256"]:
        raise SettingsError(f"The pieces of {name} do not make the file that was packed.", remedy=AGAIN)
