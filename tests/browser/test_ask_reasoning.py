"""A model's reasoning on Ask in a real browser: streamed, stopped, gone on with, labelled, rated, and there again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.bench.app_process import running_app
from tests.browser.guideline_server import INVENTED, MODEL, UNSOURCED, GuidelineServer
from tests.browser.moves import PATIENCE_MS, arrive, go, open_public_case, settle, stop_button
from tests.browser.test_accessibility import scanned

pytestmark = pytest.mark.slow
NEXT = "Fluids or vasopressor next?"


@pytest.fixture
def server() -> Iterator[GuidelineServer]:
    with GuidelineServer().running() as running:
        yield running


@pytest.fixture
def app(tmp_path: Path, server: GuidelineServer) -> Iterator[str]:
    with running_app(
        tmp_path, engine="vllm", vllm_url=server.url, vllm_model=MODEL, model_tasks='["guideline answer"]'
    ) as url:
        yield url


def test_reasoning_is_stopped_gone_on_with_rated_and_found_after_a_reload(
    page: Page, app: str, server: GuidelineServer
) -> None:
    arrive(page, app)
    open_public_case(page)
    go(page, "Ask")
    page.get_by_label("Question").fill(NEXT)
    page.keyboard.press("Tab")
    settle(page)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_role("button", name="Reason over 5 passages").click()
    card = page.locator("[class*='st-key-guideline_answer_']").last
    card.get_by_text("Sources").wait_for()  # while it comes
    stop_button(page).click()
    page.get_by_text("Stopped by you after").wait_for()
    expect(card.get_by_text(UNSOURCED)).to_have_count(0)
    server.go_on.set()
    page.get_by_role("button", name="Resume as new run").click()
    expect(card.get_by_text(UNSOURCED)).to_be_visible()
    page.get_by_text("Was this reasoning good?").wait_for()
    settle(page)
    assert server.kept[0] == ""
    assert server.kept[1].startswith("Gist: ")
    _labelled(page)
    page.locator(".stFeedback button").first.click()
    page.get_by_role("button", name="Save feedback").click()
    page.get_by_text("Saved ").first.wait_for()
    page.set_viewport_size({"width": 400, "height": 900})
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert scanned(page) == []
    page.reload()
    page.get_by_text("Saved ").first.wait_for(timeout=PATIENCE_MS)
    _labelled(page)


def _labelled(page: Page) -> None:
    """Each sentence of the server's reply has the label that it earned, and its invented mark is gone."""
    card = page.locator("[class*='st-key-guideline_answer_']").last
    for text in ("[1]", "[2]", "not supported by [2]", "model knowledge, no source", "Safety checks"):
        expect(card.get_by_text(text, exact=True).first).to_be_visible()
    expect(card.get_by_text(INVENTED)).to_be_visible()
    expect(card.get_by_text("1 mark, reference or address of the model was taken out")).to_be_visible()
    assert "#zzzzz9" not in card.inner_text()
