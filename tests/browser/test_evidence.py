"""A chip under a reply, reached by keyboard: the row that it marks is in sight beside the reply, at both widths."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from creason_core.model.engines.replay import scripted
from tests.bench.app_process import known_user, running_app
from tests.browser.moves import ended, hide, open_public_case, settle
from tests.browser.replies import write

pytestmark = pytest.mark.slow

CITES = scripted(" Arterial pH of 7.41 and temp of 40.0 speak for it. \\boxed{C}")


def test_a_chip_is_reached_by_keyboard_and_its_row_comes_into_sight(page: Page, tmp_path: Path) -> None:
    with running_app(known_user(tmp_path, samples=1), engine="replay", replay_file=str(write(tmp_path, CITES))) as url:
        page.goto(url)
        open_public_case(page)
        hide(page, "crea1")
        page.locator(".st-key-run button:visible").click()
        ended(page)
        chip = page.locator("[class*='st-key-cited_'] button", has_text="Arterial pH 7.41")
        chip.evaluate("chip => chip.scrollIntoView({block: 'center'})")
        chip.focus()
        page.keyboard.press("Enter")
        settle(page)
        marked = page.locator(".st-key-marked_mask button:visible")
        expect(marked).to_contain_text("7.41")
        expect(marked).to_be_in_viewport()
        page.set_viewport_size({"width": 400, "height": 860})
        settle(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 400
        page.locator("[class*='st-key-values_mask']").scroll_into_view_if_needed()
        expect(marked).to_be_in_viewport()
