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
STILL_MS, MOVING_MS = 2_400, 260  # how long a frame stands
Frames = list[tuple[Image.Image, int]]


def frame(page: Page, frames: Frames, milliseconds: int) -> None:
    """Adds what the page shows now; a frame like the one before makes that one stand longer."""
    taken = Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    image = taken.resize((SHOWN, SHOWN * HEIGHT // WIDTH), Image.Resampling.LANCZOS)
    if frames and frames[-1][0].tobytes() == image.tobytes():
        frames[-1] = (image, frames[-1][1] + milliseconds)
    else:
        frames.append((image, milliseconds))


def step(page: Page, frames: Frames, place: str, *, moving: int = 0, scroll: str = "") -> None:
    """Presses Next, takes ``moving`` frames of what moves, and a still one, with ``scroll`` in sight."""
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**/demo?at={place}*")
    for _ in range(moving):
        page.wait_for_timeout(MOVING_MS)
        frame(page, frames, MOVING_MS)
    settle(page)
    page.wait_for_timeout(700)  # charts and fonts
    if scroll:
        page.get_by_text(scroll).first.scroll_into_view_if_needed()
        page.wait_for_timeout(300)
    frame(page, frames, STILL_MS)


def walk(page: Page, url: str) -> Frames:
    """The steps that a visitor should see, each as long as it takes to read."""
    frames: Frames = []
    arrive(page, f"{url}/demo?at=1.1")
    frame(page, frames, STILL_MS)
    for place in ("2.1", "2.2", "3.1", "3.2", "4.1", "4.2"):
        step(page, frames, place)
    step(page, frames, "4.3", moving=9)
    step(page, frames, "4.4")
    step(page, frames, "4.5", moving=9)
    page.get_by_text("Model: D").first.wait_for()
    for place in ("4.6", "5.1"):
        step(page, frames, place)
    page.locator(".st-key-demo_pace button").first.click()  # ×3: the reply was seen coming
    page.mouse.move(0, 0)
    for place in ("5.2", "5.3", "5.4", "6.1", "6.2", "6.3", "7.1", "7.2"):
        step(page, frames, place)
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
