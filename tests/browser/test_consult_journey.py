"""An antibiotic consult in a real browser: an antibiogram added, one option accepted, another rejected, found again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.bench.app_process import running_app
from tests.browser.moves import PATIENCE_MS, arrive, fits, go, open_public_case, settle
from tests.browser.replies import reply, write
from tests.browser.test_accessibility import scanned

pytestmark = pytest.mark.slow
ASKED = "How soon antibiotics?"
TABLE = "organism,drug,n,% susceptible,period\nE. coli,meropenem,412,98,2025\nE. coli,ampicillin,29,41,2025\n"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[str]:
    with running_app(tmp_path, engine="replay", replay_file=str(write(tmp_path, reply("C")))) as url:
        yield url


def add_antibiogram(page: Page, file: Path) -> None:
    go(page, "Settings")
    page.get_by_role("tab", name="Library").click()
    settle(page)  # a field that is drawn anew has lost its file
    page.locator("[data-testid='stFileUploaderDropzoneInput']").last.set_input_files(file)
    page.get_by_text("1 of 2 rows rest on fewer than 30 isolates").wait_for(timeout=PATIENCE_MS)
    settle(page)
    page.get_by_label("Of which hospital or ward").fill("St Elsewhere, intensive care")
    page.keyboard.press("Tab")
    settle(page)
    page.get_by_role("button", name="Add the antibiogram").click()
    page.get_by_text("Added: St Elsewhere, intensive care").first.wait_for(timeout=PATIENCE_MS)
    settle(page)


def option(page: Page, place: int) -> Locator:
    return page.locator("[class*='st-key-option_']").nth(place)


def decide(page: Page, place: int, choice: str, *reasons: str) -> None:
    card = option(page, place)
    for name in (choice, *reasons):
        card.get_by_text(name, exact=True).click()
        settle(page)
    card.get_by_role("button", name="Save decision").click()
    card.get_by_role("button", name="Edit").wait_for(timeout=PATIENCE_MS)
    settle(page)


def test_options_are_decided_on_and_found_after_a_reload(page: Page, app: str, tmp_path: Path) -> None:
    file = tmp_path / "icu.csv"
    file.write_text(TABLE, encoding="utf-8")
    arrive(page, app)
    add_antibiogram(page, file)
    assert scanned(page) == []
    go(page, "Home")
    open_public_case(page)
    go(page, "Ask")
    page.get_by_label("Question").fill(ASKED)
    page.keyboard.press("Tab")
    settle(page)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_text("Before an antibiotic is chosen").wait_for(timeout=PATIENCE_MS)
    settle(page)
    decide(page, 0, "Accept")
    decide(page, 1, "Reject", "allergy")
    page.reload()
    expect(page.get_by_label("Question")).to_have_value(ASKED, timeout=PATIENCE_MS)
    expect(option(page, 0).get_by_text("Accepted", exact=True)).to_be_visible(timeout=PATIENCE_MS)
    expect(option(page, 1).get_by_text("Rejected")).to_be_visible()
    settle(page)
    for width in (1280, 400):
        fits(page, width)
        assert scanned(page) == []
