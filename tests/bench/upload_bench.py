"""What a person waits for from choosing a file of 10 MB and 2,000 patients to its review, in a real browser.

``python -m tests.bench.run --only upload``. The clock runs from the file's choice until the button that saves the
cases stands under the review; the steps between are pressed at once. A progress bar must have moved meanwhile.
"""

import random
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.bench.app_process import known_user, running_app
from tests.bench.figures import Figure, figure
from tests.bench.import_bench import MAX_SECONDS, as_csv, long_rows, wide_rows
from tests.browser.import_moves import attach, onward, tab_import
from tests.browser.moves import PATIENCE_MS, go, settle
from tests.programs import launch_chromium

UPLOADS = 3

# Notes every state of a progress bar that the page shows.
WATCH = """() => {
  window.bars = new Set();
  const look = () => document.querySelectorAll("[data-testid='stProgress']").forEach(bar => {
    const share = bar.querySelector("[aria-valuenow]")?.getAttribute("aria-valuenow");
    if (share) window.bars.add(bar.innerText.trim() + " " + share);
  });
  new MutationObserver(look).observe(document.body, {subtree: true, childList: true, attributes: true});
}"""


def measure() -> Iterator[Figure]:
    """Uploads of the same patients, a value a row and a patient a row."""
    uploads = (
        ("a value a row", as_csv(long_rows(random.Random(1)))),
        ("a patient a row", as_csv(wide_rows(random.Random(1), 650))),
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(known_user(Path(folder), samples=1), engine="replay") as url,
        sync_playwright() as playwright,
    ):
        browser = launch_chromium(playwright)
        for title, data in uploads:
            path = Path(folder) / f"{title}.csv"
            path.write_bytes(data)
            steps = [_reviewed(browser.new_page(), url, path) for _ in range(UPLOADS)]
            parts = [sorted(part)[UPLOADS // 2] for part in zip(*steps, strict=True)]
            note = "{:.1f} MB; medians: upload and read {:.1f} s, map {:.1f} s, units {:.1f} s, review {:.1f} s"
            name = f"CSV to review in the browser, {title}"
            said = note.format(len(data) / 1e6, *parts)
            yield figure(name, [sum(step) for step in steps], goal=MAX_SECONDS, note=said)
        browser.close()


def _reviewed(page: Page, url: str, path: Path) -> list[float]:
    """Takes the file at ``path`` to its review; seconds of each of the four steps."""
    page.goto(url)
    page.get_by_role("heading", name="Home", exact=True).wait_for()
    go(page, "Patient")
    tab_import(page)
    page.evaluate(WATCH)
    times = [time.perf_counter()]
    attach(page, path)
    page.locator(".st-key-import_read button").click()
    page.get_by_text("Step 2 of 4").wait_for(timeout=PATIENCE_MS)
    settle(page)
    times.append(time.perf_counter())
    onward(page, 3)
    times.append(time.perf_counter())
    page.locator(".st-key-import_next button").click()
    page.get_by_text("Step 4 of 4").wait_for()
    times.append(time.perf_counter())
    expect(page.locator(".st-key-import_save button")).to_contain_text("2,000 cases")
    settle(page)
    times.append(time.perf_counter())
    moved = page.evaluate("[...window.bars]")
    for bar in ("Reading", "Checking every value"):
        if sum(state.startswith(bar) for state in moved) < 3:
            raise RuntimeError(f"the bar '{bar}' did not move: {moved}")
    page.context.close()
    return [after - before for before, after in pairwise(times)]
