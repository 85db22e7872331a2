"""axe-core finds nothing serious on any page and in any main state: wide and light, narrow and dark."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from creason_core.model.engines.replay import Recording
from tests.bench.app_process import known_user, running_app
from tests.browser.moves import arrive, commit, ended, go, hide, open_public_case, settle, stop_button
from tests.browser.replies import reply, write

pytestmark = pytest.mark.slow
Theme = Literal["light", "dark"]
LOOKS: tuple[tuple[int, int, Theme], ...] = ((1280, 900, "light"), (360, 800, "dark"))
BAD = ("serious", "critical")
LIST = "[class*='st-key-values_mask']"  # the record beside a question: looked at where it changes, and else passed over
See = Callable[..., None]


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

# Of what passes, axe need say nothing, and a rule whose findings are never serious need not be run. ``path`` is the
# names that Streamlit and our keys give an element and all around it. What is still fading is first brought to its
# end: what a reader sees from then on is what counts. ``seen`` is the part of the page that need not be looked at.
_SCAN = """async ([bad, seen]) => {
  const path = (found) => {
    const names = [];
    for (let at = document.querySelector(found); at; at = at.parentElement)
      names.push(at.dataset.testid, ...[...at.classList].filter((name) => name.startsWith("st-key-")));
    return names.filter(Boolean).join(" < ");
  };
  for (const fading of document.getAnimations())
    if (fading.effect?.getComputedTiming().endTime < Infinity) fading.finish();
  const mild = axe._audit.rules.filter((rule) => rule.impact && !bad.includes(rule.impact));
  const rules = Object.fromEntries(mild.map((rule) => [rule.id, {enabled: false}]));
  const part = document.querySelector(seen || ":not(*)") ? {exclude: [[seen]]} : document;
  const found = await axe.run(part, {resultTypes: ["violations"], rules});
  return found.violations.flatMap((finding) => finding.nodes
    .filter((node) => bad.includes(node.impact || finding.impact))
    .map((node) => [finding.id, `${path(node.target.at(-1))} ${node.html}`, node.failureSummary]));
}"""

# Whether the page has taken up the theme and the width that it is looked at in.
_DRESSED = """([width, theme]) =>
  innerWidth === width && getComputedStyle(document.querySelector("[data-testid=stApp]")).colorScheme === theme"""

# What changes bit by bit, or for ever, though the reader asked for no motion: where a thousand elements do that, nobody
# sees it and everybody waits for it.
_MOVING = """[...new Set(document.getAnimations().map((one) => one.transitionProperty
  || (one.effect.getComputedTiming().endTime === Infinity && one.animationName)).filter(Boolean))]"""


def findings(page: Page, state: str, seen: str = "") -> list[str]:
    """What axe finds in ``state`` outside ``seen`` in each look, serious and worse; leaves the first look."""
    found = []
    for width, height, theme in (*LOOKS[1:], LOOKS[0]):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.wait_for_function(_DRESSED, arg=[width, theme])
        found += [f"{state} ({width} px): {name} moves" for name in page.evaluate(_MOVING)]
        for patience in (150, 1_500, 4_000):  # ms; a page that is still changing is looked at again
            page.wait_for_timeout(patience)
            if not (told := scanned(page, seen)):
                break
        found += [f"{state} ({width} px, {theme}): {item}" for item in told]
    return found


def scanned(page: Page, seen: str = "") -> list[str]:
    """What axe finds in the page as it is, serious and worse, without what is known of Streamlit.

    ``seen`` names a part that need not be looked at.
    """
    if not page.evaluate("'axe' in window"):  # once a document
        page.evaluate(Axe().axe_script)
    return [
        f"{rule}: {where[:400]}: {' '.join(summary.split())[:300]}"
        for rule, where, summary in page.evaluate(_SCAN, [BAD, seen])
        if not any(item.rule == rule and re.search(item.where, where[:400]) for item in KNOWN)
    ]


def app(folder: Path, *replies: Recording, known: bool = True) -> AbstractContextManager[str]:
    """A fresh app whose model says ``replies`` in turn; its reader has read the notice where ``known``."""
    file = str(write(folder, *replies))
    if known:
        known_user(folder, samples=1, commit_first=True)
    return running_app(folder, engine="replay", replay_file=file)


def again(page: Page) -> None:
    """Asks once more and waits for the end."""
    page.locator("[class*='st-key-again_1_'] button:visible").first.click()
    stop_button(page).wait_for()
    ended(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()
    settle(page)


@pytest.fixture
def see(page: Page) -> Iterator[See]:
    """Looks at a state, by its name, and not at a part of it; what was found is told when all states were seen."""
    found: list[str] = []
    yield lambda state, seen="": found.extend(findings(page, state, seen))
    assert not found, "\n".join(found)


def test_what_a_reader_cannot_read_is_told_with_its_place_and_what_fades_in_is_not(page: Page) -> None:
    page.set_content("""<html lang=en><title>Here</title>
      <style>@keyframes in { from { color: #fff } } .in { animation: in 60s }</style>
      <main class=st-key-here><p style="color: #ccc">pale</p><p class=in>soon</p>
      <button style="animation: in 1s infinite"></button></main></html>""")
    told = scanned(page)
    assert [item.partition(":")[0] for item in told] == ["button-name", "color-contrast"]
    assert all("st-key-here" in item for item in told)
    assert "pale" in told[1]


# Three tests, since lanes share them: every page and state is looked at twice.
@pytest.mark.timeout(600)
@pytest.mark.unit("accessibility of a question")
def test_no_state_of_a_question_has_a_serious_finding(tmp_path: Path, page: Page, see: See) -> None:
    replies = (
        reply("C"),
        reply(None),
        reply(None, finish="length"),
        reply("B"),
        reply(None, fault="failed", message="The model server answered 503."),
        reply("C", pace=0.2, times=20),  # stopped, however long it is looked at
    )
    with app(tmp_path, *replies, known=False) as url:
        page.goto(url)
        page.get_by_role("button", name="I understand").wait_for()
        see("first visit")
        arrive(page, url)
        see("home")
        asked(page, see)
        ended_otherwise(page, see)
        go(page, "History")
        see("History")


@pytest.mark.timeout(600)
@pytest.mark.unit("accessibility of predicting")
def test_no_state_of_another_question_has_a_serious_finding(tmp_path: Path, page: Page, see: See) -> None:
    with app(tmp_path, reply("A", pace=0.005)) as url:
        page.goto(url)
        open_public_case(page)
        otherwise_asked(page, see)


@pytest.mark.timeout(600)
@pytest.mark.unit("accessibility of the pages")
def test_no_other_page_has_a_serious_finding(tmp_path: Path, page: Page, see: See) -> None:
    with app(tmp_path, reply("A", pace=0.005)) as url:
        page.goto(url)
        open_public_case(page)
        patient(page, see)
        for link in page.get_by_test_id("stSidebarNavLink").all_inner_texts():
            name = link.split("\n")[-1].strip()
            if name not in ("Patient", "Hypotheses", "Ask", "What-if", "History", "Settings"):  # seen already
                go(page, name)
                see(name)


def asked(page: Page, see: See) -> None:
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


def ended_otherwise(page: Page, see: See) -> None:
    """Every other way a run ends, and what can be done then."""
    again(page)
    press(page, "Pick from text")
    see("pick from text", LIST)
    page.locator("[class*='st-key-read_1_'] button").first.click()
    page.get_by_text("Read by a person").first.wait_for()
    see("read by a person", LIST)
    again(page)
    see("cut off", LIST)
    press(page, "Continue")
    stop_button(page).wait_for()
    ended(page)
    see("continued", LIST)
    again(page)
    see("failed", LIST)
    page.locator("[class*='st-key-again_1_'] button:visible").first.click()
    page.get_by_text("tokens/s").wait_for()
    see("streaming", LIST)
    page.keyboard.press("Escape")
    page.get_by_text("Stopped by you").wait_for()
    ended(page)
    see("stopped", LIST)


def outcome(page: Page, see: See) -> None:
    """A prediction from its choice to its answer beside the baselines."""
    page.get_by_role("tab", name="Outcome").click()
    page.locator("[class*='st-key-outcome_'] button:visible").first.click()
    settle(page)
    see("outcome")
    commit(page, "A")
    page.keyboard.press("Control+Enter")
    ended(page)
    see("predicted", LIST)


def what_if(page: Page, see: See) -> None:
    """The tabs of What-if before anything is asked; ``test_explore`` has the results."""
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


def otherwise_asked(page: Page, see: See) -> None:
    """A value that nobody recorded, a prediction, guidelines, and What-if."""
    page.get_by_role("tab", name="Missing values").click()
    settle(page)
    page.locator("[class*='st-key-missing_'] button:visible").first.click()
    settle(page)
    see("missing value")
    outcome(page, see)
    page.keyboard.press("Alt+h")
    page.get_by_role("dialog").wait_for()
    see("shortcuts", LIST)
    page.get_by_test_id("stDialog").get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    go(page, "Ask")
    press(page, "Fluids or vasopressor next?")
    page.get_by_role("heading", name="What applies").wait_for()
    page.get_by_text("Show superseded").click()
    page.get_by_text("Replaced by").first.wait_for()
    see("what applies")
    what_if(page, see)


def patient(page: Page, see: See) -> None:
    """A case as it is, changed with findings, and the other tabs of its page."""
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
