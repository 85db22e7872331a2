"""At a glance in a browser: strips are drawn with their words, and a point opens its value."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.bench.app_process import running_app
from tests.browser.moves import PATIENCE_MS, arrive, go, open_public_case, settle
from tests.browser.replies import reply, write

pytestmark = pytest.mark.slow


def choose_point(page: Page, name: str) -> None:
    """Clicks the mark beside a name."""
    page.locator(".textpoint").first.wait_for(timeout=PATIENCE_MS)
    settle(page)
    place = page.locator(".textpoint").all_text_contents().index(name)
    box = page.locator(".js-plotly-plot .points path").nth(place).bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_strips_are_drawn_and_a_point_opens_its_value(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 1280, "height": 1300})
    with running_app(tmp_path, engine="replay", replay_file=str(write(tmp_path, reply("C", pace=0.01)))) as url:
        arrive(page, url)
        open_public_case(page)
        points_open(page)


def points_open(page: Page) -> None:
    strip = page.locator(".st-key-mask_crea1 button:visible img").first
    expect(strip).to_have_attribute("alt", "above the reference range, higher than 51% of the registry's 1,504 "
                                           "training patients")  # fmt: skip
    assert strip.evaluate("image => [image.naturalWidth, image.width, image.height]") == [64, 64, 14]
    page.get_by_text("At a glance").first.click()
    choose_point(page, "Potassium")
    expect(page.locator("[class*='st-key-marked_'] button").first).to_contain_text("Potassium 6.3 mmol/L")
    go(page, "Patient")
    choose_point(page, "Creatinine")
    expect(page.get_by_role("tab", name="Enter")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("spinbutton")).to_have_count(1)
    expect(page.get_by_role("spinbutton", name="Creatinine")).to_have_value("2.1")
