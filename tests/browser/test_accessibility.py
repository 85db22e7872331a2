"""axe-core finds nothing serious on any page and in any main state: wide and light, narrow and dark."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.bench.app_process import running_app
from tests.browser.moves import arrive, commit, ended, go, hide, open_public_case, settle, stop_button
from tests.browser.replies import reply, write

pytestmark = pytest.mark.slow
Theme = Literal["light", "dark"]
LOOKS: tuple[tuple[int, int, Theme], ...] = ((1280, 900, "light"), (360, 800, "dark"))
BAD = ("serious", "critical")


@dataclass(frozen=True)
class Known:
    """A finding that Streamlit itself causes: the rule, what stands in its place, and why."""

    rule: str
    where: str
    reason: str


KNOWN = (
    Known("list", "stSidebarNavItems", "the navigation's list holds its section titles as plain blocks"),
    Known("listitem", "stSidebarNavItems", "the same list: its items stand in blocks, not in the list itself"),
    Known("aria-dialog-name", "stToast", "a toast names a title as its label, and has none; its text is read aloud"),
)

# Of what passes, axe need say nothing.
_SCAN = "axe.run({resultTypes: ['violations']}).then((found) => found.violations)"

# The names that Streamlit and our keys give an element and all around it.
_PATH = """(found) => {
  const names = [];
  for (let at = document.querySelector(found); at; at = at.parentElement)
    names.push(at.dataset.testid, ...[...at.classList].filter((name) => name.startsWith("st-key-")));
  return names.filter(Boolean).join(" < ");
}"""


def findings(page: Page, state: str) -> list[str]:
    """What axe finds in ``state`` in each look, serious and worse; leaves the first look."""
    found = []
    for width, height, theme in (*LOOKS[1:], LOOKS[0]):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        for patience in (250, 1_500, 4_000):  # ms; a page that is still changing its colours is looked at again
            page.wait_for_timeout(patience)
            if not (seen := scanned(page)):
                break
        found += [f"{state} ({width} px, {theme}): {item}" for item in seen]
    return found


def scanned(page: Page) -> list[str]:
    """What axe finds in the page as it is, serious and worse, without what is known of Streamlit."""
    seen = []
    if not page.evaluate("'axe' in window"):  # once a document
        page.evaluate(Axe().axe_script)
    for finding in page.evaluate(_SCAN):
        for node in finding["nodes"]:
            where = f"{page.evaluate(_PATH, node['target'][-1])} {node['html']}"[:400]
            known = any(item.rule == finding["id"] and re.search(item.where, where) for item in KNOWN)
            if (node["impact"] or finding["impact"]) in BAD and not known:
                seen.append(f"{finding['id']}: {where}: {' '.join(node['failureSummary'].split())[:300]}")
    return seen


@pytest.fixture
def app(tmp_path: Path) -> Iterator[str]:
    """A fresh app whose model says an answer, no option, half a text, a fault, and answers to stop and to read."""
    replies = (
        reply("C", pace=0.005),
        reply(None, pace=0.005),
        reply(None, pace=0.005, finish="length"),
        reply("B", pace=0.005),
        reply(None, pace=0.005, fault="failed", message="The model server answered 503."),
        reply("C", pace=0.2, times=20),  # stopped, however long it is looked at
        reply("A", pace=0.005),
    )
    with running_app(tmp_path, engine="replay", replay_file=str(write(tmp_path, *replies))) as url:
        yield url


def again(page: Page) -> None:
    """Asks once more and waits for the end."""
    page.locator("[class*='st-key-again_1_'] button:visible").first.click()
    stop_button(page).wait_for()
    ended(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()
    settle(page)


@pytest.mark.timeout(900)  # every page and state twice, with a scan of each
def test_no_page_or_state_has_a_serious_finding(app: str, page: Page) -> None:
    found: list[str] = []

    def see(state: str) -> None:
        found.extend(findings(page, state))

    page.goto(app)
    page.get_by_role("button", name="I understand").wait_for()
    see("first visit")
    arrive(page, app)
    see("home")
    asked(page, see)
    ended_otherwise(page, see)
    other_pages(page, see)
    assert not found, "\n".join(found)


def asked(page: Page, see: Callable[[str], None]) -> None:
    """A question from its choice to its rating, with the leak guard's switches."""
    go(page, "Settings")
    page.get_by_text("Research: let values past").click()
    settle(page)
    see("settings")
    go(page, "Home")
    open_public_case(page)
    see("choose a value")
    hide(page, "meanbp1")
    press(page, "Show it anyway")
    see("commit first, guard off")
    commit(page, "B")
    page.keyboard.press("Control+Enter")
    ended(page)
    press(page, "Reveal the recorded value")
    page.locator(".stFeedback button").nth(1).click()
    page.get_by_text("unsafe suggestion").click()
    settle(page)
    see("result and rating")


def ended_otherwise(page: Page, see: Callable[[str], None]) -> None:
    """Every other way a run ends, and what can be done then."""
    again(page)
    press(page, "Pick from text")
    see("pick from text")
    page.locator("[class*='st-key-read_1_'] button").first.click()
    page.get_by_text("Read by a person").first.wait_for()
    see("read by a person")
    again(page)
    see("cut off")
    press(page, "Continue")
    stop_button(page).wait_for()
    ended(page)
    see("continued")
    again(page)
    see("failed")
    page.locator("[class*='st-key-again_1_'] button:visible").first.click()
    page.get_by_text("tokens/s").wait_for()
    see("streaming")
    page.keyboard.press("Escape")
    page.get_by_text("Stopped by you").wait_for()
    ended(page)
    see("stopped")


def outcome(page: Page, see: Callable[[str], None]) -> None:
    """A prediction from its choice to its answer beside the baselines."""
    page.get_by_role("tab", name="Outcome").click()
    page.locator("[class*='st-key-outcome_'] button:visible").first.click()
    settle(page)
    see("outcome")
    commit(page, "A")
    page.keyboard.press("Control+Enter")
    ended(page)
    see("predicted")


def what_if(page: Page, see: Callable[[str], None]) -> None:
    """The tabs of What-if before anything is asked; ``test_what_if`` has the results."""
    go(page, "What-if")
    field = page.get_by_label("Add a change").first
    field.click()
    field.fill("Creatinine")
    page.keyboard.press("Enter")
    settle(page)
    page.get_by_role("button", name="highest in cohort").click()
    settle(page)
    see("what-if")
    for tab in ("Sweep", "Smallest change"):
        page.get_by_role("tab", name=tab).click()
        settle(page)
        see(tab)


def other_pages(page: Page, see: Callable[[str], None]) -> None:
    page.get_by_role("tab", name="Missing values").click()
    settle(page)
    page.locator("[class*='st-key-missing_'] button:visible").first.click()
    settle(page)
    see("missing value")
    outcome(page, see)
    page.keyboard.press("Alt+h")
    page.get_by_role("dialog").wait_for()
    see("shortcuts")
    page.get_by_test_id("stDialog").get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    go(page, "Ask")
    press(page, "Fluids or vasopressor next?")
    page.get_by_role("heading", name="What applies").wait_for()
    see("what applies")
    what_if(page, see)
    go(page, "Patient")
    see("patient")
    press(page, "Copy to edit")
    for label, value in (("Age", "230"), ("Education", "27")):
        page.get_by_role("spinbutton", name=label).fill(value)
        page.get_by_role("spinbutton", name=label).press("Enter")
        settle(page)
    see("patient with findings")
    for tab in ("Import", "Versions"):
        page.get_by_role("tab", name=tab).click()
        settle(page)
        see(tab)
    for link in page.get_by_test_id("stSidebarNavLink").all_inner_texts():
        name = link.split("\n")[-1].strip()
        if name not in ("Patient", "Hypotheses", "Ask", "What-if", "Settings"):
            go(page, name)
            see(name)
