"""Hypotheses at three widths: the notice on its line, the width used, and the reasoning in sight below the answer.

And a chip under that reasoning, reached by keyboard: the row that it marks is in sight beside it, wide and narrow.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.bench.app_process import known_user, running_app
from tests.browser.moves import ended, fits, hide, open_public_case, settle
from tests.browser.replies import reply, write

pytestmark = pytest.mark.slow

LINES = """element => {
  const range = document.createRange();
  range.selectNodeContents(element);
  return new Set([...range.getClientRects()].map(line => Math.round(line.top))).size;
}"""


def test_hypotheses_uses_the_window_and_shows_the_reasoning_first(page: Page, tmp_path: Path) -> None:
    said = reply("C", pace=0.001)
    *before, last = (text for text, _ in said.pieces)
    texts = (*before, " Arterial pH of 7.41 and temp of 40.0 speak for it.", last)
    pieces = tuple((text, number) for number, text in enumerate(texts, 1))
    called = said.model_copy(update={"model": "some-people/A-model-with-a-long-name-1.5B-Instruct", "pieces": pieces})
    with running_app(known_user(tmp_path, samples=5), engine="replay", replay_file=str(write(tmp_path, called))) as url:
        page.goto(url)
        open_public_case(page)
        hide(page, "crea1")
        page.locator(".st-key-run button:visible").click()
        ended(page)
        page.get_by_text("similar patients").first.wait_for()
        seen = {width: _seen(page, width) for width in (400, 1920, 1280)}
        _chip_marks_its_row(page)
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


def _chip_marks_its_row(page: Page) -> None:
    chip = page.locator("[class*='st-key-cited_'] button", has_text="Arterial pH 7.41").first
    chip.evaluate("chip => chip.scrollIntoView({block: 'center'})")
    chip.focus()
    page.keyboard.press("Enter")
    settle(page)
    marked = page.locator(".st-key-marked_mask button:visible")
    expect(marked).to_contain_text("7.41")
    expect(marked).to_be_in_viewport()
    fits(page, 400)
    page.locator("[class*='st-key-values_mask']").scroll_into_view_if_needed()
    expect(marked).to_be_in_viewport()


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
