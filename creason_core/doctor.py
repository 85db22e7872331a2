"""What ``creason doctor`` says: whether the program can run here, and what to do about each problem.

Each check is a function that gives one ``Check`` and never raises for what it finds. Nothing is changed: no
database is made or migrated, no model is loaded or downloaded.
"""

import importlib.metadata
import shutil
import socket
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from packaging.requirements import Requirement
from pydantic import computed_field

from creason_core.codebook import Frozen
from creason_core.settings import Settings

Status = Literal["good", "note", "problem"]
MARKS: dict[Status, str] = {"good": "ok", "note": "note", "problem": "PROBLEM"}

LEAST_FREE_BYTES = 300_000_000  # a case takes kilobytes; bringing the model needs its file and the converted copy
PORT = 8501


class Check(Frozen):
    """One thing that was looked at. ``problem`` means that the main job cannot run; ``note`` is worth knowing."""

    name: str
    status: Status
    said: str
    remedy: str = ""

    def text(self) -> str:
        """The check as one or two lines for a terminal."""
        line = f"{MARKS[self.status]:<8}{self.name}: {self.said}"
        return f"{line}\n        → {self.remedy}" if self.remedy else line


class Report(Frozen):
    """Every check, in the order in which a problem should be mended."""

    checks: tuple[Check, ...]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def can_run(self) -> bool:
        """Whether the main job can run: no check found a problem."""
        return all(check.status != "problem" for check in self.checks)

    def text(self) -> str:
        """The report for a terminal."""
        verdict = "The main job can run here." if self.can_run else "The main job cannot run here yet: see above."
        return "\n".join([*(check.text() for check in self.checks), "", verdict])


def examine(settings: Settings) -> Report:
    """Looks at everything that the main job needs."""
    return Report(
        checks=(
            python_version(),
            *packages(),
            free_space(settings.data_dir),
            port(PORT),
            address(Path(".streamlit/config.toml")),
        )
    )


def python_version() -> Check:
    """The interpreter."""
    version = ".".join(map(str, sys.version_info[:3]))
    return Check(name="Python", status="good", said=f"{version} ({sys.executable})")


def packages() -> tuple[Check, ...]:
    """The installed releases against those that the program was tested with: one check for each extra that matters."""
    needed = (("Packages", ""), ("Model packages", "embedded"))
    return tuple(_packages(name, extra) for name, extra in needed)


def _packages(name: str, extra: str) -> Check:
    found, wrong = [], []
    for requirement in _requirements(extra):
        try:
            version = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"{requirement.name} is not installed")
            continue
        found.append(f"{requirement.name} {version}")
        if not requirement.specifier.contains(version, prereleases=True):
            wrong.append(f"{requirement.name} {version} is installed, {requirement.specifier} is needed")
    if not wrong:
        return Check(name=name, status="good", said=", ".join(found))
    status: Status = "note" if extra else "problem"
    return Check(
        name=name, status=status, said=f"{'; '.join(wrong)}.", remedy="Type: make app (it installs what is missing)."
    )


def _requirements(extra: str) -> Iterator[Requirement]:
    """What the program requires, or what the extra adds to that, on this system."""
    for line in importlib.metadata.requires("creason") or []:
        requirement = Requirement(line)
        marker = requirement.marker
        base = marker is None or marker.evaluate({"extra": ""})
        if base if not extra else not base and marker is not None and marker.evaluate({"extra": extra}):
            yield requirement


def free_space(folder: Path) -> Check:
    """The room where cases, runs and the model are kept."""
    there = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    free = shutil.disk_usage(there).free
    said = f"{free / 1e9:.1f} GB free for {folder}"
    if free >= LEAST_FREE_BYTES:
        return Check(name="Space", status="good", said=said)
    return Check(
        name="Space",
        status="problem",
        said=f"{said}; at least {LEAST_FREE_BYTES / 1e9:.1f} GB are needed.",
        remedy="Free some space, or set CREASON_DATA_DIR to a folder on a larger disk.",
    )


def port(number: int) -> Check:
    """Whether the app's port is free."""
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", number)) != 0:
            return Check(name="Port", status="good", said=f"{number} is free")
    return Check(
        name="Port",
        status="note",
        said=f"{number} is in use, perhaps by C-Reason itself: http://127.0.0.1:{number}",
        remedy=f"If another program answers there, type: make app PORT={number + 1}",
    )


def address(config: Path) -> Check:
    """The address on which pages are served."""
    bound = ""
    if config.exists():
        bound = tomllib.loads(config.read_text(encoding="utf-8")).get("server", {}).get("address", "")
    if bound in {"127.0.0.1", "localhost", "::1"}:
        return Check(name="Address", status="good", said=f"pages are served to this computer only ({bound})")
    return Check(
        name="Address",
        status="note",
        said=f"{config} binds to {bound or 'every address'}: others on the network may reach the pages.",
        remedy="Set server.address to 127.0.0.1, and put a proxy with TLS and sign-in before it for others.",
    )
