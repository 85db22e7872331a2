"""Every page works under the policy: nothing of the program's own is refused, whatever address it is reached by."""

from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, sync_playwright

from tests.bench.app_process import known_user, running_app
from tests.browser.import_moves import tab_import, upload
from tests.browser.moves import PATIENCE_MS, ended, go, heading, hide, open_public_case, settle
from tests.browser.replies import reply, write
from tests.programs import launch_chromium

pytestmark = pytest.mark.slow
PROXY = "c-reason.example"
RESOLVE = f"--host-resolver-rules=MAP {PROXY} 127.0.0.1"
TABLE = b"id,age,creatinine (mg/dL),white cells\n1,61,2.1,9\n2,70,1.1,12\n"


def see_everything(page: Page) -> None:
    """A chart with its hover text, tables, an upload, a download, and every page."""
    open_public_case(page)
    hide(page, "crea1")
    page.locator(".st-key-run button:visible").first.click()
    ended(page)
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    page.locator(".js-plotly-plot").hover(position={"x": 300, "y": 40})
    page.get_by_text("The same as a table").click()
    page.locator("[data-testid='stDataFrame'] canvas").first.wait_for()
    go(page, "Patient")
    tab_import(page)
    upload(page, FilePayload(name="x.csv", mimeType="text/csv", buffer=TABLE))
    for step in (3, 4):
        page.get_by_role("button", name="Continue").click()
        page.get_by_text(f"Step {step} of 4").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download report (CSV)").click()
    assert "creatinine (mg/dL),Creatinine,1.1" in Path(download.value.path()).read_text(encoding="utf-8")
    for name in ("History", "Evaluation", "About the model", "Settings", "Home"):
        go(page, name)


def test_nothing_of_the_program_is_refused_and_it_asks_nobody_else(tmp_path: Path) -> None:
    replies = str(write(tmp_path, reply("C", pace=0.005)))
    hosts = [flag for host in ("127.0.0.1", "localhost", PROXY) for flag in ("--server.allowedHosts", host)]
    refused: list[str] = []
    foreign: list[str] = []
    with (
        running_app(known_user(tmp_path, samples=1), flags=hosts, engine="replay", replay_file=replies) as url,
        sync_playwright() as playwright,
    ):
        page = launch_chromium(playwright, RESOLVE).new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda line: refused.append(line.text) if line.type == "error" else None)
        own = (f"{url}/", "data:", "blob:")
        page.on("request", lambda sent: None if sent.url.startswith(own) else foreign.append(sent.url))
        page.goto(url)
        see_everything(page)
        assert foreign == []
        for host in ("localhost", PROXY):
            page.goto(url.replace("127.0.0.1", host))
            heading(page, "Home").wait_for()
            settle(page)
        assert refused == []
