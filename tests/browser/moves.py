"""What a reader does in the browser, one function a move."""

import re
from contextlib import suppress

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as TooLong

PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


def settle(page: Page) -> None:
    """Waits until the server has finished drawing."""
    page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for(timeout=PATIENCE_MS)


def arrive(page: Page, url: str) -> None:
    """Opens the app for the first time and reads the notice."""
    page.goto(url)
    page.get_by_role("button", name="I understand").click(timeout=PATIENCE_MS)
    expect(page.get_by_role("dialog")).to_have_count(0)
    settle(page)


def open_public_case(page: Page, number: int = 0) -> None:
    """Opens one of the tiles on Home."""
    page.locator("[class*='st-key-public_'] button:visible").nth(number).click()
    heading(page, "Hypotheses").wait_for(timeout=PATIENCE_MS)
    settle(page)


def hide(page: Page, feature: str) -> None:
    """Hides one value of the open case."""
    page.locator(f".st-key-mask_{feature} button:visible").first.click()
    page.get_by_text("Masked:").wait_for(timeout=PATIENCE_MS)
    settle(page)


def commit(page: Page, letter: str, *, sure: bool = True) -> None:
    """Chooses an option and commits to it."""
    page.locator(f".st-key-option_{ord(letter) - ord('A')} button:visible").first.click()
    page.get_by_role("button", name=f"Commit {letter}: I am {'sure' if sure else 'unsure'}").click()
    page.locator(".st-key-run button:enabled:visible").first.wait_for()
    settle(page)


def stop_button(page: Page) -> Locator:
    """The Stop button of the run on the page."""
    return page.locator("[class*='st-key-stop_'] button:visible").first


def ended(page: Page) -> None:
    """Waits until the run on the page has ended."""
    page.locator("[class*='st-key-again_'] button:visible").first.wait_for(timeout=PATIENCE_MS)
    settle(page)


def go(page: Page, name: str) -> None:
    """Goes to a page by the navigation, opening the sidebar where it is closed."""
    closed = page.get_by_test_id("stExpandSidebarButton")
    for _ in range(20):
        if not closed.is_visible():
            break
        # Streamlit opens and closes it by itself after a change of width; its button may go while it is aimed at.
        with suppress(TooLong):
            closed.click(timeout=PATIENCE_MS / 20)
            break
    page.get_by_test_id("stSidebarNavLink").filter(has_text=re.compile(f"{name}$")).click()
    heading(page, name).wait_for(timeout=PATIENCE_MS)
    settle(page)


def fits(page: Page, width: int) -> None:
    """In a window of this width nothing is wider than it, once charts have followed it."""
    page.set_viewport_size({"width": width, "height": 800})
    page.wait_for_function(
        """width => {
          const main = document.querySelector("[data-testid=stMain]");
          const all = document.documentElement;
          return innerWidth === width && main.scrollWidth <= main.clientWidth && all.scrollWidth <= width;
        }""",
        arg=width,
        timeout=PATIENCE_MS,
    )


def heading(page: Page, name: str) -> Locator:
    """The title of a page."""
    return page.get_by_role("heading", name=name, exact=True, level=1)


def tick(page: Page, line: int) -> None:
    """Ticks or clears a line (from 0) of the table on History; its boxes are painted, so the place is clicked."""
    painted = page.locator("[class*='st-key-history_table_'] .dvn-scroller").first
    painted.scroll_into_view_if_needed()
    painted.click(position={"x": 16, "y": 35 * (line + 1) + 17})
    settle(page)
