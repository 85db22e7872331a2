"""Exploring a case in a real browser: scan, a surprise, a second opinion, the evidence, what if, and all of it kept."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.bench.app_process import known_user, running_app
from tests.browser.moves import PATIENCE_MS, commit, ended, go, heading, open_public_case, settle, tick
from tests.browser.replies import reply, write
from tests.browser.test_accessibility import findings, scanned


def chosen(page: Page, field: str, text: str) -> None:
    """Chooses by typing, as in every list that can be searched."""
    box = page.get_by_label(field).first
    box.click()
    box.fill(text)
    page.keyboard.press("Enter")
    settle(page)


def open_first_line(page: Page) -> None:
    """Chooses the first line of the scan's table, whose boxes are painted."""
    painted = page.locator("[class*='st-key-scan_table_'] .dvn-scroller").first
    painted.scroll_into_view_if_needed()
    painted.click(position={"x": 16, "y": 35 + 17})
    page.get_by_text("Masked:").wait_for(timeout=PATIENCE_MS)
    settle(page)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_case_is_explored_from_its_first_surprise_to_what_if_and_is_all_in_the_history(
    page: Page, tmp_path: Path
) -> None:
    file = write(tmp_path, reply("A", pace=0.002))
    with running_app(known_user(tmp_path, samples=1, commit_first=True), engine="replay", replay_file=str(file)) as url:
        page.goto(url)
        open_public_case(page)
        page.get_by_role("tab", name="Scan").click()
        surprise = page.get_by_text("A surprise is a prompt to look, not an error.")
        surprise.wait_for(timeout=4 * PATIENCE_MS)  # perhaps nothing is fitted yet
        settle(page)
        found = scanned(page)
        open_first_line(page)
        for value in ("Heart rate", "Temperature"):
            chosen(page, "Hide more with it", value)
        page.keyboard.press("Escape")
        expect(page.get_by_text("Hidden by you: ")).to_be_visible()
        commit(page, "B")
        page.locator(".st-key-run button:enabled:visible").first.click()
        ended(page)
        page.get_by_text("most similar patients").wait_for(timeout=PATIENCE_MS)
        page.get_by_role("button", name="Test the cited evidence").click()
        expect(page.get_by_text("drive the answer").first).to_be_visible(timeout=PATIENCE_MS)
        expect(page.locator("[class*='st-key-stop_probe_']")).to_have_count(0, timeout=PATIENCE_MS)
        found += findings(page, "evidence tested")
        page.locator("[class*='st-key-what_if_'] button:visible").first.click()
        heading(page, "What-if").wait_for()
        settle(page)
        page.get_by_role("tab", name="Sweep").click()
        settle(page)
        page.get_by_role("button", name="Sweep", exact=True).click()
        page.get_by_text("The answer is the same at every point: A").wait_for(timeout=PATIENCE_MS)
        settle(page)
        found += findings(page, "sweep")
        page.get_by_role("tab", name="Change", exact=True).click()
        settle(page)
        chosen(page, "Add a change", "Sodium")
        page.locator("[class*='st-key-what_if_chip_'] button:visible").first.click()
        settle(page)
        page.get_by_role("button", name="Ask both").click()
        page.get_by_text("The answer stays A").wait_for(timeout=PATIENCE_MS)
        expect(page.get_by_text("Boosting, on the registry's patients")).to_be_visible(timeout=PATIENCE_MS)
        found += scanned(page)
        go(page, "History")
        expect(page.get_by_text("questions, newest first").first).to_be_visible()
        tick(page, 0)
        page.get_by_role("button", name="Export").click()
        with page.expect_download() as download:
            page.locator(".st-key-history_export_json button").click()
        (group,) = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))["groups"]
        assert group["reproducibility"]["series"].startswith("what-if ")
        assert not found, "\n".join(found)
