"""Where the programs that the tests need beside Python are: a Chromium and PostgreSQL's server."""

import shutil
from functools import lru_cache
from pathlib import Path

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

# Nothing but the page itself may use the network, and a container's small /dev/shm must not matter.
CHROMIUM_FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--no-sandbox",
)


def launch_chromium(playwright: Playwright, *flags: str) -> Browser:
    """A headless Chromium with ``flags`` besides ours: the system's where there is one, else Playwright's own."""
    system = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    return playwright.chromium.launch(executable_path=system, args=[*CHROMIUM_FLAGS, *flags])


def chromium_starts() -> bool:
    """Whether a Chromium is here and starts."""
    with sync_playwright() as playwright:
        try:
            launch_chromium(playwright).close()
        except Error:
            return False
    return True


@lru_cache(maxsize=1)
def postgresql_folder() -> Path | None:
    """The folder of ``initdb`` and ``postgres``, newest release first; None where they are not installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    on_path = [Path(found).parent for found in [shutil.which("initdb")] if found]
    return next((folder for folder in [*debian, *on_path] if (folder / "initdb").exists()), None)
