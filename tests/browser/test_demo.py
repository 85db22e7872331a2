"""The demo in a real browser: by keyboard alone, with a model that dies, for a room, and without a serious finding."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.bench.app_process import known_user, running_app
from tests.bench.clocked_server import ClockedServer
from tests.browser.moves import PATIENCE_MS, fits, heading, settle
from tests.browser.test_accessibility import findings

pytestmark = pytest.mark.slow
WALK_SECONDS = 40.0
PLACES = "1.1 2.1 2.2 3.1 3.2 4.1 4.2 4.3 4.4 4.5 4.6 5.1 5.2 5.3 5.4 6.1 6.2 6.3 7.1 7.2 8.1".split()


@pytest.fixture(scope="module")
def known_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app without a model, of a reader who has read the notice."""
    with running_app(known_user(tmp_path_factory.mktemp("known"), samples=1), engine="embedded") as url:
        yield url


def tab_to(page: Page, name: str) -> None:
    """Goes to a button by the tabulator."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText").replace("\n", " ").strip().endswith(name):
            return
    pytest.fail(f"no key leads to {name}")


def came_to(page: Page, place: str) -> None:
    page.wait_for_url(re.compile(rf"/demo\?(.*&)?at={re.escape(place)}(&|$)"))
    settle(page)


@pytest.mark.alone
def test_from_opening_it_to_the_last_step_by_keyboard_alone_without_a_model(page: Page, tmp_path: Path) -> None:
    reached = {""}  # pictures within a page have no host
    page.on("request", lambda asked: reached.add(urlsplit(asked.url).netloc))
    page.on("websocket", lambda asked: reached.add(urlsplit(asked.url).netloc))
    with running_app(tmp_path, engine="embedded") as url:
        began = time.monotonic()
        walk_by_keyboard(page, url)
        assert time.monotonic() - began < WALK_SECONDS
        page.keyboard.press("ArrowLeft")
        came_to(page, "7.2")
        page.reload()
        came_to(page, "7.2")
        page.go_back()
        came_to(page, "8.1")
        assert reached == {"", urlsplit(url).netloc}


def walk_by_keyboard(page: Page, url: str) -> None:
    """From opening it to the last step, at the fastest pace."""
    page.goto(f"{url}/demo")
    page.get_by_role("button", name="I understand").wait_for()
    tab_to(page, "I understand")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    came_to(page, "1.1")
    for pace in ("×1", "×3"):
        tab_to(page, f"Pace {pace}")
        page.keyboard.press("Enter")
        page.get_by_text("Pace ×3" if pace == "×1" else "Pace instant").first.wait_for()
    for place in PLACES[1:]:
        page.keyboard.press("ArrowRight")
        came_to(page, place)
    page.get_by_text("Was this reasoning good?").first.wait_for()


def test_a_live_model_that_dies_at_step_4_gives_way_to_the_recording(page: Page, tmp_path: Path) -> None:
    server = ClockedServer(1000)
    with server.running(), running_app(tmp_path, engine="vllm", vllm_url=server.url) as url:
        page.goto(f"{url}/demo?at=4.1")
        page.get_by_role("button", name="I understand").click(timeout=PATIENCE_MS)
        settle(page)
        page.get_by_role("button", name="Run live").click()
        page.get_by_role("button", name="Use the recordings").wait_for()
        for place in ("4.2", "4.3"):
            page.keyboard.press("ArrowRight")
            came_to(page, place)
        page.get_by_text("r0t3.").first.wait_for()
        page.locator(".stMarkdownBadge").filter(has_text="Live").wait_for()
        server.kill()
        page.get_by_text("stopped answering").wait_for()
        page.keyboard.press("ArrowRight")
        page.get_by_text("Potassium: 4.0 mmol/L").first.wait_for()
        page.locator(".stMarkdownBadge").filter(has_text="Recorded").wait_for()
        assert "at=4.3" in page.url
        page.keyboard.press("ArrowRight")
        came_to(page, "4.4")


def test_a_guest_on_a_telephone_votes_the_screen_counts_and_every_window_follows_a_reset(
    page: Page, known_app: str
) -> None:
    page.goto(f"{known_app}/demo?at=8.1")
    link = page.get_by_test_id("stCode").first.inner_text().strip()
    telephone = page.context.new_page()
    telephone.set_viewport_size({"width": 390, "height": 800})
    telephone.goto(link)
    telephone.get_by_role("button", name="Good", exact=False).first.click(timeout=PATIENCE_MS)
    telephone.get_by_text("Your vote is in").wait_for(timeout=PATIENCE_MS)
    expect(telephone.get_by_test_id("stSidebarNavLink")).to_have_count(0)
    page.get_by_text("1 guest has voted").wait_for()
    telephone.goto(f"{known_app}/patient?{link.partition('?')[2]}")
    telephone.get_by_text("On the screen").wait_for(timeout=PATIENCE_MS)
    expect(heading(telephone, "Patient")).to_have_count(0)
    second = page.context.new_page()
    second.goto(f"{known_app}/demo?at=1.1")
    second.get_by_text("Another window of this demo is at step 8.").wait_for(timeout=PATIENCE_MS)
    second.get_by_role("button", name="More").click()
    second.get_by_role("button", name="Reset the demo").click()
    page.get_by_text("0 guests have voted").wait_for()  # without a touch, and nothing that failed
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
    telephone.get_by_role("button", name="Good", exact=False).first.click(timeout=PATIENCE_MS)  # asked anew
    page.get_by_text("1 guest has voted").wait_for()


def walked(page: Page, url: str) -> Iterator[str]:
    """From step to step by the keyboard, each once it is drawn; no reply waits."""
    page.goto(url)
    came_to(page, PLACES[0])
    while not page.get_by_role("button", name="Pace instant").count():
        page.get_by_role("button", name="Pace").click()
        settle(page)
    yield PLACES[0]
    for place in PLACES[1:]:
        page.keyboard.press("ArrowRight")
        came_to(page, place)
        yield place


@pytest.mark.timeout(600)
def test_no_step_scrolls_sideways_or_has_a_serious_finding(page: Page, known_app: str) -> None:
    found, widths = [], [1024, 400]
    for place in walked(page, f"{known_app}/demo"):
        for width in widths:
            fits(page, width)
        widths.reverse()  # the next step begins at the width of this one: changing it takes longest
        if place in ("2.1", "3.1", "4.6", "5.2", "6.3", "8.1"):
            page.get_by_role("button", name="Next").wait_for()
            found += findings(page, f"demo {place}")
    page.goto(page.get_by_test_id("stCode").first.inner_text().strip())
    page.get_by_text("On the screen").wait_for()
    assert [*found, *findings(page, "guest")] == []


def test_no_step_scrolls_sideways_before_a_room(page: Page, known_app: str) -> None:
    for _ in walked(page, f"{known_app}/demo?present=1"):
        fits(page, 640)  # 1280 at 200 %
