"""The versions of adapters in this installation: registered, promoted, rolled back, each with who, when and why.

A version is a folder ``adapters/<name>/<version>`` in the data directory and never changes; those that ship with the
program count as registered. The promoted version is what answers unless somebody chose otherwise.
"""

import re
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from creason_core.errors import WeightsError
from creason_core.model.adapters.history import History, VersionEvent, What, locked, read_history, write_history
from creason_core.model.adapters.manifest import Adapter, AdapterManifest, read_adapter, read_manifest
from creason_core.model.adapters.shipped import SHIPPED, shipped_folders
from creason_core.model.engines.weights import MANIFEST
from creason_core.model.engines.weights_cache import need_space
from creason_core.private import made_private, private_folder

BASE = "base"
FOLDER = "adapters"
_VERSION = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}@[a-z0-9][a-z0-9._-]{0,63}")


class Versions:
    """The versions kept in a data directory.

    Args:
        data_dir: The data directory; nothing is made there until something is registered or chosen.
        who: Whom the history names.
        shipped: Where the adapters that ship are looked for; by default in the package.
    """

    def __init__(self, data_dir: Path, who: str = "local", shipped: Path | None = None) -> None:
        self.folder = data_dir / FOLDER
        self._who = who
        self._shipped = shipped or SHIPPED

    def history(self) -> History:
        """Every step so far. Raises ``WeightsError``."""
        return read_history(self.folder)

    def active(self) -> str:
        """The promoted version, ``name@version``; empty where none is. Raises ``WeightsError``."""
        return (self.history().promotions or ("",))[-1]

    def shipping(self) -> tuple[str, ...]:
        """The versions that ship, ``name@version``, also those whose manifest cannot be read.

        The first answers by default.
        """
        return tuple(_title(folder) for folder in shipped_folders(self._shipped))

    def shipped(self) -> str:
        """The version that ships and answers by default, ``name@version``; empty where none does."""
        return next(iter(self.shipping()), "")

    def all(self) -> tuple[AdapterManifest, ...]:
        """The manifests of all versions that can be read: the default one that ships first, then by date."""
        folders = [path.parent for path in self.folder.glob(f"[!.]*/*/{MANIFEST}")]
        folders.extend(shipped_folders(self._shipped))
        found: dict[str, AdapterManifest] = {}
        for folder in folders:
            try:
                manifest = read_manifest(folder)
            except WeightsError:
                continue
            found[manifest.title] = manifest
        first = self.shipped()
        return tuple(sorted(found.values(), key=lambda one: (one.title != first, one.made)))

    def folder_of(self, version: str) -> Path:
        """Where a version lies; the folder need not be there. Raises ``WeightsError`` for what is no version."""
        if not _VERSION.fullmatch(version):
            raise WeightsError(f"{version!r} is no version of an adapter.", remedy="See: creason model list")
        name, _, number = version.partition("@")
        own = self.folder / name / number
        ships = next((folder for folder in shipped_folders(self._shipped) if _title(folder) == version), own)
        return own if own.is_dir() else ships

    def read(self, version: str) -> Adapter:
        """A version, every file checked, with the hash that it was registered with.

        Raises:
            WeightsError: There is no such version, or it was altered.
        """
        folder = self.folder_of(version)
        if not folder.is_dir():
            known = ", ".join(one.title for one in self.all()) or "none"
            raise WeightsError(
                f"There is no adapter {version} here; there is: {known}.", remedy="Register its folder first."
            )
        found = read_adapter(folder)
        registered = self.history().registered(version)
        if found.manifest.title != version or (registered and registered.hash != found.manifest.hash):
            raise WeightsError(
                f"The adapter in {folder} is not the {version} that was registered: its files or its manifest were "
                "exchanged.",
                remedy="It will not be used. Go back with: creason model rollback, or creason model use base",
            )
        return found

    def next_version(self, name: str) -> str:
        """The number after the highest of ``name`` so far, "1" for the first."""
        taken = [int(one.version) for one in self.all() if one.name == name and one.version.isdecimal()]
        return str(max(taken, default=0) + 1)

    def register(self, folder: Path, why: str = "") -> Adapter:
        """Copies a checked adapter folder in as a version. The same files under the same version are taken once.

        Raises:
            WeightsError: The folder is not accepted, or the version is taken by other files; nothing was changed.
        """
        given = read_adapter(folder)
        title = given.manifest.title
        target = self.folder / given.manifest.name / given.manifest.version
        with locked(self.folder):
            history = self.history()
            before = history.registered(title)
            if (before.hash if before else _hash_in(self.folder_of(title))) not in {"", given.manifest.hash}:
                raise WeightsError(
                    f"{title} is taken by other weights; a version never changes.",
                    remedy=f"Give it the version {self.next_version(given.manifest.name)}.",
                )
            if not _whole(target):
                self._copy(given, target)
            if before is None:
                self._note(history, "registered", title, given.manifest.hash, why)
        return self.read(title)

    def promote(self, version: str, why: str = "") -> Adapter:
        """Makes a version the one that answers by default.

        Raises:
            WeightsError: There is no such version, or it was altered; nothing was changed.
        """
        found = self._kept(version)
        with locked(self.folder):
            history = self.history()
            if history.promotions[-1:] != (version,):
                self._note(history, "promoted", version, found.manifest.hash, why)
        return found

    def refuse(self, version: str, why: str = "") -> Adapter:
        """Notes that a version was judged and not promoted; it stays registered.

        Raises:
            WeightsError: There is no such version, or it was altered; nothing was changed.
        """
        found = self.read(version)
        with locked(self.folder):
            self._note(self.history(), "refused", version, found.manifest.hash, why)
        return found

    def rollback(self, why: str = "") -> str:
        """Takes the latest promotion back; what is promoted now, empty for none.

        Raises:
            WeightsError: Nothing is promoted.
        """
        with locked(self.folder):
            history = self.history()
            if not history.promotions:
                raise WeightsError(
                    "No version is promoted here, so there is none to go back from.",
                    remedy="To use the untrained base, type: creason model use base",
                )
            before = ("", *history.promotions)[-2]
            self._note(history, "rolled back", before, "", why)
        return before

    def choose(self, version: str, why: str = "") -> None:
        """Tells this installation to use a version, "base", or by the empty text what is promoted or ships.

        Raises:
            WeightsError: There is no such version, or it was altered; nothing was changed.
        """
        digest = self._kept(version).manifest.hash if version not in {"", BASE} else ""
        with locked(self.folder):
            history = self.history()
            if history.chosen != version:
                self._note(history, "chosen", version, digest, why)

    def _kept(self, version: str) -> Adapter:
        """A version in a folder of this installation: one that ships is copied, for the next release may lack it."""
        found = self.read(version)
        return found if found.folder.is_relative_to(self.folder) else self.register(found.folder, "it ships")

    def _copy(self, given: Adapter, target: Path) -> None:
        try:
            private_folder(target.parent)
            need_space(sum(path.stat().st_size for path in given.folder.iterdir()), target.parent)
            with tempfile.TemporaryDirectory(prefix=".register-", dir=self.folder) as scratch:
                made = Path(scratch) / "adapter"
                shutil.copytree(given.folder, made)
                read_adapter(made)
                shutil.rmtree(target, ignore_errors=True)
                made_private(made).rename(target)
        except OSError as error:
            raise WeightsError(
                f"{given.manifest.title} could not be copied to {target}: {error.strerror or type(error).__name__}.",
                remedy="Nothing was changed. Free some space or make the folder writable, and try again.",
            ) from error

    def _note(self, history: History, what: What, version: str, digest: str, why: str) -> None:
        event = VersionEvent(at=datetime.now(UTC), who=self._who, what=what, version=version, hash=digest, why=why)
        write_history(self.folder, history.model_copy(update={"events": (*history.events, event)}))


def _hash_in(folder: Path) -> str:
    """The hash that the manifest in a folder gives; empty without one."""
    try:
        return read_manifest(folder).hash
    except WeightsError:
        return ""


def _whole(folder: Path) -> bool:
    try:
        read_adapter(folder)
    except WeightsError:
        return False
    return True


def _title(folder: Path) -> str:
    """The version in a folder, ``name@version``; empty where its manifest cannot be read."""
    try:
        return read_manifest(folder).title
    except WeightsError:
        return ""
