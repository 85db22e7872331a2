"""The journey of a reader in a real browser: hide, commit, run, stop, run again, rate, reload, and find it all."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.bench.app_process import running_app
from tests.browser.moves import (
    PATIENCE_MS,
    arrive,
    commit,
    ended,
    fits,
    go,
    heading,
    hide,
    open_public_case,
    settle,
    stop_button,
)
from tests.browser.replies import reply, write

pytestmark = pytest.mark.slow


@pytest.fixture
def app(tmp_path: Path) -> Iterator[str]:
    """A fresh app whose model answers C in about a minute, longer than any test looks at it, then B in two seconds."""
    file = write(tmp_path, reply("C", pace=0.7), reply("B", pace=0.02))
    with running_app(tmp_path, engine="replay", replay_file=str(file)) as url:
        yield url


def rows(folder: Path, query: str) -> int:
    """A count from the app's own database."""
    with sqlite3.connect(f"file:{folder / 'creason.db'}?mode=ro", uri=True) as connection:
        return int(connection.execute(query).fetchone()[0])


def asked(page: Page, url: str) -> None:
    """A case is open, creatinine is hidden, and B is committed."""
    arrive(page, url)
    open_public_case(page)
    hide(page, "crea1")
    commit(page, "B", sure=False)


def running(page: Page) -> None:
    """A run has begun and its first words are on the page."""
    page.keyboard.press("Control+Enter")
    stop_button(page).wait_for()
    page.get_by_text("The patient is septic").wait_for()


def tokens(page: Page) -> int:
    """How many tokens the live run says it has."""
    text = page.get_by_text("tokens ·").first.inner_text()
    return int(text.split(" tokens")[0].replace(",", ""))


def test_the_journey_is_all_there_after_a_reload(page: Page, app: str, tmp_path: Path) -> None:
    asked(page, app)
    running(page)
    page.keyboard.press("Escape")
    page.get_by_text("Stopped by you after").wait_for()
    expect(page.get_by_text("The patient is septic")).to_be_visible()
    page.keyboard.press("Control+g")
    page.get_by_text("Model: B").wait_for()
    page.get_by_role("button", name="Reveal the recorded value").click()
    page.get_by_text("Recorded: 2.1 mg/dL").wait_for()
    page.locator(".stFeedback button").first.click()
    page.get_by_text("correct reasoning").click()
    settle(page)
    page.get_by_role("button", name="Save feedback").click()
    page.get_by_text("Saved ").first.wait_for()
    page.reload()
    for text in ("Model: B", "Your answer: B", "Recorded: 2.1 mg/dL", "The patient is septic", "correct reasoning"):
        expect(page.get_by_text(text).first).to_be_visible(timeout=PATIENCE_MS)
    assert rows(tmp_path, "SELECT count(*) FROM run_groups") == 2
    assert rows(tmp_path, "SELECT count(*) FROM feedback") == 1


def test_a_click_a_page_change_and_a_reload_leave_a_run_going(page: Page, app: str) -> None:
    asked(page, app)
    running(page)
    before = tokens(page)
    page.get_by_role("button", name="Prompt").click()
    page.keyboard.press("Tab")
    go(page, "Settings")
    page.get_by_text("Reasoning about Creatinine").wait_for()
    page.get_by_role("button", name="Go to it").click()
    heading(page, "Hypotheses").wait_for()
    page.get_by_text("tokens ·").first.wait_for()
    assert (after := tokens(page)) > before
    page.reload()
    page.get_by_text("tokens ·").first.wait_for()
    assert tokens(page) >= after
    stop_button(page).click()  # that it also ends by itself is told in tests/faults/test_sessions.py
    page.get_by_text("Stopped by you after").wait_for()


def test_a_second_tab_sees_the_same_run_and_can_stop_it(page: Page, app: str) -> None:
    asked(page, app)
    running(page)
    second = page.context.new_page()
    second.goto(page.url)
    stop_button(second).wait_for(timeout=PATIENCE_MS)
    stop_button(second).click()
    for tab in (second, page):
        tab.get_by_text("Stopped by you after").wait_for(timeout=PATIENCE_MS)


def test_double_clicks_write_one_row(page: Page, app: str, tmp_path: Path) -> None:
    arrive(page, app)
    page.get_by_role("button", name="Enter a patient of your own").click()
    heading(page, "Patient").wait_for()
    age = page.get_by_role("spinbutton", name="Age")
    age.fill("61")
    age.press("Enter")
    settle(page)
    page.get_by_role("button", name="Save version").dblclick()
    page.get_by_text("Version 1").or_(page.get_by_text("Original")).first.wait_for()
    settle(page)
    assert rows(tmp_path, "SELECT count(*) FROM case_versions") == 1
    go(page, "Hypotheses")
    hide(page, "age")
    commit(page, "A")
    page.locator(".st-key-run button:visible").first.dblclick()
    stop_button(page).wait_for()
    assert rows(tmp_path, "SELECT count(*) FROM run_groups") == 1
    page.get_by_text("tokens ·").first.wait_for()  # a reply without a word has nothing to rate
    stop_button(page).click()
    ended(page)
    page.locator(".stFeedback button").last.click()
    page.get_by_text("too vague").click()
    settle(page)
    page.get_by_role("button", name="Save feedback").dblclick()
    page.get_by_text("Saved ").first.wait_for()
    assert rows(tmp_path, "SELECT count(*) FROM feedback") == 1


def test_an_address_of_a_page_works_on_a_server_that_just_started(page: Page, app: str) -> None:
    page.goto(f"{app}/hypotheses")
    page.get_by_role("button", name="I understand").click()
    heading(page, "Hypotheses").wait_for()
    expect(page.get_by_text("Not for time-critical decisions")).to_be_visible()
    expect(page.get_by_test_id("stSidebarNavLink")).to_have_count(10)


def test_a_narrow_screen_never_scrolls_sideways(page: Page, app: str) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    arrive(page, app)
    open_public_case(page)
    hide(page, "crea1")
    for name in ("Hypotheses", "Patient", "About the model", "Settings", "Home"):
        if name != "Hypotheses":
            go(page, name)
        for width in (360, 400):
            fits(page, width)
