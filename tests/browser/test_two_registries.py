"""A septic and a stroke patient in two tabs of a real browser; the stroke cohort goes, and its history reads on."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.bench.app_process import known_user, running_app
from tests.browser.moves import ended, go, heading, hide, open_public_case, settle, tick
from tests.browser.replies import reply, write
from tests.cohort.stroke import make_stroke

pytestmark = pytest.mark.slow


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    """The stroke cohort, made by the command where the app finds it."""
    folder = tmp_path / "cohorts" / "ist-stroke"
    make_stroke(tmp_path, folder)
    return folder


@pytest.fixture
def app(tmp_path: Path, cohort: Path) -> Iterator[str]:
    file = write(tmp_path, reply("A", pace=0.01))
    with running_app(known_user(tmp_path, samples=1), engine="replay", replay_file=str(file)) as url:
        yield url


def open_stroke_case(page: Page) -> None:
    page.get_by_text("International Stroke Trial", exact=True).click()
    page.locator("[class*='st-key-public_ist-stroke_'] button:visible").first.click()
    heading(page, "Hypotheses").wait_for()
    settle(page)


def run(page: Page) -> None:
    hide(page, "sex")
    page.locator(".st-key-run button:enabled:visible").click()
    ended(page)


def test_two_registries_side_by_side_and_one_of_them_gone(page: Page, app: str, cohort: Path) -> None:
    stroke = page.context.new_page()
    for tab in (page, stroke):
        tab.goto(app)
        heading(tab, "Home").wait_for()
        settle(tab)
    open_public_case(page)
    open_stroke_case(stroke)
    run(page)
    run(stroke)
    go(page, "History")
    tick(page, 0)
    tick(page, 1)
    expect(page.get_by_text("2 chosen")).to_be_visible()
    expect(page.get_by_role("heading", name="Side by side")).to_be_visible()
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.locator(".st-key-history_export_json button").click()
    groups = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))["groups"]
    assert {group["reproducibility"]["cohort"] for group in groups} == {"rhc-sepsis", "ist-stroke"}
    assert {group["masked_value"] for group in groups} == {"Sex"}

    shutil.rmtree(cohort)
    page.reload()
    heading(page, "History").wait_for()
    settle(page)
    tick(page, 0)  # the newest: the stroke patient
    expect(page.get_by_text("The cohort ist-stroke is no longer in")).to_be_visible()
    expect(page.locator(".st-key-history_repeat button").first).to_be_disabled()
    expect(page.get_by_text("in section Demographics").first).to_be_visible()
    page.locator(".st-key-history_open button").first.click()
    heading(page, "Hypotheses").wait_for()
    settle(page)
    expect(page.locator("[class*='st-key-again_'] button:visible").first).to_be_disabled()
    go(page, "Home")
    expect(page.get_by_text("International Stroke Trial", exact=True)).to_have_count(0)
