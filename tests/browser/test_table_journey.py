"""The table of a record in a real browser: an unusual value is typed, confirmed with a reason, and saved."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.bench.app_process import known_user, running_app
from tests.browser.moves import heading, settle

pytestmark = pytest.mark.slow

AGE, EDUCATION = 0, 2  # lines of the table
VALUE_X = 480  # inside the column Value, which is painted


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_app(known_user(tmp_path_factory.mktemp("known"), samples=1), engine="replay") as url:
        yield url


def on_own_patient(page: Page, url: str) -> None:
    """Begins a patient of one's own."""
    page.goto(url)
    page.get_by_role("button", name="Enter a patient of your own").click()
    heading(page, "Patient").wait_for()
    settle(page)


def on_table(page: Page) -> None:
    """Goes to the tab Table."""
    page.get_by_role("tab", name="Table").click()
    page.locator(".dvn-scroller").first.wait_for()
    settle(page)


def write(page: Page, line: int, text: str) -> None:
    """Types into a cell of the column Value."""
    page.locator(".dvn-scroller").first.click(position={"x": VALUE_X, "y": 35 * (line + 1) + 17})
    page.keyboard.press("Enter")
    page.locator(".gdg-input:visible").fill(text)
    page.keyboard.press("Enter")
    settle(page)


def test_an_unusual_value_typed_into_the_table_is_confirmed_saved_and_found_again(page: Page, app: str) -> None:
    on_own_patient(page, app)
    on_table(page)
    write(page, AGE, "61")
    write(page, EDUCATION, "27")
    page.get_by_text("2 unsaved changes · 1 to confirm").wait_for()
    expect(page.get_by_text("Education = 27 years is unusual")).to_have_count(1)
    save = page.get_by_role("button", name="Save version")
    expect(save).to_be_disabled()
    reason = page.get_by_role("textbox", name="Why is it right?")
    expect(reason).to_be_in_viewport()
    reason.fill("Two doctorates")
    reason.press("Enter")
    page.get_by_text("Confirmed").wait_for()
    save.click()
    page.get_by_text("Saved as version 1.").wait_for()
    expect(page.get_by_role("tab", name="Table")).to_have_attribute("aria-selected", "true")
    page.reload()
    heading(page, "Patient").wait_for()
    settle(page)
    for tab in ("Enter", "Table"):
        page.get_by_role("tab", name=tab).click()
        settle(page)
        expect(page.get_by_role("textbox", name="Why is it right?")).to_have_value("Two doctorates")
        expect(page.get_by_text("0 unsaved changes")).to_be_visible()


def test_a_second_tab_chosen_before_the_first_is_drawn_opens(page: Page, app: str) -> None:
    on_own_patient(page, app)
    for _ in range(4):  # neither waits for the server
        page.get_by_role("tab", name="Import").click()
        page.get_by_role("tab", name="Enter").click()
        expect(page.get_by_role("tab", name="Enter")).to_have_attribute("aria-selected", "true")
        expect(page.get_by_text("Only filled")).to_be_visible()
        settle(page)
        expect(page.get_by_role("tab", name="Enter")).to_have_attribute("aria-selected", "true")
