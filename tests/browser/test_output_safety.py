"""Nothing that a model, a person, a file or a registry says makes a reader's browser call another address.

Two defences, each proven without the other: the program draws such texts inert (no headers here), and its headers
refuse what is drawn carelessly (no care here). The same careless page without the headers shows that the payloads
work.
"""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from creason_core.store.patients import case_content
from creason_core.store.people import feedback
from creason_core.store.upkeep.database import open_store
from tests.bench.app_process import running_app
from tests.browser.hostile.attack import RESOLVE, Listener, bundles, payloads
from tests.browser.hostile.evaluated import hostile_evaluation
from tests.browser.hostile.journey import Journey
from tests.browser.hostile.replies import hostile_replies
from tests.programs import launch_chromium

pytestmark = pytest.mark.slow
SCRIPTS = Path("tests/browser/hostile")
PART = 40  # payloads on one page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = launch_chromium(playwright, RESOLVE)
        yield started
        started.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener().listening() as started:
        yield started


def watched(browser: Browser, url: str) -> tuple[BrowserContext, list[str]]:
    """A fresh browser context, and the list of what it asks of anybody but the app at ``url``."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    foreign: list[str] = []
    own = (f"{url}/", "data:", "blob:")
    context.on("request", lambda request: None if request.url.startswith(own) else foreign.append(request.url))
    return context, foreign


def draw_carelessly(
    browser: Browser, listener: Listener, folder: Path, script: str, awaited: Sequence[str] = ()
) -> None:
    """Draws every payload raw, ``PART`` on a page, and waits for those ``awaited`` to get through on the first."""
    pages = []
    with running_app(folder, script=str(SCRIPTS / script)) as url:
        for first in range(0, len(payloads(listener.port)), PART):
            page = browser.new_page()
            pages.append(page)
            page.goto(f"{url}/?port={listener.port}&first={first}&last={first + PART}")
            page.get_by_text("All is drawn.").wait_for(timeout=60_000)
            page.get_by_text("All is drawn.").scroll_into_view_if_needed()  # what is far away is not fetched
            until = time.monotonic() + 60
            while not first and not reached(listener, awaited) and time.monotonic() < until:
                page.wait_for_timeout(100)
        listener.quiet(page.wait_for_timeout)
        for page in pages:
            page.close()


def reached(listener: Listener, sinks: Sequence[str]) -> bool:
    """Whether every one of ``sinks`` was asked for."""
    return all(any(path.endswith(f"-{sink}") for path in listener.asked) for sink in sinks)


def test_there_are_a_hundred_payloads_and_each_has_a_number_of_its_own() -> None:
    texts = payloads(1)
    assert len(set(texts)) == len(texts) >= 100


def test_without_any_defence_the_payloads_work(browser: Browser, listener: Listener, tmp_path: Path) -> None:
    sinks = ("image", "video", "audio", "vega.json", "cell", "iframe", "plotly")
    draw_carelessly(browser, listener, tmp_path, "raw.py", sinks)
    assert len(listener.heard) >= 50
    assert reached(listener, sinks), listener.asked


def test_the_policy_alone_stops_every_payload(browser: Browser, listener: Listener, tmp_path: Path) -> None:
    draw_carelessly(browser, listener, tmp_path, "raw_with_policy.py")
    assert listener.asked == []


@pytest.mark.timeout(900)  # a hundred texts at each of nineteen places
def test_the_program_alone_draws_every_payload_inert(
    browser: Browser, listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOSTILE_PORT", str(listener.port))
    # The guard against identifiers takes addresses for such; it is tested elsewhere.
    for module in (case_content, feedback):
        monkeypatch.setattr(module, "refuse_undecided", lambda *_: None)
    data = tmp_path / r"![x](http:\\attacker.example\data)"
    data.mkdir()
    hostile_evaluation(data, listener.port)
    user = bundles(listener.port, 500)[0]
    script = str(SCRIPTS / "program_without_policy.py")
    replies = str(hostile_replies(tmp_path, listener.port))
    with running_app(data, script=script, engine="replay", replay_file=replies, user=user) as url:
        context, foreign = watched(browser, url)
        journey = Journey(context.new_page(), url, listener.port, open_store(f"sqlite:///{data / 'creason.db'}", data))
        journey.walk(user)
        context.close()
    assert foreign == []
    assert listener.connections == 0
    shown = {place: len(seen) for place, seen in journey.seen.items()}
    assert shown.pop("what an import asks") >= 30  # it shortens the values that it quotes
    assert shown.pop("the name of a file") >= 40  # a longer one is refused, and the program draws none
    assert {place: count for place, count in shown.items() if count < 100} == {}
    assert len(shown) == 17
