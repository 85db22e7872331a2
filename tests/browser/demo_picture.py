"""Takes README's moving picture: a walk through the demo in Chromium, without a model. Run it: ``make demo-picture``.

What it shows is the program with the recordings that ship; the badge says so.
"""

import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.bench.app_process import running_app
from tests.browser.moves import arrive, settle
from tests.programs import launch_chromium

FILE = Path(__file__).parents[2] / "docs" / "demo.webp"
LIMIT = 3_000_000  # bytes
WIDTH, HEIGHT, SHOWN = 1280, 800, 960  # pixels of the window, and of the picture across
STILL_MS, MOVING_MS, SETTLED_MS = 2_400, 260, 900  # how long a frame stands; what charts and fonts take
Frames = list[tuple[Image.Image, int]]


def frame(page: Page, frames: Frames, milliseconds: int) -> None:
    """Adds what the page shows now; a frame like the one before makes that one stand longer."""
    taken = Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    image = taken.resize((SHOWN, SHOWN * HEIGHT // WIDTH), Image.Resampling.LANCZOS)
    if frames and frames[-1][0].tobytes() == image.tobytes():
        frames[-1] = (image, frames[-1][1] + milliseconds)
    else:
        frames.append((image, milliseconds))


def step(page: Page, frames: Frames, place: str, words: str = "") -> None:
    """Presses Next and takes what is there once ``words`` are."""
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**/demo?at={place}*")
    settle(page)
    if words:
        page.get_by_text(words).first.wait_for()
    settle(page)
    page.wait_for_timeout(SETTLED_MS)
    frame(page, frames, STILL_MS)


def moving(page: Page, frames: Frames, place: str, until: str) -> None:
    """Presses Next and takes what moves until the words ``until`` are there."""
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**/demo?at={place}*")
    page.get_by_text("Let's think step by step.").first.wait_for()
    while not page.get_by_text(until).count():
        frame(page, frames, MOVING_MS)
        page.wait_for_timeout(MOVING_MS)


def walk(page: Page, url: str) -> Frames:
    """The steps that a visitor should see, each as long as it takes to read."""
    frames: Frames = []
    arrive(page, f"{url}/demo?at=1.1")
    frame(page, frames, STILL_MS)
    for place in ("2.1", "2.2", "3.1", "3.2", "4.1", "4.2"):
        step(page, frames, place)
    moving(page, frames, "4.3", "near the middle")  # early, so that a slow computer stops it too
    step(page, frames, "4.4", "Stopped by you")
    moving(page, frames, "4.5", "Model: D")
    step(page, frames, "4.6", "Recorded: 8.6 mg/dL")
    step(page, frames, "5.1")
    for _ in range(2):  # instant: the reply was seen coming
        page.locator(".st-key-demo_pace button").first.click()
        settle(page)
    page.mouse.move(0, 0)
    for place, words in (
        ("5.2", "The answer stays"),
        ("5.3", "What if Potassium were"),
        ("5.4", "The answer moved"),
        ("6.1", "Cites"),
        ("6.2", "not needed"),
        ("6.3", "6.8 ✗"),
        ("7.1", "Fits as far as recorded"),
        ("7.2", "Replaced by"),
    ):
        step(page, frames, place, words)
    return frames


def main() -> None:
    """Writes the picture, as fine as the limit allows."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder), engine="embedded") as url,
        sync_playwright() as playwright,
    ):
        browser = launch_chromium(playwright)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce")
        frames = walk(page, url)
        browser.close()
    images, times = [image for image, _ in frames], [milliseconds for _, milliseconds in frames]
    for quality in (70, 50, 35):
        images[0].save(FILE, save_all=True, append_images=images[1:], duration=times, loop=0, quality=quality, method=6)
        if FILE.stat().st_size <= LIMIT:
            break
    size, seconds = FILE.stat().st_size, sum(times) / 1000
    sys.stdout.write(f"{FILE.name}: {len(images)} frames, {seconds:.0f} s, {size:,} bytes\n")
    if size > LIMIT:
        sys.exit(f"{FILE.name} is larger than {LIMIT:,} bytes.")


if __name__ == "__main__":
    main()
