"""Figures of one kind as files: copies in a folder of the data folder, and those that ship with the program.

A file is read once while it stays as it is; what cannot be read, or is of another version, is left out and logged.
"""

import logging
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from creason_core.evaluation.plan import Model
from creason_core.files import KEPT, Stamped, stamped, write_whole
from creason_core.model.engines.base import ModelIdentity
from creason_core.private import private_folder

F = TypeVar("F", bound=BaseModel)
_log = logging.getLogger(__name__)


class FigureFiles(Generic[F]):
    """Where figures of the form ``form`` are: in ``folder`` of a data folder, and, of the program, in ``shipped``."""

    def __init__(self, form: type[F], folder: str, shipped: Path) -> None:
        self._form, self._folder, self._ships = form, folder, shipped
        self._kept = lru_cache(maxsize=KEPT)(lambda file: self._read(file.path))

    def save(self, found: F, data_dir: Path, name: str) -> Path:
        """Puts ``found`` in the data folder, in place of an older one of this ``name`` (SHA-256 in hex); the path."""
        path = data_dir / self._folder / f"{name[:16]}.json"
        private_folder(path.parent)
        write_whole(path, found.model_dump_json(indent=1) + "\n")
        return path

    def own(self, data_dir: Path) -> tuple[F, ...]:
        """Those of this installation, by the names of their files."""
        files: tuple[Stamped, ...] = stamped(sorted((data_dir / self._folder).glob("*.json")))
        return tuple(found for file in files if (found := self._kept(file)))

    @cached_property
    def shipped(self) -> tuple[F, ...]:
        """Those that ship, by the names of their files."""
        return tuple(found for path in sorted(self._ships.glob("*.json")) if (found := self._read(path)))

    def _read(self, path: Path) -> F | None:
        try:
            return self._form.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            _log.warning("The figures %s cannot be read: %s.", path, type(error).__name__)
            return None


def weights_of(model: Model | ModelIdentity) -> tuple[str, str]:
    """Which weights answered: the model and the adapter by their hashes, by their names where no hash is known."""
    return model.model_hash or model.model, model.adapter_hash or model.adapter
