"""What ``creason doctor`` says: whether the program can run here, and what to do about each problem.

Each check is a function that gives a ``Check`` and never raises for what it finds. Nothing is changed: no
database is made or migrated, no model is downloaded or started.
"""

import importlib.metadata
import shlex
import shutil
import socket
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from packaging.requirements import Requirement
from pydantic import computed_field

from creason_core.errors import CReasonError
from creason_core.frozen import Frozen
from creason_core.model.adapters.choosing import Choice, chosen
from creason_core.model.adapters.merging import check_base
from creason_core.model.adapters.versions import Versions
from creason_core.model.engines.base import EngineName
from creason_core.model.engines.choose import choose_engine
from creason_core.model.engines.weights import check as check_weights
from creason_core.model.engines.weights import model_folder
from creason_core.model.engines.weights import read_manifest as read_base
from creason_core.private import open_to_others
from creason_core.settings import Settings
from creason_core.store.migrate import known_revisions, revision_of
from creason_core.store.sql.sqlite import sqlite_engine
from creason_core.store.upkeep.database import open_store

Status = Literal["good", "note", "problem"]
MARKS: dict[Status, str] = {"good": "ok", "note": "note", "problem": "PROBLEM"}

LEAST_FREE_BYTES = 700_000_000  # a case takes kilobytes; the model its file, bfloat16 and int8 (570 MB for SmolLM2)
PORT = 8501
WAYS_TO_A_MODEL: dict[EngineName, str] = {
    "vllm": "Type: make serve; or unset CREASON_ENGINE to use the small model on this computer.",
    "embedded": "Type: {here}creason model pull",
    "replay": "Set CREASON_REPLAY_FILE to a file of recorded replies, or unset CREASON_ENGINE.",
}


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
            command(),
            *packages(),
            _in_words("Model", lambda: model(settings)),
            _in_words("Database", lambda: database(settings)),
            free_space(settings.data_dir),
            privacy(settings),
            port(PORT),
            address(Path(".streamlit/config.toml")),
        )
    )


def _in_words(name: str, look: Callable[[], Check]) -> Check:
    """What ``look`` finds; an expected failure is a problem, told in its own words."""
    try:
        return look()
    except CReasonError as error:
        return Check(name=name, status="problem", said=error.message, remedy=error.remedy)


def python_version() -> Check:
    """The interpreter."""
    version = ".".join(map(str, sys.version_info[:3]))
    return Check(name="Python", status="good", said=f"{version} ({sys.executable})")


def command() -> Check:
    """Whether the shell finds ``creason``, by which pages, documents and the remedies below call it."""
    if found := shutil.which("creason"):
        return Check(name="Command", status="good", said=f"creason is {found}")
    own = Path(sys.executable).with_name("creason")
    return Check(
        name="Command",
        status="note",
        said=f"creason is {own}, where this shell does not look for it.",
        remedy=f"Type: . {shlex.quote(str(own.with_name('activate')))}",
    )


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


def model(settings: Settings) -> Check:
    """The engine that would answer now, and whether its weights and its adapter are what was installed."""
    choice = None if settings.engine == "replay" else chosen(settings)
    adapter = _adapter(settings, choice) if choice and choice.version else ""
    engine = choose_engine(settings, choice)
    try:
        health = engine.health()
    finally:
        engine.close()
    name = health.identity.engine
    said = f"{health.identity.title or 'none'} ({name} engine, {health.where}). {health.note}"
    if not health.ready:
        remedy = WAYS_TO_A_MODEL[name].format(here=settings.here)
        return Check(name="Model", status="problem", said=said, remedy=remedy)
    if health.slow:
        remedy = "Runs are given longer. Free the server of other work, or unset CREASON_ENGINE to use the small model."
        return Check(name="Model", status="note", said=said, remedy=remedy)
    if name == "replay":
        said = f"{said} Replies are recordings: no model reasons."
        return Check(name="Model", status="note", said=said, remedy="Unset CREASON_ENGINE to use a model.")
    if name == "embedded":
        manifest = check_weights(model_folder(settings)).manifest
        said = f"{said} Every file is as it was installed (SHA-256 {manifest.hash[:12]}…)."
    said = f"{said}{adapter}"
    if choice and choice.aside:
        return Check(
            name="Model", status="note", said=f"{said} The adapter that ships is not used.", remedy=choice.aside
        )
    return Check(name="Model", status="good", said=said)


def _adapter(settings: Settings, choice: Choice) -> str:
    """That the adapter in force is whole. Raises ``WeightsError`` where it is not, or belongs to other weights."""
    found = Versions(settings.data_dir).read(choice.version).manifest
    if settings.engine == "embedded" or model_folder(settings).exists():
        check_base(found, read_base(model_folder(settings)))
    return f" Its adapter {found.title} ({choice.because}) is whole (SHA-256 {found.hash[:12]}…)."


def database(settings: Settings) -> Check:
    """Whether the database opens, its revision, and how it keeps what is written."""
    newest = known_revisions()[-1]
    present = _revision_there(settings.database)
    if present == "none":
        said = f"none yet; the first start makes it: {sa.make_url(settings.database).render_as_string()}"
        return Check(name="Database", status="good", said=said)
    if present != newest:
        said = f"at revision {present}; the next start brings it to {newest} (an SQLite file is backed up before)."
        return Check(name="Database", status="note", said=said)
    store = open_store(settings.database, settings.data_dir, mending=False)
    try:
        with store.read() as connection:
            version = connection.exec_driver_sql("SELECT sqlite_version()" if store.sqlite else "SHOW server_version")
            journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() if store.sqlite else "its own"
            said = f"{'SQLite' if store.sqlite else 'PostgreSQL'} {version.scalar_one()}, journal {journal}"
    finally:
        store.close()
    where = store.path or sa.make_url(settings.database).render_as_string()
    return Check(name="Database", status="good", said=f"{where} ({said}, revision {present})")


def _revision_there(address: str) -> str:
    """The revision that the database is at, ``none`` where there is no database, without changing anything.

    Where that cannot be read it is said to be the newest: opening the database then says what is wrong.
    """
    try:
        url = sa.make_url(address)
        sqlite = url.get_backend_name() == "sqlite"
        if sqlite and not Path(url.database or "").exists():
            return "none"
        engine = sqlite_engine(url, migrating=True) if sqlite else sa.create_engine(url)
        try:
            with engine.connect() as connection:
                return revision_of(connection) or "none"
        finally:
            engine.dispose()
    except (sa.exc.SQLAlchemyError, ModuleNotFoundError):
        return known_revisions()[-1]


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


def privacy(settings: Settings) -> Check:
    """Whether others on this computer may read what is kept of patients."""
    url = sa.make_url(settings.database)
    database_file = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
    found = open_to_others(settings.data_dir, database_file)
    if not found:
        reads = "can read" if settings.data_dir.exists() else "will be able to read"
        return Check(name="Privacy", status="good", said=f"nobody but this user {reads} {settings.data_dir}")
    more = f" and {len(found) - 1:,} more" if len(found) > 1 else ""
    return Check(
        name="Privacy",
        status="note",
        said=f"other users of this computer may read or change {found[0]}{more}.",
        remedy=f"The next start closes what is this user's; for the rest: chmod -R go-rwx '{settings.data_dir}'",
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
