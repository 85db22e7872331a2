"""Takes the pictures in docs/screenshots: every page and main state, at 1280 and 400 pixels, light and dark.

Run it with ``make screenshots``. The model is prescribed, so that the pictures are the same each time.
"""

import sys
import tempfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from creason_core.cohort.loading import load_cohort
from creason_core.evaluation.baselines.engine import BaselineEngine
from creason_core.evaluation.run import Progress, Wanted, evaluate
from creason_core.evaluation.saved import read_run, save
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling
from tests.bench.app_process import running_app
from tests.browser.import_moves import onward, tab_import, take_as, upload, workbook
from tests.browser.moves import (
    PATIENCE_MS,
    arrive,
    commit,
    ended,
    go,
    hide,
    open_public_case,
    settle,
    stop_button,
    tick,
)
from tests.browser.replies import reply, write
from tests.programs import launch_chromium

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
LIMIT = 150_000  # bytes a picture
SETTLED_MS = 900  # charts and fonts


def picture(page: Page, name: str) -> None:
    """Saves what the page shows as a small PNG."""
    page.mouse.move(0, 0)  # no tooltip
    settle(page)
    page.wait_for_timeout(SETTLED_MS)
    _store(name, page.screenshot(animations="disabled"))


def _store(name: str, data: bytes) -> None:
    image = Image.open(BytesIO(data)).convert("RGB")
    for colours in (128, 64, 32):
        image.quantize(colours, method=Image.Quantize.MEDIANCUT).save(FOLDER / f"{name}.png", optimize=True)
        if (FOLDER / f"{name}.png").stat().st_size <= LIMIT:
            break
    sys.stdout.write(f"{name}.png\n")


def whole_height(page: Page) -> None:
    """Makes the window as tall as the page: Streamlit scrolls inside, so a full-page picture would be cut."""
    size = page.viewport_size or {"width": 1280, "height": 900}
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": min(max(int(height) + 20, 700), 3000)})


def tall(page: Page, name: str) -> None:
    """A picture of the whole page, whatever its height."""
    size = page.viewport_size
    settle(page)
    whole_height(page)
    picture(page, name)
    if size:
        page.set_viewport_size(size)


def wide(browser: Browser, url: str) -> None:
    """The journey on a desktop."""
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    page.goto(url)
    page.get_by_role("button", name="I understand").wait_for()
    picture(page, "first-visit")
    arrive(page, url)
    picture(page, "home")
    open_public_case(page)
    picture(page, "hypotheses-choose")
    hide(page, "crea1")
    tall(page, "hypotheses-commit")
    commit(page, "B", sure=False)
    page.get_by_text("5 standard").click()
    page.get_by_text("5 replies of up to").first.wait_for()
    page.keyboard.press("Control+Enter")
    page.get_by_text("So far").wait_for()
    page.wait_for_timeout(600)
    _store("hypotheses-streaming", page.screenshot())
    ended(page)
    page.get_by_text("similar patients").first.wait_for()  # the registry's second opinion is a few seconds behind
    tall(page, "hypotheses-result")
    page.get_by_role("button", name="Reveal the recorded value").click()
    page.get_by_text("Recorded:").wait_for()
    page.locator("[data-testid='stFeedback'] button, .stFeedback button").first.click()
    page.get_by_text("correct reasoning").click()
    tall(page, "hypotheses-feedback")
    page.get_by_role("button", name="Save feedback").click()
    page.get_by_text("Saved ").first.wait_for()
    tall(page, "hypotheses-rated")
    endings(page)
    pages(page)
    page.close()


def endings(page: Page) -> None:
    """What a run looks like that gives no answer, and what a reader makes of it."""
    for name in ("unparsed", "cut-off", "error"):
        page.locator("[class*='st-key-again_'] button:visible").first.click()
        stop_button(page).wait_for()
        ended(page)
        tall(page, f"hypotheses-{name}")
    page.locator("[class*='st-key-again_'] button:visible").first.click()
    page.get_by_text("tokens/s").wait_for()
    page.keyboard.press("Escape")
    page.get_by_text("Stopped by you").wait_for()
    tall(page, "hypotheses-stopped")


def alone(page: Page) -> None:
    """One sample: its text read by a person, gone on with where it was cut off; the guard's switch; the shortcuts."""
    go(page, "Settings")
    page.get_by_text("Research: let values past").click()
    settle(page)
    go(page, "Home")
    open_public_case(page, 2)
    page.keyboard.press("Alt+h")
    page.get_by_role("dialog").wait_for()
    picture(page, "shortcuts")
    page.get_by_test_id("stDialog").get_by_role("button", name="Close").click()
    hide(page, "meanbp1")
    page.get_by_role("button", name="Show it anyway").first.click()
    tall(page, "hypotheses-guard-off")
    commit(page, "B")
    page.keyboard.press("Control+Enter")
    ended(page)
    page.get_by_role("button", name="Pick from text").click()
    tall(page, "hypotheses-pick")
    page.locator("[class*='st-key-read_2_'] button").first.click()
    page.get_by_text("Read by a person").first.wait_for()
    tall(page, "hypotheses-read")
    page.locator("[class*='st-key-again_1_'] button:visible").first.click()
    page.get_by_role("button", name="Continue").click(timeout=PATIENCE_MS)
    page.get_by_text("Continued here").wait_for()
    ended(page)
    tall(page, "hypotheses-continued")
    page.close()


def pages(page: Page) -> None:
    """The other pages, and the other tab."""
    page.get_by_role("tab", name="Missing values").click()
    settle(page)
    page.locator("[class*='st-key-missing_'] button:visible").first.click()
    tall(page, "hypotheses-missing")
    go(page, "Patient")
    picture(page, "patient")
    page.get_by_role("button", name="Copy to edit").click()
    settle(page)
    for label, value in (("Age", "230"), ("Education", "27")):
        box = page.get_by_role("spinbutton", name=label)
        box.fill(value)
        box.press("Enter")
        settle(page)
    tall(page, "patient-checks")
    page.get_by_role("tab", name="Versions").click()
    picture(page, "patient-versions")
    history(page)
    evaluation(page)
    go(page, "About the model")
    picture(page, "about")
    go(page, "Settings")
    tall(page, "settings")
    go(page, "Home")
    tall(page, "home-continue")


def evaluation(page: Page) -> None:
    """Two finished runs beside their floors."""
    go(page, "Evaluation")
    tall(page, "evaluation")


def brought(page: Page, url: str, folder: Path) -> None:
    """A spreadsheet on its way in: columns, units, review."""
    page.goto(url)
    settle(page)
    go(page, "Patient")
    tab_import(page)
    upload(page, workbook(folder, "ward.xlsx"))
    take_as(page, "Alter", "Age · Demographics")
    tall(page, "import-columns")
    onward(page, 3)
    tall(page, "import-units")
    onward(page, 4)
    tall(page, "import-review")
    page.close()


def evaluated(folder: Path, data: Path) -> None:
    """Two baselines play 400 questions, as ``creason evaluate`` has a model answer them; kept for the page."""
    cohort, file = load_cohort("rhc-sepsis"), folder / "questions.parquet"
    build(Plan(cohort, "test", sampling=Sampling(balanced=True, limit=400)), file)
    wanted = Wanted(file, folder / "boosting", ("greedy", "logprob"), 1, 0.0, 50, 2)
    silent = Progress(lambda _total, _done: None, lambda _: None)
    for name in ("prior", "boosting"):
        run = replace(wanted, folder=folder / name)
        evaluate(run, BaselineEngine(name, cohort), cohort, folder, silent)
        save(read_run(run.folder), data)


def history(page: Page) -> None:
    """What was asked: the list with one of it open, and two side by side."""
    go(page, "History")
    tick(page, 1)
    page.get_by_role("button", name="Open as it was").wait_for()
    tall(page, "history")
    tick(page, 2)
    page.get_by_role("heading", name="Side by side").wait_for()
    tall(page, "history-compare")


def narrow(browser: Browser, url: str) -> None:
    """The same on a telephone, and in the dark."""
    page = browser.new_page(viewport={"width": 400, "height": 860}, color_scheme="dark")
    page.goto(url)
    settle(page)
    tall(page, "narrow-home")
    page.locator(".st-key-continue_run button:visible").click()
    ended(page)
    tall(page, "narrow-hypotheses")
    page.close()


def dark(browser: Browser, url: str) -> None:
    """A result in the dark."""
    page = browser.new_page(viewport={"width": 1280, "height": 860}, color_scheme="dark")
    page.goto(url)
    settle(page)
    open_public_case(page, 1)
    hide(page, "meanbp1")
    commit(page, "C")
    page.keyboard.press("Control+Enter")
    ended(page)
    page.get_by_text("similar patients").first.wait_for()
    tall(page, "dark-result")
    page.close()


def main() -> None:
    """Takes all pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    busy = "The model server answered 503: it is overloaded."
    replies = (
        *(reply(letter, pace=0.02 + 0.02 * place) for place, letter in enumerate("CCBCC")),
        *(reply(None, pace=0.005) for _ in range(5)),
        *(reply(None, pace=0.005, finish="length") for _ in range(5)),
        *(reply(None, pace=0.005, fault="failed", message=busy) for _ in range(5)),
        *(reply("C", times=20) for _ in range(5)),
        reply("C", pace=0.01),
        reply(None, pace=0.005),
        reply(None, pace=0.005, finish="length"),
        reply("C", pace=0.005),
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory() as elsewhere,
        running_app(Path(folder), engine="replay", replay_file=str(write(Path(folder), *replies))) as url,
        sync_playwright() as playwright,
    ):
        evaluated(Path(elsewhere), Path(folder))
        browser = launch_chromium(playwright)
        wide(browser, url)
        dark(browser, url)
        narrow(browser, url)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(url)
        settle(page)
        alone(page)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        brought(page, url, Path(elsewhere))
        browser.close()


if __name__ == "__main__":
    main()
