"""Hypotheses at three widths: the notice on its line, the width used, and the reasoning in sight below the answer."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from tests.bench.app_process import known_user, running_app
from tests.browser.moves import ended, hide, open_public_case, settle
from tests.browser.replies import reply, write

pytestmark = pytest.mark.slow

LINES = """element => {
  const range = document.createRange();
  range.selectNodeContents(element);
  return new Set([...range.getClientRects()].map(line => Math.round(line.top))).size;
}"""


def test_hypotheses_uses_the_window_and_shows_the_reasoning_first(page: Page, tmp_path: Path) -> None:
    called = reply("C", pace=0.001).model_copy(update={"model": "some-people/A-model-with-a-long-name-1.5B-Instruct"})
    with running_app(known_user(tmp_path, samples=5), engine="replay", replay_file=str(write(tmp_path, called))) as url:
        page.goto(url)
        open_public_case(page)
        hide(page, "crea1")
        page.locator(".st-key-run button:visible").click()
        ended(page)
        page.get_by_text("similar patients").first.wait_for()
        seen = {width: _seen(page, width) for width in (1280, 1920, 400)}
    for width, most in ((1280, 1), (1920, 1), (400, 2)):
        assert seen[width]["notice lines"] <= most, width
    for width in (1280, 1920):
        assert seen[width]["halves"] >= 0.92 * (width - seen[width]["sidebar"]), width
        assert seen[width]["reasoning"] < 860, width  # its first lines, without scrolling
    for width in (1280, 400):
        assert seen[width]["chart"] > seen[width]["reasoning"], width
        assert seen[width]["chart left"] == pytest.approx(seen[width]["reasoning left"], abs=60), width
    assert seen[1920]["chart left"] > seen[1920]["reasoning left"] + 400
    assert seen[400]["question"] - seen[400]["list end"] < 120


def _seen(page: Page, width: int) -> dict[str, float]:
    page.set_viewport_size({"width": width, "height": 900})
    settle(page)
    page.wait_for_timeout(500)  # charts follow the width
    text = _box(page.locator("[class*='st-key-model_text_'] [data-testid='stText']").first)
    chart = _box(page.locator("[class*='st-key-weighed_'] .js-plotly-plot").first)
    listed = _box(page.locator(".st-key-values_mask"))
    return {
        "notice lines": page.get_by_text("Research and education. Not for").evaluate(LINES),
        "sidebar": _box(page.get_by_test_id("stSidebar"))["width"] if width > 900 else 0,
        "halves": _box(page.locator(".st-key-halves_mask"))["width"],
        "reasoning": text["y"],
        "reasoning left": text["x"],
        "chart": chart["y"],
        "chart left": chart["x"],
        "list end": listed["y"] + listed["height"],
        "question": _box(page.get_by_text("Masked:"))["y"],
    }


def _box(found: Locator) -> dict[str, float]:
    box = found.bounding_box()
    assert box is not None
    return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}
