"""How long ``make app`` takes on a machine where everything is already installed."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator

from playwright.sync_api import sync_playwright

from tests.bench.app_process import ROOT, free_port, wait_until_up
from tests.bench.figures import Figure, figure
from tests.programs import launch_chromium

STARTS = 3


def measure() -> Iterator[Figure]:
    """From typing ``make app`` to Home on the screen; the first time installs what is missing and does not count."""
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        seconds = []
        for _ in range(1 + STARTS):
            port = free_port()
            started = time.perf_counter()
            with tempfile.TemporaryFile() as log:
                process = subprocess.Popen(
                    ["make", "app", f"PORT={port}"], cwd=ROOT, stdout=log, stderr=log, start_new_session=True
                )
                try:
                    wait_until_up(f"http://127.0.0.1:{port}", process)
                    page = browser.new_page()
                    page.goto(f"http://127.0.0.1:{port}")
                    page.get_by_role("heading", name="Home", exact=True).wait_for()
                    seconds.append(time.perf_counter() - started)
                    page.close()
                finally:
                    os.killpg(process.pid, signal.SIGTERM)
                    process.wait(timeout=30)
        browser.close()
    yield figure("make app, everything installed, to Home shown", seconds[1:], goal=10.0)
