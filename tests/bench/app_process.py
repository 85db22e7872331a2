"""The real app in a process of its own, as ``make app`` starts it, on a free port and with a fresh data folder."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Literal

import httpx

from creason_core.store.people.preferences import Preferences, save_preferences
from creason_core.store.upkeep.database import open_store
from pages.components.shell import NOTICE_VERSION
from tests.fits import lent

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
FITS: Path | None = None  # where apps take fits from and leave theirs; None: each begins with nothing fitted


def known_user(data: Path, *, samples: Literal[1, 5, 10], commit_first: bool = False) -> Path:
    """``data`` with a store whose user has read the notice; ``commit_first``: and answers before the model does."""
    store = open_store(f"sqlite:///{data / 'creason.db'}", data)
    chosen = Preferences(samples=samples, commit_first=commit_first, ack_version=NOTICE_VERSION)
    save_preferences(store, "local", chosen)
    store.close()
    return data


def free_port() -> int:
    """A port of 127.0.0.1 that nothing uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    """Returns when the app at ``url`` answers; raises when it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the app ended with exit code {process.returncode} before it answered")
        try:
            if httpx.get(f"{url}/_stcore/health", timeout=1).text == "ok":
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError(f"the app did not answer at {url} within {START_SECONDS:.0f} s")


@contextmanager
def running_app(data: Path, *, script: str = "app.py", flags: Sequence[str] = (), **settings: str) -> Iterator[str]:
    """The app with ``settings`` (names as in ``CREASON_<NAME>``); gives its address and ends it afterwards.

    ``script`` is run in place of the app, and ``flags`` are added to Streamlit's.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CREASON_")}
    environment |= {f"CREASON_{name.upper()}": value for name, value in settings.items()}
    environment["CREASON_DATA_DIR"] = str(data)
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port), *flags]
    with (data / "app.log").open("wb") as log, lent(FITS, data) if FITS else nullcontext():
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            wait_until_up(url, process)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
