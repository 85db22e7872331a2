"""What a person waits for in a browser: the first paint, each token, and Stop.

A real Chromium looks at the real app; ``clocked_server`` stands where the vLLM server would, because it knows
when it sent each token and when the app hung up.
"""

import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from pages.question.answering import POLL_SECONDS
from tests.bench.app_process import known_user, running_app
from tests.bench.clocked_server import ClockedServer, Reply
from tests.bench.figures import Figure, figure
from tests.programs import launch_chromium

VISITS = 10
RUNS = 12
TOKENS = 60
STOP_AFTER_SECONDS = 1.5

# Notes when each token is first part of the page, in seconds since the epoch.
WATCH = """() => {
  window.seen = {};
  const look = () => {
    for (const [token] of document.body.innerText.matchAll(/\\br\\d+t\\d+\\./g))
      if (!(token in window.seen)) window.seen[token] = (performance.timeOrigin + performance.now()) / 1000;
  };
  new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""

PAINTED = "performance.getEntriesByName('first-contentful-paint')"


def measure() -> Iterator[Figure]:
    """First paint, token to page, and Stop to closed stream."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ClockedServer(TOKENS).running() as server,
        running_app(known_user(Path(folder), samples=1), engine="vllm", vllm_url=server.url) as url,
        sync_playwright() as playwright,
    ):
        browser = launch_chromium(playwright)
        yield from _first_paint(browser, url)
        yield from _streams(browser, url, server)
        browser.close()


def _first_paint(browser: Browser, url: str) -> Iterator[Figure]:
    painted, shown = [], []
    for _ in range(VISITS):
        context = browser.new_context()
        page = context.new_page()
        started = time.perf_counter()
        page.goto(url, wait_until="commit")
        page.get_by_role("heading", name="Home", exact=True).wait_for()
        shown.append(time.perf_counter() - started)
        while not page.evaluate(f"{PAINTED}.length"):  # the browser tells of it a moment after it did it
            time.sleep(0.01)
        painted.append(page.evaluate(f"{PAINTED}[0].startTime") / 1000)
        context.close()
    yield figure("First contentful paint of a new visitor", painted, goal=1.5)
    yield figure("New visitor sees Home's content", shown)


def _streams(browser: Browser, url: str, server: ClockedServer) -> Iterator[Figure]:
    page = browser.new_page()
    _open_case(page, url)
    page.evaluate(WATCH)
    delays: list[float] = []
    firsts: list[float] = []
    closed: list[float] = []
    for run in range(RUNS):
        reply = _start(page, server)
        last = run == RUNS - 1
        time.sleep(TOKENS / 20 + 1 if last else STOP_AFTER_SECONDS)
        seen = page.evaluate("window.seen")
        waits = [seen[name] - at for k, at in enumerate(reply.sent) if (name := f"r{reply.number}t{k}.") in seen]
        firsts.append(waits[0])
        delays += waits
        if not last:
            closed.append(_stop(page, reply))
    yield figure("First token, from server to page", firsts, goal=0.4)
    yield figure(
        "Every token, from server to page", delays, goal=0.4, note=f"20 tokens/s; a page looks every {POLL_SECONDS} s"
    )
    yield figure("Stop pressed to stream closed at the server", closed, goal=1.0)


def _open_case(page: Page, url: str) -> None:
    """Opens the first public case and hides its first value that can be hidden."""
    page.goto(url)
    page.locator("[class*='st-key-public_'] button").first.click()
    page.get_by_role("heading", name="Hypotheses", exact=True).wait_for()
    page.locator("[class*='st-key-mask_'] button:enabled").first.click()


def _start(page: Page, server: ClockedServer) -> Reply:
    """Presses Run (or Regenerate) for one sample; the reply that the server began."""
    begun = len(server.replies)
    page.get_by_role("button", name=re.compile("^(play_arrow )?(Run|Regenerate)")).first.click()
    deadline = time.monotonic() + 30
    while len(server.replies) == begun or not server.replies[-1].sent:
        if time.monotonic() > deadline:
            raise RuntimeError("the run did not reach the server")
        time.sleep(0.01)
    return server.replies[-1]


def _stop(page: Page, reply: Reply) -> float:
    """Presses Stop; the seconds until the app hung up."""
    pressed = time.time()
    page.get_by_role("button", name="Stop").first.click()
    reply.over.wait(30)
    assert reply.reader_left is not None, "the reply ended by itself"
    page.get_by_text("Stopped").first.wait_for()
    return reply.reader_left - pressed
