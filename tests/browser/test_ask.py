"""Ask in a real browser, wide and narrow: what applies, with its sources, and all of it there after a reload."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.bench.app_process import running_app
from tests.browser.moves import PATIENCE_MS, arrive, fits, go, open_public_case, settle
from tests.browser.replies import reply, write
from tests.browser.test_accessibility import scanned

pytestmark = pytest.mark.slow
NEXT = "Fluids or vasopressor next?"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[str]:
    with running_app(tmp_path, engine="replay", replay_file=str(write(tmp_path, reply("C")))) as url:
        yield url


def test_what_applies_is_told_and_stays(page: Page, app: str) -> None:
    foreign: list[str] = []
    own = (f"{app}/", "data:", "blob:")
    page.on("request", lambda request: None if request.url.startswith(own) else foreign.append(request.url))
    arrive(page, app)
    open_public_case(page)
    go(page, "Ask")
    page.get_by_label("Question").fill(NEXT)
    page.keyboard.press("Tab")
    settle(page)
    page.get_by_role("button", name="Ask", exact=True).click()
    target = page.get_by_text("Initial MAP target is 65 mmHg").first
    target.wait_for()
    settle(page)
    for width in (400, 1280):
        fits(page, width)
        for text in ("MAP: 37 mmHg, on day 1", "strong; certainty moderate", "trained for masked values only"):
            expect(page.get_by_text(text).first).to_be_visible()
    links = page.locator("[data-testid='stLinkButton'] a").evaluate_all("all => all.map(one => one.href)")
    assert links
    assert all(link.startswith("https://") for link in links)
    page.get_by_text("Show superseded").click()
    page.get_by_text("Replaced by").first.wait_for()
    settle(page)
    for width in (1280, 400):
        fits(page, width)
        assert scanned(page) == []
    page.reload()
    expect(page.get_by_label("Question")).to_have_value(NEXT, timeout=PATIENCE_MS)
    expect(target).to_be_visible(timeout=PATIENCE_MS)
    assert foreign == []
