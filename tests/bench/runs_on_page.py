"""From pressing Run to the words on the page: the real app with the small model in a process as `make app` starts it,
and a real Chromium.

An app that has seen a patient remembers the record, so each way to ask has a process of its own. In the first the
question is asked as soon as the page can be used, while the model still loads. In the others the model has answered
about another patient; then the packaged question is opened and asked at once, or after the reader has looked at it for
a while, in which the program reads ahead.
"""

import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from tqdm import tqdm

from creason_core.settings import settings
from tests.bench.app_process import known_user, running_app
from tests.bench.figures import Figure, figure
from tests.bench.packaged_question import FEATURE, OTHER_PLACE, PLACE, SECOND
from tests.browser.moves import go, hide, open_public_case, settle
from tests.programs import launch_chromium

VISITS = 1  # four processes each
LOOKS_SECONDS = 5.0
PATIENCE_MS = 300_000
GOAL_COLD_SECONDS = 3.0  # more than warm
GOAL_REPLIES_SECONDS = 10.0
Marks = dict[str, float]

# Seconds from the press on Run to the first of the model's words on the page, and to the end of the run.
WATCH = """() => {
  window.marks = {};
  const now = () => performance.now() / 1000;
  const shown = part => [...document.querySelectorAll(`[class*='${part}']`)].some(one => one.checkVisibility());
  const note = (name, part) => {
    if (!(name in window.marks) && shown(part)) window.marks[name] = now() - window.pressed;
  };
  document.addEventListener('click', event => {
    if (event.target.closest('.st-key-run')) { window.marks = {}; window.pressed = now(); }
  }, true);
  new MutationObserver(() => {
    if (window.pressed === undefined) return;
    note('first', 'st-key-model_text_');
    note('last', 'st-key-again_');
  }).observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true});
}"""


def measure() -> Iterator[Figure]:
    """Seconds from Run to the first token on the page, to the last of one reply, to the last of five."""
    found: defaultdict[str, list[Marks]] = defaultdict(list)
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        for _ in tqdm(range(VISITS), desc="Visits of the app"):
            for name, marks in _visit(browser):
                found[name].append(marks)
        browser.close()
    for name, runs in found.items():
        of_five = name.startswith("five")
        yield figure(f"page: first token, {name}", [one["first"] for one in runs])
        last = [one["last"] for one in runs]
        yield figure(f"page: last token, {name}", last, goal=GOAL_REPLIES_SECONDS if of_five else None)
    pairs = zip(found["fresh process"], found["just opened"], strict=True)
    more = [cold["first"] - warm["first"] for cold, warm in pairs]
    yield figure("page: first token, fresh process − just opened", more, goal=GOAL_COLD_SECONDS, of="median")


def _visit(browser: Browser) -> Iterator[tuple[str, Marks]]:
    with _app(browser) as page:
        _open(page)
        yield "fresh process", _run(page, 1)
    with _app(browser) as page:
        _answer_about_another(page)
        _open(page)
        yield "just opened", _run(page, 1)
        page.get_by_role("button", name="Choose another").click()
        hide(page, SECOND[0])
        yield "second question, just opened", _run(page, 1)
    with _app(browser) as page:
        _answer_about_another(page)
        _open(page)
        yield "five samples, just opened", _run(page, 5)
    with _app(browser) as page:
        _answer_about_another(page)
        _open(page)
        time.sleep(LOOKS_SECONDS)
        yield f"open for {LOOKS_SECONDS:.0f} s", _run(page, 1)


@contextmanager
def _app(browser: Browser) -> Iterator[Page]:
    """A page of an app that has just started. The weights are those of this installation, prepared before."""
    with tempfile.TemporaryDirectory(prefix="creason-bench-") as scratch:
        data = known_user(Path(scratch), samples=1)
        (data / "models").symlink_to(settings().models_dir)
        with running_app(data, engine="embedded") as url:
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            page = context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.goto(url)
            page.get_by_role("heading", name="Home", exact=True).wait_for()
            page.evaluate(WATCH)
            yield page
            context.close()


def _answer_about_another(page: Page) -> None:
    """One reply about another patient, so that the model is loaded and knows nothing of this one."""
    open_public_case(page, OTHER_PLACE)
    hide(page, FEATURE)
    _run(page, 1)
    go(page, "Home")


def _open(page: Page) -> None:
    """Opens the packaged question."""
    open_public_case(page, PLACE)
    hide(page, FEATURE)


def _run(page: Page, samples: int) -> Marks:
    """Asks for so many samples and waits for the end of the run."""
    if samples > 1:
        page.locator(f".st-key-samples_{samples} button").click()
        settle(page)
    page.locator(".st-key-run button:enabled:visible").click()
    page.locator("[class*='st-key-again_'] button:visible").first.wait_for()
    marks: Marks = page.evaluate("window.marks")
    settle(page)
    return marks
