"""What-if in a real browser: a change by its chip, its result, a sweep, and the search, readable by everybody."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.bench.app_process import known_user, running_app
from tests.browser.moves import PATIENCE_MS, go, open_public_case, settle
from tests.browser.replies import reply, write
from tests.browser.test_accessibility import findings, scanned


def chosen(page: Page, field: str, text: str) -> None:
    """Chooses by typing, as in every list that can be searched."""
    box = page.get_by_label(field).first
    box.click()
    box.fill(text)
    page.keyboard.press("Enter")
    settle(page)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_change_and_a_sweep_are_asked_and_their_charts_have_no_serious_finding(page: Page, tmp_path: Path) -> None:
    with running_app(
        known_user(tmp_path, samples=1), engine="replay", replay_file=str(write(tmp_path, reply("A", pace=0.002)))
    ) as url:
        page.goto(url)
        open_public_case(page)
        go(page, "What-if")
        chosen(page, "Add a change", "Mean arterial")
        page.get_by_role("button", name="to normal: 88 mmHg").click()
        settle(page)
        page.get_by_role("button", name="Ask both").click()
        page.get_by_text("The answer stays A · No.").wait_for(timeout=PATIENCE_MS)
        expect(page.get_by_text("Boosting, on the registry's patients")).to_be_visible(timeout=PATIENCE_MS)
        found = scanned(page)
        page.get_by_role("tab", name="Sweep").click()
        settle(page)
        chosen(page, "Value to go through", "Mean arterial")
        page.get_by_role("button", name="Sweep", exact=True).click()
        page.get_by_text("The answer is the same at every point: A · No").wait_for(timeout=PATIENCE_MS)
        settle(page)
        found += findings(page, "sweep")
        assert not found, "\n".join(found)
