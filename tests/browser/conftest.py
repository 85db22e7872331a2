"""A real browser, and a page of its own for each test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.bench import app_process
from tests.browser.moves import PATIENCE_MS
from tests.programs import launch_chromium
from tests.shared import folder

INSTALL = "No Chromium starts here. Type: sudo apt-get install chromium, or: .venv/bin/playwright install chromium"


@pytest.fixture(autouse=True, scope="session")
def fits_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Apps begin with what an earlier one of this run has fitted."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(app_process, "FITS", folder(tmp_path_factory) / "fits")
        yield


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            started = launch_chromium(playwright)
        except Error:
            pytest.fail(INSTALL)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    context.close()
