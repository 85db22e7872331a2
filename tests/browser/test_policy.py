"""Every page works under the policy, by whatever address; it asks nobody else, and no word of anybody is in its log.

One journey past charts, tables, an upload, a download and every page, with a canary for each text of a person, a file
or a model. At debug, the log holds all that it holds at any other level.
"""

import json
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect, sync_playwright

from creason_core.model.engines.replay import Recording
from tests.bench.app_process import known_user, running_app
from tests.browser.import_moves import tab_import, upload
from tests.browser.moves import PATIENCE_MS, ended, go, heading, hide, open_public_case, settle
from tests.browser.replies import write
from tests.programs import launch_chromium

pytestmark = pytest.mark.slow
PROXY = "c-reason.example"
RESOLVE = f"--host-resolver-rules=MAP {PROXY} 127.0.0.1"
WORDS = {
    "file": "canaryfile", "column": "canarycolumn", "value": "canaryvalue", "label": "canarylabel",
    "model": "canarymodel", "fault": "canaryfault", "comment": "canarycomment", "search": "canarysearch",
}  # fmt: skip
NUMBER = "41.7317"  # a value that was entered


def hostile_model(folder: Path) -> Path:
    """Answers once, then fails in its own words."""
    said = ((f" The {WORDS['model']} is low.", 1), (" \\boxed{A}", 2))
    answer = Recording(prompt="*", model="script", pieces=said, finish_reason="stop", seconds=0.05)
    fault = Recording(prompt="*", model="script", pieces=said[:1], fault="failed", message=WORDS["fault"], seconds=0.0)
    return write(folder, answer, fault)


def ask(page: Page) -> None:
    """A question with its chart, hover text and table, a rating, and the model's fault when it is asked again."""
    open_public_case(page)
    hide(page, "crea1")
    page.get_by_placeholder("Find a value").first.fill(WORDS["search"])
    page.keyboard.press("Enter")
    settle(page)
    page.locator(".st-key-run button:visible").first.click()
    ended(page)
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    page.locator(".js-plotly-plot").hover(position={"x": 300, "y": 40})
    page.get_by_text("The same as a table").click()
    page.locator("[data-testid='stDataFrame'] canvas").first.wait_for()
    page.locator(".stFeedback button").first.click()
    page.get_by_label("Comment").fill(WORDS["comment"])
    page.get_by_text("correct reasoning").click()
    settle(page)
    page.get_by_role("button", name="Save feedback").click()
    page.get_by_text("Saved ").first.wait_for()
    page.locator("[class*='st-key-again_'] button:visible").first.click()
    page.get_by_text(WORDS["fault"]).first.wait_for()


def bring(page: Page) -> None:
    """An import up to its last step, and its report."""
    go(page, "Patient")
    tab_import(page)
    rows = (
        f"age,creatinine (mg/dL),{WORDS['column']}",
        f"61,{NUMBER},{WORDS['value']}",
        f"70,{WORDS['value']},x",
        "64,1.1,y",
    )
    table = "".join(f"{row}\n" for row in rows).encode()
    upload(page, FilePayload(name=f"{WORDS['file']}.csv", mimeType="text/csv", buffer=table))
    for step in (3, 4):
        page.get_by_role("button", name="Continue").click()
        page.get_by_text(f"Step {step} of 4").wait_for()
    page.get_by_role("textbox", name="Name of these cases").fill(WORDS["label"])
    page.keyboard.press("Enter")
    settle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download report (CSV)").click()
    assert "creatinine (mg/dL),Creatinine,1.1" in Path(download.value.path()).read_text(encoding="utf-8")


def test_nothing_of_the_program_is_refused_it_asks_nobody_else_and_logs_no_word(tmp_path: Path) -> None:
    hosts = [flag for host in ("127.0.0.1", "localhost", PROXY) for flag in ("--server.allowedHosts", host)]
    refused: list[str] = []
    foreign: list[str] = []
    with (
        running_app(
            known_user(tmp_path, samples=1), flags=(*hosts, "--logger.level", "debug"),
            engine="replay", replay_file=str(hostile_model(tmp_path)), log_level="debug",
        ) as url,
        sync_playwright() as playwright,
    ):  # fmt: skip
        page = launch_chromium(playwright, RESOLVE).new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda line: refused.append(line.text) if line.type == "error" else None)
        own = (f"{url}/", "data:", "blob:")
        page.on("request", lambda sent: None if sent.url.startswith(own) else foreign.append(sent.url))
        page.goto(url)
        ask(page)
        bring(page)
        for name in ("History", "Evaluation", "About the model", "Settings", "Home"):
            go(page, name)
            expect(page.get_by_test_id("stException")).to_have_count(0)
        assert foreign == []
        for host in ("localhost", PROXY):
            page.goto(url.replace("127.0.0.1", host))
            heading(page, "Home").wait_for()
            settle(page)
        assert refused == []
    nothing_told((tmp_path / "app.log").read_text(encoding="utf-8"))


def nothing_told(log: str) -> None:
    """No canary is in the log, which is whole all the same."""
    assert [word for word in (*WORDS.values(), NUMBER) if word in log] == []
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    outcomes = [line["outcome"] for line in lines if line["event"] == "a run has ended"]
    assert outcomes == ["complete", "error"]
    assert all(set(line) >= {"ts", "level", "event", "logger"} for line in lines)
